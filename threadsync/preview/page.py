"""A preview as one HTML document that needs nothing else. Pure but for its own style sheet."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from threadsync.drawing.conversation import draw_conversation
from threadsync.drawing.markup import NOTHING, Content, Markup, document, element, joined, own_code
from threadsync.preview.model import Kind
from threadsync.preview.views import Teller
from threadsync.reporting.entry_text import told_time

if TYPE_CHECKING:
    from threadsync.preview.model import Card, Preview
    from threadsync.problems import Problem

FILTERS = {
    None: "All",
    Kind.BROKEN: "To fix",
    Kind.NOW: "Next apply",
    Kind.WAITING: "Waiting",
    Kind.OUT: "Out",
}


def draw_preview(preview: Preview, *, script: str = "") -> str:
    """The page; `script` is code of ours that it runs, none in a file that stays as it is."""
    return document(_head(preview, script), element("body", *_body(preview)), lang="en")


def policy(script: str = "") -> str:
    """The Content-Security-Policy: no network, no code but `script`, no style but ours."""
    code = f"script-src '{_hash(script)}'; connect-src 'self'; " if script else ""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(_style())}'; {code}"
        "base-uri 'none'; form-action 'none'"
    )


def _head(preview: Preview, script: str) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"Preview · {preview.title}"),
        own_code("style", _style()),
        own_code("script", script) if script else None,
    )


def _body(preview: Preview) -> tuple[Content, ...]:
    teller = Teller(preview)
    cards = joined(_card(card, teller, preview) for card in preview.cards)
    nothing = element("p", "No posts here yet.", class_="nothing")
    return (
        element("header", _top(preview), class_="top"),
        element("main", _general(preview), cards if preview.cards else nothing),
    )


def _top(preview: Preview) -> Markup:
    made = told_time(preview.made_at, preview.zone)
    return element(
        "div",
        element("h1", preview.title),
        element("p", preview.summary, class_="small"),
        element("p", f"Made {made}", class_="small"),
        _filters(preview),
        class_="bar",
    )


def _filters(preview: Preview) -> Markup:
    """Radio buttons that the style sheet acts on; a kind of which there is nothing has none."""
    counts = {kind: sum(card.kind is kind for card in preview.cards) for kind in Kind}
    shown = [kind for kind in FILTERS if kind is None or counts[kind]]
    if len(shown) < 3:
        return NOTHING
    return element(
        "fieldset",
        element("legend", "Show", class_="unseen"),
        joined(_filter(kind, counts[kind] if kind else len(preview.cards)) for kind in shown),
        class_="filters",
    )


def _filter(kind: Kind | None, count: int) -> Markup:
    name = f"show-{kind or 'all'}"
    switch = element(
        "input", type="radio", name="show", id=name, class_="unseen", checked=kind is None
    )
    words = element("span", f"{FILTERS[kind]} ", element("b", f"{count:,}"))
    return element("label", switch, words)


def _general(preview: Preview) -> Markup:
    """What is about no entry on the page, or about all of it."""
    if not (preview.notes or preview.problems):
        return NOTHING
    notes = joined(element("p", note, class_="note") for note in preview.notes)
    return element("section", notes, _problems(preview.problems, is_named=True), class_="general")


def _card(card: Card, teller: Teller, preview: Preview) -> Markup:
    drawn = draw_conversation(teller.conversation(card.facts)) if card.facts else None
    return element(
        "section",
        element("header", _card_head(card, preview)),
        _problems(card.problems),
        drawn,
        class_=f"entry {card.kind}",
        aria_label=card.key,
    )


def _card_head(card: Card, preview: Preview) -> Markup:
    at = card.facts.publish_at if card.facts else None
    details = (card.source, card.reason, told_time(at, preview.zone) if at else "")
    return joined(
        (
            element("h2", element("bdi", card.key)),
            element("span", card.label, class_="label"),
            element("p", " · ".join(filter(None, details)), class_="small"),
        )
    )


def _problems(problems: tuple[Problem, ...], *, is_named: bool = False) -> Markup:
    if not problems:
        return NOTHING
    return element("ul", joined(_problem(one, is_named) for one in problems), class_="problems")


def _problem(problem: Problem, is_named: bool) -> Markup:
    place = f"{problem.line}:{problem.column}"
    return element(
        "li",
        element("code", f"{problem.source}:{place}" if is_named else place),
        element("span", f" {problem.message} "),
        element("code", f"[{problem.code}]"),
        class_=problem.severity,
    )


@cache
def reload_script() -> str:
    """Code for a page that is served: it follows what the server has."""
    return (files(__package__) / "reload.js").read_text("utf-8")


@cache
def _style() -> str:
    parts = (files("threadsync.drawing") / "style.css", files(__package__) / "preview.css")
    return "\n".join(part.read_text("utf-8") for part in parts)


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
