"""What is done to a file of media before it is sent: what is asked for, and by which recipe. Pure.

Which finding asks for which recipe is in `media.mending`. A recipe has a stable name; its version
grows whenever it makes something else of the same file that should be used from then on.
"""

from __future__ import annotations

from typing import NamedTuple


class Treatment(NamedTuple):
    """What may be done to a file."""

    is_fixed: bool = False
    """Whether `fix` is `auto`."""
    is_stripped: bool = True
    """Whether metadata are taken out."""

    def asked(self, fix: object) -> Treatment:
        """This one, as an entry that says `fix` wants it; None when it does not say."""
        return self if fix is None else self._replace(is_fixed=fix == "auto")


class Recipe(NamedTuple):
    """One way to make a file acceptable. Of two for one file the later in `ORDER` does both."""

    name: str
    version: int
    suffix: str
    """Of what it makes, with its dot."""
    needs: str = ""
    """What has to be installed for it: `FFMPEG`, `HEIF`, or nothing."""

    @property
    def tag(self) -> str:
        """Its name and version, such as `jpeg1`."""
        return f"{self.name}{self.version}"

    def __str__(self) -> str:
        return _WORDS[self.name]

    def named(self, digest: str) -> str:
        """The name of what it makes of the file with this digest: `<64 hex digits>-jpeg1.jpg`."""
        return f"{digest.removeprefix('sha256:')}-{self.tag}{self.suffix}"


STRIP, JPEG, REMUX, SOUND, ENCODE = "strip", "jpeg", "remux", "sound", "encode"
ORDER = (STRIP, JPEG, REMUX, SOUND, ENCODE)
"""From the one that changes least."""

FFMPEG, HEIF = "ffmpeg", "pillow-heif"

_VERSIONS = {STRIP: 1, JPEG: 1, REMUX: 1, SOUND: 1, ENCODE: 1}
_BY_FFMPEG = frozenset({REMUX, SOUND, ENCODE})
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "MP4": ".mp4", "MOV": ".mov"}
_WORDS = {
    STRIP: "without metadata",
    JPEG: "as a JPEG",
    REMUX: "wrapped anew",
    SOUND: "with its sound coded anew",
    ENCODE: "coded anew",
}


def recipe(name: str, form: str) -> Recipe:
    """The recipe `name` for a file in the format `form`."""
    made = {STRIP: _SUFFIXES.get(form, ""), JPEG: ".jpg"}
    return Recipe(name, _VERSIONS[name], made.get(name, ".mp4"), _needs(name, form))


def _needs(name: str, form: str) -> str:
    if name in _BY_FFMPEG:
        return FFMPEG
    return HEIF if form == "HEIC" else ""
