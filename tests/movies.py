"""Videos for tests: real ones made by ffmpeg, and ones built box by box to say just one thing."""

from __future__ import annotations

import shutil
import struct
import subprocess
from functools import cache

import pytest

FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")

# A sequence parameter set of x264: High, 4:2:0, 8 bits, progressive, 320 by 240.
SPS = bytes.fromhex("6764000dacd94141fb0110000003001000000303c0f1429960")


@cache
def encoders():
    """The names of the encoders that ffmpeg has here."""
    done = subprocess.run([FFMPEG, "-encoders"], capture_output=True, text=True, check=True)
    return {line.split()[1] for line in done.stdout.splitlines() if len(line.split()) > 1}


@cache
def has_filter(name):
    done = subprocess.run([FFMPEG, "-filters"], capture_output=True, text=True, check=True)
    return f" {name} " in done.stdout


def film(
    folder, name, *options, source="testsrc2", size="320x240", rate=30, seconds=0.5, sound=None
):
    """Make the video `name`; `sound` is the source of its sound, such as `sine=r=48000`."""
    path = folder / name
    heard = ["-f", "lavfi", "-t", str(seconds), "-i", sound] if sound else []
    shown = ["-f", "lavfi", "-i", f"{source}=s={size}:r={rate}:d={seconds}"]
    run_ffmpeg(*shown, *heard, *options, str(path))
    return path


def run_ffmpeg(*arguments):
    command = [FFMPEG, "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


HDR = {"PQ": "smpte2084", "HLG": "arib-std-b67"}


def hdr_film(folder, name, colour, transfer):
    """A film of one colour, `0xRRGGBB`, that is HDR by its `transfer`, `PQ` or `HLG`."""
    if not has_filter("zscale"):
        pytest.skip("this ffmpeg has no filter zscale")
    path, curve = folder / name, HDR[transfer]
    usual = "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    filters = [
        f"format=yuv420p,setparams={usual},zscale=t=linear:npl=203,format=gbrpf32le",
        f"zscale=p=bt2020:t={curve}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le",
    ]
    shown = ["-f", "lavfi", "-i", f"color=c={colour}:s=320x320:r=30:d=0.2"]
    told = ["-color_primaries", "bt2020", "-color_trc", curve, "-colorspace", "bt2020nc"]
    coded = ["-vf", ",".join(filters), "-c:v", "libx264", "-preset", "ultrafast", *told]
    run_ffmpeg(*shown, *coded, str(path))
    return path


def colour_of(path):
    """Red, green and blue of the first picture of a film, each from 0 to 255."""
    shown = ["-frames:v", "1", "-vf", "scale=1:1,format=rgb24", "-f", "rawvideo", "-"]
    command = [FFMPEG, "-v", "error", "-i", str(path), *shown]
    return tuple(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


# --- box by box -----------------------------------------------------------------------------------


def box(kind, *contents):
    content = b"".join(contents)
    return struct.pack(">I", len(content) + 8) + kind + content


def numbers(*values):
    return struct.pack(f">{len(values)}I", *values)


def table(*rows):
    """The content of a table: no flags, how many rows, the rows."""
    return numbers(0, len(rows), *(value for row in rows for value in row))


def a_movie(*, pictures=None, sound=None, movie=b"", front=True, brand=b"isom", **values):
    """A file with an index of what `a_track` makes of `values`, and pictures of zeros."""
    tracks = (pictures or a_track(**values)) + (sound or b"")
    index = box(b"moov", box(b"mvhd", numbers(0, 0, 0, 1000, 1000), bytes(80)), tracks, movie)
    data = box(b"mdat", bytes(1000))
    start = box(b"ftyp", brand, numbers(512), brand)
    return start + (index + data if front else data + index)


def a_track(
    handler=b"vide",
    *,
    entry=None,
    scale=30_000,
    times=((30, 1000),),
    sizes=(1000,) * 30,
    delays=(),
    places=(1000,),
    edits=(),
    matrix=(1, 0, 0, 1),
    long=False,
):
    """A track; `times` are (frames, ticks each), `edits` are (ms, start in ticks, speed).

    `sizes` are those of the frames in bytes, or one number when all have the same.
    """
    frames = sum(count for count, _ in times)
    sized = (
        numbers(0, sizes, frames) if isinstance(sizes, int) else numbers(0, 0, len(sizes), *sizes)
    )
    tables = [
        box(b"stsd", numbers(0, 1), a_video_entry() if entry is None else entry),
        box(b"stts", table(*times)),
        box(b"stsz", sized),
        box(b"stco", table(*((place,) for place in places))),
    ]
    if delays:
        tables.append(box(b"ctts", table(*delays)))
    listed = b"".join(struct.pack(">IiI", length, start, speed) for length, start, speed in edits)
    edited = box(b"edts", box(b"elst", numbers(0, len(edits)), listed)) if edits else b""
    length = sum(frames * ticks for frames, ticks in times)
    media_header = (
        struct.pack(">B3xQQIQ", 1, 0, 0, scale, length) if long else numbers(0, 0, 0, scale, length)
    )
    return box(
        b"trak",
        box(b"tkhd", _track_header(matrix, long=long)),
        edited,
        box(
            b"mdia",
            box(b"mdhd", media_header, bytes(4)),
            box(b"hdlr", bytes(8), handler, bytes(13)),
            # QuickTime has a second handler, of the data and not of the media.
            box(b"minf", box(b"hdlr", bytes(8), b"alis", bytes(13)), box(b"stbl", *tables)),
        ),
    )


def _track_header(matrix, *, long):
    right, down, left, up = (round(value * 65536) for value in matrix)
    head = struct.pack(">B3xQQIIQ", 1, 0, 0, 1, 0, 0) if long else numbers(0, 0, 0, 1, 0, 0)
    turned = struct.pack(">iiiiiiiii", right, down, 0, left, up, 0, 0, 0, 1 << 30)
    return head + bytes(16) + turned + bytes(8)


def a_video_entry(kind=b"avc1", *boxes, size=(320, 240)):
    configured = boxes or (box(b"avcC", bytes([1, 100, 0, 13, 255, 225, 0, len(SPS)]), SPS),)
    return box(kind, bytes(24), struct.pack(">HH", *size), bytes(50), *configured)


def a_sound_entry(kind=b"mp4a", *boxes, channels=2, rate=48_000, version=0, extra=b""):
    fixed = struct.pack(">8xH6xHHHHHH", version, channels, 16, 0, 0, min(rate, 65535), 0)
    return box(kind, fixed, extra, *boxes)


def an_esds(configuration=b"", *, kind=0x40):
    """What MPEG-4 says of a stream of sound; lengths in four bytes, as most writers do."""

    def tagged(tag, content):
        return bytes([tag, 0x80, 0x80, 0x80, len(content)]) + content

    specific = tagged(5, configuration) if configuration else b""
    decoder = tagged(4, bytes([kind, 0x15]) + bytes(11) + specific)
    return box(b"esds", numbers(0), tagged(3, bytes(3) + decoder + tagged(6, b"\x02")))
