"""Tags that YAML takes for comments: `text: Hello #Python` says `Hello`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from threadsync import problems
from threadsync.reading.documents import shorten
from threadsync.reading.nodes import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node

    from threadsync.problems import Problem
    from threadsync.reading.places import Outline

_REMEDIES = {
    "text": "put the text in quotes if it belongs to it",
    "topic_tag": "write the topic without #",
}
# A comment is mostly written with a blank behind its #, a tag never.
_TAG = re.compile(r"[ \t]+(?P<tag>#[^\W\d]\w*)")


def may_hold_tags(text: str) -> bool:
    """Whether `swallowed_tags` is worth its time."""
    return " #" in text or "\t#" in text


def swallowed_tags(text: str, source: str, outline: Outline) -> Iterator[Problem]:
    """What looks like a tag behind each text and topic of one document of a YAML text, in order."""
    for key, node in _tagged(outline.root):
        found = _TAG.match(text, node.end_mark.index) if not node.style else None
        if found:
            place, tag = place_of(text, found.start("tag")), shorten(found["tag"])
            yield problems.TAG_IN_COMMENT.at(source, *place, tag=tag, remedy=_REMEDIES[key])


def _tagged(node: Node | None) -> Iterator[tuple[str, ScalarNode]]:
    """The texts and topics of an entry and of the items of its chain, each with its key."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if key.value in _REMEDIES and isinstance(value, ScalarNode):
            yield key.value, value
        elif key.value == "chain" and isinstance(value, SequenceNode):
            for item in value.value:
                yield from _tagged(item)
