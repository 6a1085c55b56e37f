"""Values for tests, valid by default: a test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from threadsync.config import Settings
from threadsync.post import Entry, Media, MediaKind, Part

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""The time at which the clock of the tests stands."""

A_DIGEST = "sha256:" + "ab" * 32


class FakeClock:
    """Time as an argument: `clock()` is now, `await clock.sleep(s)` only moves it on."""

    def __init__(self, now=NOON):
        self.now = now
        self.slept_s = []
        """Every sleep asked for, in order."""

    def __call__(self):
        return self.now

    def advance(self, **span):
        """Move on by keywords of timedelta, for example `hours=25`."""
        self.now += timedelta(**span)

    def monotonic(self):
        """Seconds that only grow."""
        return self.now.timestamp()

    async def sleep(self, seconds):
        self.slept_s.append(seconds)
        self.advance(seconds=seconds)


def a_media(path="posts/cat.jpg", **values):
    """A picture of the project; name `url` for a public one."""
    if values.get("url"):
        return Media(**{"kind": MediaKind.IMAGE, **values})
    defaults = {"kind": MediaKind.IMAGE, "digest": A_DIGEST, "size_bytes": 1234}
    return Media(path=path, **{**defaults, "alt_text": "a cat asleep", **values})


def a_video(path="posts/cat.mp4", **values):
    return a_media(path, kind=MediaKind.VIDEO, **values)


def a_part(text="Hello", **values):
    return Part(text=text, **values)


def an_entry(key="hello", *parts, **values):
    """An entry of one text part, or of `parts`."""
    values.setdefault("source", f"posts/{key}.md")
    return Entry(key=key, parts=parts or (a_part(),), **values)


def settings(root=Path("/project"), **values):
    return Settings(root=root, **values)


def write(root, path, content):
    """Write `content` (text or bytes) to `path` below `root`, folders included; the file's path."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target
