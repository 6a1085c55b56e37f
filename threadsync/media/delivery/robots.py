"""Whether a robots.txt lets a crawler fetch a path, by RFC 9309. Pure.

`urllib.robotparser` obeys the first rule that fits instead of the longest, and knows no wildcards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERYBODY = "*"


class Rule(NamedTuple):
    """A line of a robots.txt: whom it is about, and which paths it opens or closes."""

    agent: str
    """In lower case; `*` for whoever has no rules of its own."""
    is_allowing: bool
    pattern: str
    """"" for none."""


def read_rules(text: str) -> list[Rule]:
    """The rules of a robots.txt; what is not understood is left out."""
    return list(_rules(text))


def is_allowed(rules: list[Rule], agent: str, path: str) -> bool:
    """Whether `agent` (in lower case) may fetch `path`: what the longest rule that fits says.

    Of two that are as long the one that allows counts (RFC 9309, 2.2.2).
    """
    own = [rule for rule in rules if rule.agent == agent]
    named = own or [rule for rule in rules if rule.agent == _EVERYBODY]
    fitting = [rule for rule in named if rule.pattern and _fits(rule.pattern, path)]
    strongest = max(fitting, key=lambda rule: (len(rule.pattern), rule.is_allowing), default=None)
    return strongest is None or strongest.is_allowing


def _rules(text: str) -> Iterator[Rule]:
    agents: list[str] = []
    has_rules = False
    for line in text.splitlines():
        name, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        match name.lower():
            case "user-agent":
                agents = [] if has_rules else agents
                agents.append(value.partition("/")[0].strip().lower())
                has_rules = False
            case "allow" | "disallow" as word:
                has_rules = True
                yield from (Rule(agent, word == "allow", value) for agent in agents)


def _fits(pattern: str, path: str) -> bool:
    """Whether the path begins as the pattern says; with `$` at its end, whether it ends there."""
    path = unquote(path)
    first, *others = unquote(pattern.removesuffix("$")).split("*")
    last = others.pop() if others and pattern.endswith("$") else ""
    if not path.startswith(first):
        return False
    position = len(first)
    for piece in others:
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    if not pattern.endswith("$"):
        return True
    return path.endswith(last, position) if "*" in pattern else position == len(path)
