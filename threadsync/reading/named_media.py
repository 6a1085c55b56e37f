"""Every picture and video that the posts of a project name, whatever else is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.problems import Finding
from threadsync.reading.declared import named_files
from threadsync.reading.files import read_file
from threadsync.reading.named_files import ProjectFiles
from threadsync.reading.sources import find_sources, read_source

if TYPE_CHECKING:
    from threadsync.config import Settings
    from threadsync.media.digests import Wanted
    from threadsync.treatment import Treatment


class Named(NamedTuple):
    """A file that posts name, and what is done to it before it is sent."""

    file: Wanted
    treatment: Treatment


def named_media(settings: Settings) -> dict[str, Named]:
    """The files by their path in the project, in the order of the posts.

    What is missing or lies outside is left out, and so is all that a broken post names: `validate`
    tells of them.
    """
    root = str(settings.root)
    files = ProjectFiles(root)
    named: dict[str, Named] = {}
    for source in find_sources(root, settings.posts).sources:
        text = read_source(root, source.name)
        documents = read_file(source, text).documents if isinstance(text, str) else ()
        for document in documents:
            treatment = settings.media.treatment.asked(document.value.get("fix"))
            for path, is_media in named_files(document):
                found = files.find(document.folder, path) if is_media else None
                if found is not None and not isinstance(found, Finding):
                    named[found[0]] = _together(Named(found[1], treatment), named.get(found[0]))
    return named


def _together(one: Named, other: Named | None) -> Named:
    """Of two ways to treat a file the one that mends less: what it leaves wrong is to be said."""
    return other if other is not None and one.treatment.is_fixed else one
