"""Which defaults an entry really has: those of its folder that it does not say itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.reading.declared import part_values
from threadsync.reading.defaults import load_defaults
from threadsync.reading.files import read_file
from threadsync.reading.sources import find_sources, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.config import Settings
    from threadsync.post import Entry
    from threadsync.reading.declared import Document
    from threadsync.reading.sources import Found


class Inherited(NamedTuple):
    """A value that an entry has from elsewhere, and the file it comes from."""

    key: str
    value: Any
    source: str


def inherited(settings: Settings, entry: Entry) -> list[Inherited]:
    """What the entry takes from `_defaults.yaml` files and threadsync.yaml, sorted by key."""
    root = str(settings.root)
    found = find_sources(root, settings.posts)
    defaults, _ = load_defaults(root, found.defaults, settings.defaults)
    document = next(_documents(root, found, entry), None)
    if document is None:
        return []
    said = document.value.keys() | part_values(document)[0].keys()
    if entry.parts[0].is_ghost_post:
        said |= {"enable_reply_approvals"}
    values, origins, _ = defaults.of(document.folder)
    return [Inherited(key, values[key], origins[key]) for key in sorted(values.keys() - said)]


def _documents(root: str, found: Found, entry: Entry) -> Iterator[Document]:
    """The document that declares the entry, if it is still there."""
    for source in found.sources:
        if source.name == entry.source:
            text = read_source(root, source.name)
            documents = read_file(source, text).documents if isinstance(text, str) else ()
            yield from (one for one in documents if one.key == entry.key)
