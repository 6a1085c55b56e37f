"""Every picture and video that the posts of a project name, whatever else is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.problems import Finding
from threadsync.reading.entries import named_files
from threadsync.reading.files import read_file
from threadsync.reading.named_files import ProjectFiles
from threadsync.reading.sources import find_sources, read_source

if TYPE_CHECKING:
    from threadsync.config import Settings
    from threadsync.media.digests import Wanted


def named_media(settings: Settings) -> dict[str, Wanted]:
    """The files by their path in the project, in the order of the posts.

    What is missing or lies outside is left out, and so is all that a broken post names: `validate`
    tells of them.
    """
    root = str(settings.root)
    files = ProjectFiles(root)
    wanted: dict[str, Wanted] = {}
    for source in find_sources(root, settings.posts).sources:
        text = read_source(root, source.name)
        documents = read_file(source, text).documents if isinstance(text, str) else ()
        for document in documents:
            for path, is_media in named_files(document):
                found = files.find(document.folder, path) if is_media else None
                if found is not None and not isinstance(found, Finding):
                    wanted[found[0]] = found[1]
    return wanted
