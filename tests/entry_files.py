"""Entries of any kind, and the files that say them: the opposite of loading, for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import strategies as st

from threadsync.post import Entry, Gif, Media, MediaKind, OnChange, Part, Reference, Spoiler
from threadsync.reading.markdown import escape
from threadsync.reading.text import escape_spoilers, trim_blank_lines

KEYS = st.from_regex(r"[a-z0-9][a-z0-9._/-]{0,20}", fullmatch=True)
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\r\x00")
_MARKS = [
    "---",
    "\\---",
    "![a](b)",
    "\\![a](b)",
    "  ![a](b)  ",
    "||",
    "a \\|| b",
    "#x",
    "- y",
    "\t",
    "",
]
PLAIN = st.lists(st.sampled_from(_MARKS) | st.text(_CHARACTERS, max_size=20), max_size=6).map(
    "\n".join
)
# No marks may touch the bars around hidden words: there is no way to write those.
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00|\\"), min_size=1)
ADDRESSES = st.from_regex(r"https://[a-z]{1,9}\.example/[a-zA-Z0-9%?&=#-]{0,20}", fullmatch=True)


@st.composite
def texts(draw):
    """A text with hidden words, as (text, spoilers)."""
    if draw(st.booleans()):
        return trim_blank_lines(draw(PLAIN)), ()
    before, hidden, after = draw(st.tuples(_WORDS, _WORDS, _WORDS))
    text = f"x{before}{hidden}{after}x"
    return text, (Spoiler(len(before) + 1, len(hidden)),)


REFERENCES = st.builds(Reference, KEYS, st.integers(1, 9999)) | st.builds(
    Reference, id=st.from_regex(r"[0-9]{1,30}", fullmatch=True)
)
MEDIA = st.builds(
    Media,
    st.sampled_from(MediaKind),
    url=ADDRESSES,
    alt_text=st.none() | st.text(_CHARACTERS, min_size=1, max_size=50),
)
OPTIONS = st.lists(st.text(_CHARACTERS, min_size=1, max_size=25), min_size=2, max_size=4)
_TAGS = st.from_regex(r"[^#.&\t\n\r\x00][^.&\t\n\r\x00]*", fullmatch=True)


@st.composite
def parts(draw):
    text, spoilers = draw(texts())
    return Part(
        text=text,
        spoilers=spoilers,
        media=tuple(draw(st.lists(MEDIA, max_size=3))),
        poll=tuple(draw(st.just([]) | OPTIONS)),
        gif=draw(st.none() | st.builds(Gif, st.from_regex(r"\w{1,20}", fullmatch=True))),
        link_attachment=draw(st.none() | ADDRESSES),
        topic_tag=draw(st.none() | _TAGS.map(lambda tag: tag[:50])),
        reply_control=draw(st.sampled_from([None, "everyone", "mentioned_only"])),
        location_id=draw(st.sampled_from([None, "123"])),
        allowlisted_country_codes=tuple(draw(st.sampled_from([(), ("NO",), ("DE", "AT")]))),
        enable_reply_approvals=draw(st.booleans()),
        is_spoiler_media=draw(st.booleans()),
        is_ghost_post=draw(st.booleans()),
        share_to_instagram=draw(st.sampled_from([None, "light", "dark"])),
        reply_to=draw(st.none() | REFERENCES),
        quote=draw(st.none() | REFERENCES),
    )


TIMES = st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


def entries(part=parts(), source="posts/a.yaml"):  # noqa: B008
    """Entries of one to four parts."""
    return st.builds(
        Entry,
        key=KEYS,
        source=st.just(source),
        parts=st.lists(part, min_size=1, max_size=4).map(tuple),
        publish_at=st.none() | TIMES,
        draft=st.booleans(),
        on_change=st.sampled_from(OnChange),
        has_explicit_key=st.just(True),
        allowed=st.sampled_from([frozenset(), frozenset({"many-links", "second-tag"})]),
    )


def as_yaml(entry):
    """The YAML file that says `entry`."""
    first, *rest = (_said(part) for part in entry.parts)
    return _written({**_of_entry(entry), **first, **({"chain": rest} if rest else {})})


def as_markdown(entry):
    """The Markdown file that says `entry`, whose later parts are nothing but text."""
    first = {name: value for name, value in _said(entry.parts[0]).items() if name != "text"}
    bodies = (escape(marked(part)) for part in entry.parts)
    front_matter = _written({**_of_entry(entry), **first})
    return f"---\n{front_matter}---\n" + "\n\n---\n\n".join(bodies) + "\n"


def marked(part):
    """The text of a part with bars round what it hides."""
    if not part.spoilers:
        return escape_spoilers(part.text)
    (spoiler,) = part.spoilers
    start, end = spoiler.offset, spoiler.offset + spoiler.length
    return f"{part.text[:start]}||{part.text[start:end]}||{part.text[end:]}"


def _of_entry(entry):
    said = {"key": entry.key, "draft": entry.draft, "on_change": entry.on_change.value}
    if entry.publish_at is not None:
        said["publish_at"] = entry.publish_at.isoformat()
    if entry.allowed:
        said["allow"] = dict.fromkeys(sorted(entry.allowed), "meant")
    return said


def _said(part):
    """The keys and values of a part, those that say nothing left out."""
    said = {
        "text": marked(part),
        "media": [_medium(medium) for medium in part.media],
        "poll": {"options": list(part.poll)} if part.poll else None,
        "gif": {"id": part.gif.id, "provider": part.gif.provider} if part.gif else None,
        "allowlisted_country_codes": list(part.allowlisted_country_codes),
        "reply_to": part.reply_to and str(part.reply_to),
        "quote": part.quote and str(part.quote),
    }
    same = (
        "link_attachment",
        "topic_tag",
        "reply_control",
        "location_id",
        "enable_reply_approvals",
        "is_spoiler_media",
        "is_ghost_post",
        "share_to_instagram",
    )
    said |= {name: getattr(part, name) for name in same}
    return {name: value for name, value in said.items() if value or name == "text"}


def _medium(medium):
    said = {"url": medium.url, "type": medium.kind.value.lower(), "alt_text": medium.alt_text}
    return {name: value for name, value in said.items() if value}


def _written(values):
    """Keys and values as YAML, each on a line of its own; JSON is YAML where nothing is left bare."""
    return "".join(f"{name}: {_escaped(value)}\n" for name, value in values.items())


def _escaped(value):
    """JSON without its pairs of surrogates, which YAML does not know."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if " " <= c <= "~" else f"\\U{ord(c):08x}" for c in text)
