"""What is kept of mended files: whole and right, or not at all."""

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from movies import FFMPEG, film, needs_ffmpeg, run_ffmpeg
from pictures import a_jpeg, a_photo, a_picture, an_exif

from threadsync.errors import ExitCode, MediaError
from threadsync.media.digests import file_digest
from threadsync.media.fixing import workshop
from threadsync.media.fixing.workshop import made, make, place_of
from threadsync.treatment import recipe

pytestmark = pytest.mark.anyio

JPEG = recipe("jpeg", "PNG")
ENCODE = recipe("encode", "MP4")


@pytest.fixture
def wide(tmp_path):
    """A picture that is too wide."""
    path = tmp_path / "wide.png"
    path.write_bytes(a_picture("PNG", size=(2000, 1000)))
    return path


@pytest.fixture
def cache(tmp_path):
    return tmp_path / ".threadsync"


def kept(cache):
    """The names of everything in the workshop but its lock."""
    return sorted(p.name for p in (cache / "fixed").glob("*") if p.name != ".lock")


async def test_what_was_made_is_kept_under_the_digest_of_the_original(wide, cache):
    digest = file_digest(str(wide))
    path = await made(wide, digest, JPEG, cache)
    assert path == place_of(digest, JPEG, cache)
    assert kept(cache) == [f"{digest[7:]}-jpeg1.jpg"]


async def test_what_is_kept_is_not_made_again(wide, cache):
    first = await made(wide, file_digest(str(wide)), JPEG, cache)
    stamp = first.stat().st_mtime_ns
    digest = file_digest(str(wide))
    wide.unlink()
    assert (await made(wide, digest, JPEG, cache)).stat().st_mtime_ns == stamp


async def test_another_version_of_a_recipe_makes_it_again(wide, cache):
    digest = file_digest(str(wide))
    await made(wide, digest, JPEG, cache)
    await made(wide, digest, JPEG._replace(version=2), cache)
    assert kept(cache) == [f"{digest[7:]}-jpeg1.jpg", f"{digest[7:]}-jpeg2.jpg"]


async def test_two_that_want_the_same_get_the_same(wide, cache, monkeypatch):
    digest, makings = file_digest(str(wide)), []

    async def counted(*arguments):
        makings.append(arguments)
        return await make(*arguments)

    monkeypatch.setattr(workshop, "make", counted)
    both = await asyncio.gather(*(made(wide, digest, JPEG, cache) for _ in range(3)))
    assert len({*both}) == 1
    assert len(makings) == 1


async def test_a_file_that_changed_meanwhile_is_not_kept(wide, cache):
    with pytest.raises(MediaError, match="changed while it was mended; run the command again"):
        await made(wide, "sha256:" + "ab" * 32, JPEG, cache)
    assert kept(cache) == []


async def test_what_is_made_and_still_wrong_is_not_kept(tmp_path, cache):
    path = tmp_path / "long.png"
    path.write_bytes(a_picture("PNG", size=(3000, 100)))
    with pytest.raises(MediaError, match=r"long\.png is not acceptable as a JPEG either: .*cut it"):
        await made(path, file_digest(str(path)), JPEG, cache)
    assert kept(cache) == []


async def test_a_damaged_file_is_refused(tmp_path, cache):
    path = tmp_path / "half.webp"
    path.write_bytes(a_photo("WebP", size=(400, 300))[:9000])
    with pytest.raises(
        MediaError, match=r"half\.webp cannot be mended: it is no whole WebP picture"
    ):
        await made(path, file_digest(str(path)), JPEG, cache)
    assert kept(cache) == []


async def test_a_file_that_is_gone(tmp_path, cache):
    with pytest.raises(MediaError, match=r"gone\.png: No such file or directory"):
        await made(tmp_path / "gone.png", "sha256:" + "ab" * 32, JPEG, cache)


async def test_a_folder_that_cannot_be_made(wide, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError, match="cannot be made: Not a directory"):
        await made(wide, file_digest(str(wide)), JPEG, tmp_path / "file")


async def test_stripping_keeps_the_format(tmp_path, cache):
    path = tmp_path / "a.jpg"
    path.write_bytes(a_photo(exif=an_exif(has_place=True)))
    done = await made(path, file_digest(str(path)), recipe("strip", "JPEG"), cache)
    assert done.name.endswith("-strip1.jpg")


@pytest.fixture
def long_film(tmp_path):
    """One that takes a good while to be coded anew: half a second, many times over."""
    short = film(tmp_path, "short.mp4", "-c:v", "libx264", "-preset", "ultrafast", size="1280x720")
    run_ffmpeg("-stream_loop", "60", "-i", str(short), "-c", "copy", str(tmp_path / "x.mp4"))
    return tmp_path / "x.mp4"


