"""Files looked at one by one, whether posts name them or not: facts and what is to be said of each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync import problems
from threadsync.media.digests import read_media
from threadsync.media.mending import judged
from threadsync.media.probing.facts import Facts, UnreadableError
from threadsync.media.probing.probe import HEAD_BYTES, kind_of, probe, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from threadsync.media.digests import Wanted
    from threadsync.post import MediaKind
    from threadsync.problems import Finding
    from threadsync.treatment import Recipe, Treatment


class Checked(NamedTuple):
    """A file; `facts` is None for one that cannot be read, of which a finding tells then."""

    path: str
    """As it is shown."""
    facts: Facts | None
    findings: tuple[Finding, ...]
    recipe: Recipe | None = None
    """What is made of the file before it is sent; None to send it as it is."""

    def to_json(self) -> dict[str, Any]:
        facts = self.facts or Facts(None, "", 0)
        return {
            "path": self.path,
            "kind": facts.kind,
            "format": facts.format,
            "size_bytes": facts.size_bytes if self.facts else None,
            **{
                name: part and part._asdict()
                for name in ("picture", "video", "sound")
                for part in [getattr(facts, name)]
            },
            "recipe": self.recipe and self.recipe.name,
            "problems": [
                {"severity": f.kind.severity, "code": f.kind.code, "message": f.message}
                for f in self.findings
            ],
        }


def check_known(
    wanted: Mapping[str, Wanted], treatments: Mapping[str, Treatment], cache_folder: Path
) -> list[Checked]:
    """Files of a project; what is remembered of them is not read.

    `wanted` and `treatments` are keyed by the paths that are shown.
    """
    found = {
        path: medium if isinstance(medium, UnreadableError) else medium.facts
        for path, medium in read_media(wanted, cache_folder).items()
    }
    return [_checked(path, what, treatments[path]) for path, what in found.items()]


def check_file(path: str, place: str, treatment: Treatment, *, is_deep: bool = False) -> Checked:
    """The file at `place`, shown as `path`; with `is_deep` all pixels of a picture are decoded."""
    try:
        return _checked(path, probe(place, is_deep=is_deep), treatment)
    except UnreadableError as exc:
        return _checked(path, exc, treatment)
    except OSError as exc:
        return _checked(path, UnreadableError(exc.strerror or str(exc)), treatment)


def media_below(folder: Path) -> Iterator[Path]:
    """Pictures and videos by their content, in folders in folders, too; hidden ones are left out."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if not name.startswith(".") and path.is_file() and kind_at(path):
                yield path


def kind_at(path: Path) -> MediaKind | None:
    """Whether the file at `path` is a picture or a video by its content; None for anything else."""
    return kind_of(_format_of(path))


def _format_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return sniff(file.read(HEAD_BYTES))
    except OSError:
        return ""


def _checked(path: str, found: Facts | UnreadableError, treatment: Treatment) -> Checked:
    if isinstance(found, UnreadableError):
        finding = problems.MEDIA_UNREADABLE.found(path=_name(path), why=found)
        return Checked(path, None, (finding,))
    findings, recipe = judged(_name(path), found, treatment, path)
    return Checked(path, found, tuple(findings), recipe)


def _name(path: str) -> str:
    """The path is shown once for all findings, so they only need the name."""
    return path.rpartition("/")[2]
