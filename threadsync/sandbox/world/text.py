"""What Threads reads in a text: its length, its links and its topic tag.

Written from Meta's pages alone and on purpose not shared with the client's counting.
"""

from __future__ import annotations

import re

import regex

# An emoji sequence: a flag, a keycap, or emoji with selectors, skin tones and joiners.
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}"
    r"|[0-9#*]\uFE0F?\u20E3"
    r"|(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Extended_Pictographic}(?=\p{Emoji_Modifier}|\u200D))"
    r"\p{Emoji_Modifier}?[\U000E0020-\U000E007F]*"
    r"(?:\u200D(?:\p{Extended_Pictographic}|\p{Emoji})\uFE0F?\p{Emoji_Modifier}?)*"
)
_LINK = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}'\""
_MENTION = re.compile(r"(?<![\w@./])@([A-Za-z0-9._]{1,30})")
_TAG = re.compile(r"(?<!\S)#([^\s.&@!?,;:#]{1,50})")


def count_characters(text: str) -> int:
    """The length Threads compares with its limit: code points, emoji by their UTF-8 bytes."""
    emoji = [match.group() for match in _EMOJI.finditer(text)]
    return len(text) + sum(len(one.encode("utf-8", "surrogatepass")) - len(one) for one in emoji)


def links(text: str) -> tuple[str, ...]:
    """The different links of a text, in order of appearance."""
    found = (match.group().rstrip(_AFTER_LINK) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(found))


def first_tag(text: str) -> str | None:
    """The topic tag a text carries: its first `#word` that is not all digits."""
    tags = (match.group(1) for match in _TAG.finditer(text))
    return next((tag for tag in tags if not tag.isdigit()), None)


def mentions(text: str) -> tuple[str, ...]:
    """The different usernames a text mentions with an `@`, in lower case."""
    found = (match.group(1).rstrip(".").lower() for match in _MENTION.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name))
