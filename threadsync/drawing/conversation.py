"""Conversations as markup: chains with a line through them, replies below what they answer. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.drawing.markup import Markup, element, joined
from threadsync.drawing.post import draw_post

if TYPE_CHECKING:
    from threadsync.drawing.model import AnswersTo, Branch, Conversation

MAX_INDENT = 4
"""Deeper replies are indented no further; the style sheet has a rule for each step."""


def draw_conversation(conversation: Conversation) -> Markup:
    return element(
        "section",
        joined(map(_branch, conversation.branches)),
        _more(conversation),
        id=conversation.key,
        class_="conversation",
    )


def _branch(branch: Branch) -> Markup:
    last = len(branch.posts) - 1
    posts = (draw_post(post, has_next=n < last) for n, post in enumerate(branch.posts))
    indent = min(branch.depth, MAX_INDENT)
    return element(
        "div",
        _answers_to(branch.answers_to),
        joined(posts),
        id=f"{branch.posts[0].key}-on",
        class_=f"branch depth-{indent}",
    )


def _answers_to(target: AnswersTo | None) -> Markup | None:
    if target is None:
        return None
    link = element("a", target.text, href=f"#{target.key}") if target.key else target.text
    return element("p", "↳ answers ", link, class_="answers small")


def _more(conversation: Conversation) -> Markup | None:
    if conversation.more is None:
        return None
    return element("p", element("a", conversation.more, href=conversation.url), class_="rest")
