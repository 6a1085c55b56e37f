"""What hangs on a post, as markup: media, poll, long text, link and GIF. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from threadsync.drawing.markup import NOTHING, Markup, element, joined
from threadsync.drawing.words import draw_words, external_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.drawing.model import Gif, LongText, Medium, Option, Poll

SHORT_TEXT = 400
"""Longer text attachments are folded, in characters."""


def draw_media(key: str, media: Sequence[Medium], *, is_spoiler: bool) -> Markup:
    """One picture or video, or a carousel to leaf through; behind a cover when it is a spoiler."""
    if not media:
        return NOTHING
    shown = _single(media[0]) if len(media) == 1 else _carousel(key, media)
    if not is_spoiler:
        return shown
    show = element("span", f"Spoiler: show {_counted(media)}", class_="more")
    hide = element("span", "Hide again", class_="less")
    return element("details", element("summary", show, hide), shown, class_="cover")


def draw_poll(poll: Poll | None) -> Markup:
    if poll is None:
        return NOTHING
    options = element("ul", joined(map(_option, poll.options)), class_="options")
    note = element("p", poll.note, class_="small") if poll.note else None
    return element("div", options, note, class_="poll")


def draw_long_text(long_text: LongText | None) -> Markup:
    if long_text is None:
        return NOTHING
    words = draw_words(long_text.text, styles=long_text.styles)
    shown = (element("div", words, class_="text", dir="auto"), draw_link(long_text.link))
    if len(long_text.text) <= SHORT_TEXT:
        return element("div", *shown, class_="long-text")
    return element("details", _folded(long_text), *shown, class_="long-text")


def draw_link(url: str | None) -> Markup:
    if not url:
        return NOTHING
    host = element("span", _host(url), class_="host")
    return external_link(url, host, element("span", url, class_="address"), class_="link-card")


def draw_gif(gif: Gif | None) -> Markup:
    if gif is None:
        return NOTHING
    name = element("span", f"{gif.provider} ", element("bdi", gif.id), class_="address")
    return element("div", element("span", "GIF", class_="host"), name, class_="gif")


def _folded(long_text: LongText) -> Markup:
    words = "".join(long_text.text[:SHORT_TEXT].rsplit(maxsplit=1)[:1])
    start = draw_words(words, styles=long_text.styles, is_linked=False)
    more = element("span", f"Read all {len(long_text.text):,} characters", class_="more")
    return element(
        "summary",
        element("span", start, " …", class_="text beginning", dir="auto"),
        more,
        element("span", "Show less", class_="less"),
    )


def _single(medium: Medium) -> Markup:
    return element("figure", _medium(medium), _alt_text(medium), class_="single")


def _carousel(key: str, media: Sequence[Medium]) -> Markup:
    slides = element(
        "div",
        joined(_slide(key, n, len(media), medium) for n, medium in enumerate(media, 1)),
        class_="slides",
        tabindex=0,
        role="group",
        aria_label=f"{_counted(media)}, arrow keys leaf through",
    )
    numbers = joined(_jump(key, n, str(n), f"Show {n}") for n in range(1, len(media) + 1))
    return element(
        "div", slides, element("div", numbers, class_="dots"), class_="carousel", data_carousel=True
    )


def _slide(key: str, n: int, count: int, medium: Medium) -> Markup:
    before = _jump(key, n - 1, "‹", "Previous", class_="turn before") if n > 1 else None
    after = _jump(key, n + 1, "›", "Next", class_="turn after") if n < count else None
    number = element("span", f"{n}/{count}", class_="number")
    return element(
        "figure",
        _medium(medium),
        number,
        before,
        after,
        _alt_text(medium),
        id=_slide_id(key, n),
        class_="slide",
    )


def _jump(key: str, n: int, text: str, label: str, class_: str | None = None) -> Markup:
    return element("a", text, href=f"#{_slide_id(key, n)}", aria_label=label, class_=class_)


def _slide_id(key: str, n: int) -> str:
    return f"{key}-{n}"


def _medium(medium: Medium) -> Markup:
    if medium.src is None:
        name = "video" if medium.is_video else "picture"
        words = medium.note or f"This {name} is not there."
        return element("div", words, class_="blank")
    if medium.is_video:
        return element(
            "video",
            src=medium.src,
            controls=True,
            playsinline=True,
            preload="metadata",
            aria_label=medium.alt_text or "Video without a description",
        )
    # What is part of the page is there at once, also when it is printed.
    loading = None if medium.src.startswith("data:") else "lazy"
    return element("img", src=medium.src, alt=medium.alt_text or "", loading=loading)


def _alt_text(medium: Medium) -> Markup:
    if not medium.alt_text:
        return element("figcaption", element("span", "no alt text", class_="no-alt"))
    words = element("p", medium.alt_text, dir="auto")
    alt = element(
        "details", element("summary", "ALT"), words, class_="alt", open=medium.has_open_alt
    )
    return element("figcaption", alt)


def _option(option: Option) -> Markup:
    words = element("span", option.text, class_="words", dir="auto")
    percent = element("span", f"{option.percent} %", class_="percent")
    meter = element("progress", max=100, value=option.percent, aria_hidden="true")
    return element("li", meter, words, percent)


def _counted(media: Sequence[Medium]) -> str:
    videos = sum(medium.is_video for medium in media)
    kinds = ((len(media) - videos, "picture"), (videos, "video"))
    return " and ".join(f"{n} {name}{'s' * (n > 1)}" for n, name in kinds if n)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
