"""ffmpeg: where it is, what it says of a file, and running it until it ends or is no longer wanted.

The one of PATH comes first, then that of the package imageio-ffmpeg. It only ever reads local files.
On Linux it ends when we do, even if we are killed.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
import sys
from collections import deque
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from threadsync.errors import MediaError
from threadsync.media.fixing.tools import FFMPEG_PACKAGE

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Sequence

_QUIET = ("-hide_banner", "-nostdin", "-y")
# Some formats name other files or addresses inside of them.
_LOCAL = ("-protocol_whitelist", "file,pipe")
_LAST_LINES = 200
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_RATE = re.compile(r"Video: .*?, ([\d.]+)(k?) fps")


class FilmFacts(NamedTuple):
    """What ffmpeg says of a film; 0 for what it does not know."""

    duration_s: float
    frames_per_s: float


class FilmError(Exception):
    """ffmpeg could not make it; the text is what it said last."""


def find_ffmpeg() -> str:
    """The program to start; MediaError when there is none."""
    program = shutil.which("ffmpeg") or _packaged()
    if program is None:
        raise MediaError(
            "ffmpeg is needed and not installed; install it, or run: pip install 'threadsync[fix]'"
        )
    return program


def _packaged() -> str | None:
    if find_spec(FFMPEG_PACKAGE) is None:
        return None
    from importlib import import_module

    try:
        return str(import_module(FFMPEG_PACKAGE).get_ffmpeg_exe())
    except RuntimeError:  # the package is there without its program
        return None


async def film_facts(source: Path) -> FilmFacts:
    """What ffmpeg says of the file at `source`, whatever format it has."""
    return read_report(await _run([*_QUIET, *_LOCAL, "-i", f"file:{source}"]))


async def has_filter(name: str) -> bool:
    """Whether this build of ffmpeg has the filter `name`."""
    report = await _run(["-hide_banner", "-h", f"filter={name}"])
    return report.lstrip().startswith(f"Filter {name}")


def read_report(report: str) -> FilmFacts:
    """Length and frames a second out of what ffmpeg writes about its input."""
    length, rate = _DURATION.search(report), _RATE.search(report)
    hours, minutes, seconds = map(float, length.groups()) if length else (0.0, 0.0, 0.0)
    frames = float(rate[1]) * (1000 if rate[2] else 1) if rate else 0.0
    return FilmFacts(hours * 3600 + minutes * 60 + seconds, frames)


async def run_ffmpeg(
    source: Path, options: Sequence[str], target: Path, passed: Callable[[float], None]
) -> None:
    """Make `target` of `source`; `passed` hears how many seconds of it are done.

    FilmError when ffmpeg does not end well. When it is cancelled, ffmpeg has ended, too.
    """
    progress = ("-v", "error", "-nostats", "-progress", "pipe:1")
    named = ("-i", f"file:{source}", *options, f"file:{target}")
    arguments = [*_QUIET, *progress, *_LOCAL, *named]
    process = await _start(arguments)
    try:
        told, _ = await asyncio.gather(_last_lines(process), _follow(process, passed))
        code = await process.wait()
    finally:
        await _end(process)
    if code:
        raise FilmError(why_not(told) or f"it ended with {code} and said nothing")


def why_not(told: Sequence[str]) -> str:
    """What kept ffmpeg from its work, of the lines it wrote; "" when there are none.

    That the disk is full stands before what follows from it.
    """
    for words in map(os.strerror, _OF_THE_DISK):
        if any(words in line for line in told):
            return words
    return told[-1] if told else ""


async def _run(arguments: Sequence[str]) -> str:
    """What ffmpeg writes for people; how it ends does not matter."""
    process = await _start(arguments)
    try:
        shown, told = await process.communicate()
    finally:
        await _end(process)
    return (shown + told).decode("utf-8", "replace")


async def _start(arguments: Sequence[str]) -> Process:
    program = find_ffmpeg()
    try:
        return await asyncio.create_subprocess_exec(
            *_tethered(program),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us to act on
        )
    except OSError as exc:
        raise MediaError(f"{program} cannot be started: {exc.strerror}; install ffmpeg") from exc


def _tethered(program: str) -> Sequence[str]:
    """How to start a program so that it ends with this process, where there is a way."""
    if sys.platform != "linux" or not sys.executable:
        return (program,)
    tether = str(Path(__file__).with_name("tether.py"))
    return (sys.executable, "-I", "-S", tether, str(os.getpid()), program)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


async def _last_lines(process: Process) -> list[str]:
    lines: deque[str] = deque(maxlen=_LAST_LINES)
    assert process.stderr is not None  # noqa: S101 - it was asked for
    while line := await process.stderr.readline():
        lines.append(line.decode("utf-8", "replace").strip())
    return list(filter(None, lines))


async def _follow(process: Process, passed: Callable[[float], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    while line := await process.stdout.readline():
        name, _, value = line.decode("ascii", "replace").strip().partition("=")
        if name == "out_time_us" and value.isdecimal():
            passed(int(value) / 1_000_000)