@needs_ffmpeg
async def test_progress_grows_to_the_end(tmp_path, cache):
    path = film(tmp_path, "x.mp4", "-c:v", "mpeg4", seconds=3)
    heard = []
    await made(path, file_digest(str(path)), ENCODE, cache, heard.append)
    assert heard == sorted(heard)
    assert heard[0] == 0
    assert heard[-1] == pytest.approx(1, abs=0.1)


@needs_ffmpeg
async def test_when_it_is_cancelled_ffmpeg_ends_and_nothing_is_left(long_film, cache):
    has_begun = asyncio.Event()

    def heard(done):
        if done > 0:
            has_begun.set()

    making = asyncio.create_task(made(long_film, file_digest(str(long_film)), ENCODE, cache, heard))
    await has_begun.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert kept(cache) == []
    assert ffmpegs_on(long_film) == []


@needs_ffmpeg
async def test_a_killed_run_leaves_no_half_file_and_does_not_stop_the_next(
    tmp_path, long_film, cache
):
    digest = file_digest(str(long_film))
    program = f"""
import asyncio
from pathlib import Path
from threadsync.media.fixing.workshop import made
from threadsync.treatment import recipe
asyncio.run(made(Path({str(long_film)!r}), {digest!r}, recipe("encode", "MP4"), Path({str(cache)!r}),
    lambda done: print(done, flush=True)))
"""
    run = subprocess.Popen(  # noqa: ASYNC220 - it is killed at once
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    while float(run.stdout.readline()) == 0:
        pass
    run.kill()
    run.wait()
    run.stdout.close()
    assert not place_of(digest, ENCODE, cache).exists()
    short = film(tmp_path, "y.mp4", "-c:v", "mpeg4")
    assert (await made(short, file_digest(str(short)), ENCODE, cache)).is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends what a killed process began")
def test_ffmpeg_ends_with_a_run_that_is_killed(tmp_path):
    pipe, film = tmp_path / "pipe", tmp_path / "x.mkv"
    os.mkfifo(pipe)
    film.write_bytes(b"\x1aE\xdf\xa3" + bytes(100))
    (tmp_path / "ffmpeg").write_text(f"#!/bin/sh\nexec 3>{pipe}\necho begun >&3\nexec sleep 60\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    words = [sys.executable, "-m", "threadsync", "media", "fix", str(film)]
    path = f"{tmp_path}:{os.environ['PATH']}"
    with subprocess.Popen(words, env={**os.environ, "PATH": path}) as run, pipe.open() as said:
        assert said.readline() == "begun\n"
        run.kill()
        has_ended, _, _ = select.select([said], [], [], 20)
        assert has_ended
        assert said.read() == ""


@needs_ffmpeg
def test_a_run_that_is_told_to_end_takes_ffmpeg_along(long_film):
    words = [sys.executable, "-m", "threadsync", "-C", str(long_film.parent), "media", "fix"]
    run = subprocess.Popen([*words, long_film.name], stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not ffmpegs_on(long_film):
        os.sched_yield()
    run.terminate()
    _, told = run.communicate(timeout=30)
    assert (run.returncode, told.lstrip()[:11]) == (ExitCode.INTERRUPTED, "interrupted")
    assert ffmpegs_on(long_film) == []
    assert not list(long_film.parent.glob(".*part*"))


def ffmpegs_on(path):
    """The numbers of the processes of ffmpeg that work on the file."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        is_on = any(word.startswith(b"file:") and word.endswith(bytes(path)) for word in words)
        if words[0] == FFMPEG.encode() and is_on:
            found.append(int(folder.name))
    return found


async def test_without_ffmpeg_the_message_names_the_extra(tmp_path, cache, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("threadsync.media.fixing.ffmpeg.FFMPEG_PACKAGE", "no_such_package")
    path = tmp_path / "x.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(100))
    with pytest.raises(MediaError, match=r"or run: pip install 'threadsync\[fix\]'"):
        await made(path, file_digest(str(path)), ENCODE, cache)
    assert kept(cache) == []


async def test_an_ffmpeg_that_cannot_be_started(tmp_path, cache, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/no/such/shell\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "x.mkv"
    path.write_bytes(b"\x1aE\xdf\xa3" + bytes(100))
    with pytest.raises(MediaError, match="ffmpeg cannot be started: No such file"):
        await made(path, file_digest(str(path)), ENCODE, cache)


@pytest.mark.parametrize("name", ["jpeg", "strip", "encode"])
async def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, name):
    path = tmp_path / "a.jpg"
    path.write_bytes(a_jpeg())
    with pytest.raises(MediaError) as caught:
        await make(path, recipe(name, "JPEG"), tmp_path / "none" / "b.jpg")
    assert str(caught.value) == (
        f"{tmp_path}/none: cannot be written to: No such file or directory; a.jpg was not mended"
    )


async def test_a_plain_file_needs_nothing(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(a_jpeg())
    facts = await make(path, recipe("jpeg", "JPEG"), tmp_path / "b.jpg")
    assert (facts.format, path.read_bytes()) == ("JPEG", a_jpeg())
