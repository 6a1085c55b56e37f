"""The text of a new post: a template with what is known filled in."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

from threadsync.errors import UsageError

_SHOWN = ("photo", "carousel")
_LEAST = {"photo": 1, "carousel": 2}
_ANSWERS = ("First answer", "Second answer")
_NEXT = "The next post of the chain."
# JSON leaves them as they are, YAML takes them for line breaks or refuses them.
_ODD = {ord(odd): f"\\u{ord(odd):04x}" for odd in "\x7f\x85\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the new post is to say."""

    title: str
    template: str
    media: tuple[str, ...] = ()
    """Files of the project, relative to it."""
    alt: tuple[str, ...] = ()
    """Of the first media; those without have none."""
    parts: tuple[str, ...] = ()
    """The posts of a chain after the first."""
    options: tuple[str, ...] = ()
    """The answers of a poll."""


class Beginning(NamedTuple):
    """The text of a file, its suffix, and what is still to be filled in."""

    text: str
    suffix: str
    note: str | None = None


def checked(
    title: str | None, template: str | None, media: tuple[str, ...], alt: tuple[str, ...]
) -> Wanted:
    """What the command line asks for; UsageError when that does not go together."""
    kind = template or ("text" if not media else "photo" if len(media) == 1 else "carousel")
    if media and kind not in _SHOWN:
        raise UsageError(f"--media goes with --template photo or carousel, not with {kind}")
    if kind == "photo" and len(media) > 1:
        raise UsageError(f"a photo is one medium, not {len(media)}; use --template carousel")
    if len(alt) > len(media):
        raise UsageError(f"--alt is given {len(alt)} times, --media {len(media)}; one for each")
    return Wanted(title or "", kind, media, alt)


def beginning(wanted: Wanted, *, folder: str) -> Beginning:
    """The file of a new post in `folder` of the project. It has no error, and is a draft."""
    from threadsync.reading.markdown import escape

    if wanted.template == "poll":
        options = "\n".join(f"    - {_quoted(one)}" for one in wanted.options or _ANSWERS)
        filled = {"title": _quoted(wanted.title), "options": options}
        note = None if wanted.options else "The answers are placeholders; write your own."
        return Beginning(_filled("new-poll.yaml", filled), ".yaml", note)
    filled = {"title": escape(wanted.title), "media": _pictures(wanted, folder)}
    filled["parts"] = "\n\n---\n\n".join(map(escape, wanted.parts or (_NEXT,)))
    is_missing = wanted.template in _SHOWN and not wanted.media
    name = f"new-{'no-' * is_missing}{wanted.template}.md"
    return Beginning(_filled(name, filled), ".md", _missing(wanted))


def _pictures(wanted: Wanted, folder: str) -> str:
    alt = (*wanted.alt, *[""] * len(wanted.media))
    start = posixpath.normpath(folder)
    return "\n".join(
        _picture(posixpath.relpath(name, start), _one_line(words))
        for name, words in zip(wanted.media, alt, strict=False)
    )


def _picture(path: str, words: str) -> str:
    from threadsync.reading.markdown import body_parts

    line = f"![{words}]({path})"
    if [picture.target for picture in body_parts(line)[0].pictures] != [path]:
        raise UsageError(f"{path!r} cannot stand in a Markdown file; rename the picture")
    return line


def _missing(wanted: Wanted) -> str | None:
    least = _LEAST.get(wanted.template, 0)
    if len(wanted.media) >= least:
        return None
    what = "the picture is" if least == 1 else "the pictures are"
    if wanted.media:
        return "A carousel shows 2 to 20 media: add a line like the one of the picture."
    return f"The text is there, {what} missing: the file says how to add it."


def _filled(name: str, values: dict[str, str]) -> str:
    """A template with each `{name}` replaced; what is filled in is not looked at again."""
    pieces = files("threadsync.cli.templates").joinpath(name).read_text("utf-8").split("{")
    return pieces[0] + "".join(_replaced(piece, values) for piece in pieces[1:])


def _replaced(piece: str, values: dict[str, str]) -> str:
    name, _, rest = piece.partition("}")
    return values[name] + rest


def _one_line(words: str) -> str:
    """Alt text that does not end its brackets."""
    return " ".join(words.split()).replace("](", "] (")


def _quoted(words: str) -> str:
    """A text as YAML reads it whatever is in it."""
    return json.dumps(words, ensure_ascii=False).translate(_ODD)
