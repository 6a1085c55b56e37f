"""One file with posts, or with defaults, formatted: its front matter or its YAML, never its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.formatting.blocks import UnkeepableError
from threadsync.formatting.lines import as_read, lines_of, text_of
from threadsync.formatting.order import in_order
from threadsync.reading.documents import MAX_BYTES
from threadsync.reading.markdown import sections
from threadsync.reading.schema import DEFAULTS, POST, load_schema
from threadsync.reading.sources import DEFAULTS_FILE, MARKDOWN
from threadsync.state.durable import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.formatting.lines import Lines

_BOM = "\ufeff"


class Formatted(NamedTuple):
    """What became of a file: its bytes as they should be, or why it is left alone."""

    data: bytes
    is_changed: bool = False
    why_not: str | None = None
    line: int = 1
    """Of `why_not`, from 1."""


def format_file(path: Path) -> Formatted:
    """The file as it should be; nothing is written. OSError when it cannot be read."""
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        why = f"is {len(data):,} bytes, an entry takes {MAX_BYTES:,}; is this the right file?"
        return Formatted(data, why_not=why)
    try:
        text = data.decode("utf-8")
        formatted = formatted_text(text, path.name).encode()
    except UnicodeDecodeError:
        return Formatted(data, why_not="is not UTF-8; save the file with the encoding UTF-8")
    except UnkeepableError as why:
        return Formatted(data, why_not=str(why), line=why.line)
    return Formatted(formatted, is_changed=formatted != data)


def formatted_text(text: str, name: str) -> str:
    """The whole text of the file `name` with its keys in order. UnkeepableError: see `order`."""
    bom, lines = text[: text.startswith(_BOM)], lines_of(text.removeprefix(_BOM))
    if not name.lower().endswith(MARKDOWN):
        schema = load_schema(DEFAULTS if name == DEFAULTS_FILE else POST)
        return bom + text_of(in_order(lines, schema))
    return bom + text_of(_formatted_markdown(lines))


def write_formatted(path: Path, formatted: Formatted) -> None:
    """Put the formatted bytes in the place of the file, which may be a link to it."""
    replace_file(path.resolve(), formatted.data)


def _formatted_markdown(lines: Lines) -> Lines:
    found = sections(as_read(lines))
    if found.is_open:
        raise UnkeepableError("front matter is opened by --- and never closed")
    if found.front_matter is None:
        return lines
    end = found.body_line - 2
    try:
        return (*lines[:1], *in_order(lines[1:end], load_schema(POST)), *lines[end:])
    except UnkeepableError as why:
        raise UnkeepableError(str(why), why.line + 1) from why
