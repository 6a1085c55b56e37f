"""HTML from values, made in this one place: text goes in escaped, `Markup` as it is. Pure.

`element` is the only way from text to markup, so that nothing a person wrote can become a tag, an
attribute or a script by being forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that is finished; made by `element`, `joined` and `own_code` only."""

    html: str


Content = Markup | str | None
"""What an element can hold; None is nothing."""
Attribute = str | int | bool | None
"""A value of an attribute; None and False leave it out, True writes its name alone."""

NOTHING = Markup("")
_VOID = frozenset({"br", "img", "input", "link", "meta"})
_SCHEMES = {"href": frozenset({"http", "https"}), "src": frozenset({"http", "https", "data"})}
# Also what a browser would take for a scheme after leaving out line breaks and blanks.
_SCHEME = re.compile(r"([^/?#]*?):")
# Half a character, which UTF-8 cannot write, and NUL, which HTML has no place for.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def element(name: str, /, *children: Content, **attributes: Attribute) -> Markup:
    """An element with its children.

    `class_` is the attribute `class`, `aria_label` is `aria-label`. An address in `href` or `src`
    that could run a script is left out.
    """
    opened = f"<{name}{''.join(map(_attribute, attributes, attributes.values()))}>"
    if name in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{joined(children).html}</{name}>")


def joined(parts: Iterable[Content]) -> Markup:
    """The parts one after the other, with nothing between them."""
    return Markup("".join(map(_html, parts)))


def own_code(name: str, code: str) -> Markup:
    """A `style` or `script` element with a file that ships with this package, as it is."""
    return Markup(f"<{name}>{code}</{name}>")


def document(*children: Content, **attributes: Attribute) -> str:
    """A whole page: the root element and its children, ready to be sent."""
    return "<!doctype html>\n" + element("html", *children, **attributes).html + "\n"


def _html(part: Content) -> str:
    if part is None:
        return ""
    return part.html if isinstance(part, Markup) else _escaped(part)


def _attribute(name: str, value: Attribute) -> str:
    name = name.rstrip("_").replace("_", "-")
    if value is None or value is False or not _is_allowed(name, value):
        return ""
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _is_allowed(name: str, value: Attribute) -> bool:
    schemes = _SCHEMES.get(name)
    if schemes is None or not isinstance(value, str):
        return True
    scheme = _SCHEME.match(value)
    return scheme is None or scheme.group(1).lower() in schemes


def _escaped(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text))
