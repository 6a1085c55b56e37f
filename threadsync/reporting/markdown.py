"""A plan as Markdown, for the comment on a pull request and for the step summary of CI. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.planning.actions import SYMBOLS, ActionKind
from threadsync.reporting.text import plan_line, why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.planning.actions import Action, Plan

# GitHub refuses comments above 65,536 characters (docs, read 2026-11-22); room for the rest.
MOST_CHARACTERS = 60_000
_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "\\`*_{}[]<>()#|!~@"}


def plan_markdown(plan: Plan) -> str:
    """The plan: its line, a table of actions, and each text in a block that folds.

    Nothing of a post is read as Markdown. What does not fit is counted at the end.
    """
    lines = [f"### threadsync: {plan_line(plan)}", ""]
    if plan.actions:
        lines += ["| | entry | what | why |", "|---|---|---|---|"]
        lines += [_row(action) for action in plan.actions]
    blocks = [block for action in plan.actions for block in _texts(action)]
    return "\n".join(_fitting([*lines, "", *blocks]))


def _fitting(lines: list[str]) -> Iterator[str]:
    size = 0
    for count, line in enumerate(lines):
        size += len(line) + 1
        if size > MOST_CHARACTERS:
            yield f"\n… {len(lines) - count} more lines; run `threadsync plan` to see them."
            return
        yield line


def _row(action: Action) -> str:
    symbol = SYMBOLS[action.kind]
    what = action.kind.value if action.kind is not ActionKind.NONE else "left alone"
    return f"| `{symbol}` | {_code(action.key)} | {what} | {inert(why(action))} |"


def _texts(action: Action) -> Iterator[str]:
    if not action.publishes:
        return
    for part in action.parts:
        text = part.request.params.get("text")
        if text:
            number = f" part {part.n}" if len(action.parts) > 1 else ""
            fence = _fence(text)
            summary = f"<details><summary>{inert(action.key)}{number}</summary>"
            yield f"{summary}\n\n{fence}text\n{text}\n{fence}\n\n</details>\n"


def _fence(text: str) -> str:
    """A fence longer than any run of backquotes in `text`, so that it cannot be left."""
    longest = current = 0
    for character in text:
        current = current + 1 if character == "`" else 0
        longest = max(longest, current)
    return "`" * max(3, longest + 1)


def _code(text: str) -> str:
    return f"`{text}`"


def inert(text: str) -> str:
    """`text` inert in a table cell: no markup, no mention, no line break."""
    return " ".join(text.translate(_ENTITIES).split())
