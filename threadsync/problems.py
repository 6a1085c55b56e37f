"""What can be wrong with a user's files: one list of codes, messages and severities.

A `Kind` is a sort of problem; `docs/problems.md` has a section for each code (a test compares the
two). Rules that only see a value return a `Finding`, which says where inside the document; the
loader, which knows the file, turns it into a `Problem` with line and column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR = "error"
WARNING = "warning"

Pointer = tuple[str | int, ...]
"""Where in a document: keys and list indexes (from 0) from the root; () is the whole document."""


class Problem(NamedTuple):
    """One finding in one file. Sorts by place; `line` and `column` count from 1."""

    source: str
    line: int
    column: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}:{self.column}"
        return f"{place}: {self.severity}: {self.message} [{self.code}]"

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


class Finding(NamedTuple):
    """A problem before its file is known; `pointer` says where in the document it lies."""

    kind: Kind
    pointer: Pointer
    message: str

    def at(self, source: str, line: int, column: int) -> Problem:
        return Problem(source, line, column, self.kind.severity, self.kind.code, self.message)

    def under(self, *prefix: str | int) -> Finding:
        """The same finding seen from a document that holds this one at `prefix`."""
        return Finding(self.kind, (*prefix, *self.pointer), self.message)


class Kind(NamedTuple):
    """A sort of problem: a stable code, how bad it is, and the sentence with its blanks."""

    code: str
    severity: str
    template: str

    def found(self, *pointer: str | int, **values: object) -> Finding:
        return Finding(self, pointer, self.template.format(**values))

    def at(self, source: str, line: int = 1, column: int = 1, /, **values: object) -> Problem:
        return self.found(**values).at(source, line, column)


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop an apply, in the order given."""
    return [problem for problem in problems if problem.severity == ERROR]


KINDS: dict[str, Kind] = {}
"""Every kind by its code."""


def _error(code: str, template: str) -> Kind:
    return _listed(Kind(code, ERROR, template))


def _warning(code: str, template: str) -> Kind:
    return _listed(Kind(code, WARNING, template))


def _listed(kind: Kind) -> Kind:
    if kind.code in KINDS:
        raise AssertionError(kind.code)
    KINDS[kind.code] = kind
    return kind


# --- reading a file -----------------------------------------------------------------------------
FILE_UNREADABLE = _error("file-unreadable", "cannot be read: {why}")
FILE_EMPTY = _error("file-empty", "the file is empty; write a post or delete the file")
FILE_TOO_LARGE = _error(
    "file-too-large", "is {size:,} bytes, an entry takes {limit:,}; is this the right file?"
)
NOT_UTF8 = _error("not-utf8", "byte {byte} is not UTF-8; save the file with the encoding UTF-8")
YAML_SYNTAX = _error("yaml-syntax", "is not valid YAML: {why}")
YAML_BOMB = _error(
    "yaml-bomb",
    "aliases would unfold to more than {limit:,} values; write the values out instead",
)
FRONT_MATTER_OPEN = _error(
    "front-matter-open",
    "front matter is opened by --- and never closed; add a line of --- after it",
)
NOT_A_MAPPING = _error(
    "not-a-mapping", "is {found}, keys and values are needed: lines such as key: value"
)
DUPLICATE_KEY = _error(
    "duplicate-key", "the key {key} is already on line {first}; remove one of them"
)

# --- the schema ---------------------------------------------------------------------------------
UNKNOWN_KEY = _error("unknown-key", "{key} is no key of {where}{suggestion}")
WRONG_TYPE = _error("wrong-type", "{what} is {found}, {wanted} is needed{hint}")
WRONG_VALUE = _error("wrong-value", "{message}")
MISSING_KEY = _error("missing-key", "{key} is missing")

# --- warnings that are turned off --------------------------------------------------------------
ALLOW_UNKNOWN = _error("allow-unknown", "{code} is no code of a warning{suggestion}")
ALLOW_ERROR = _error(
    "allow-error", "{code} is an error, which cannot be allowed; correct what it is about"
)
ALLOW_UNUSED = _warning("allow-unused", "{code} is allowed and was not found; take it out")

# --- keys and references ------------------------------------------------------------------------
INVALID_KEY = _error(
    "invalid-key",
    "{key!r} is no valid key: a-z, 0-9, '.', '_', '-' and '/' are, 128 at most; {remedy}",
)
KEY_NEEDED = _error(
    "key-needed",
    "a file with several documents needs a key in each; add for example: key: {proposal}",
)
KEY_TAKEN = _error(
    "key-taken", "the key {key} is already used by {other}; give one of them another key"
)
UNKNOWN_REFERENCE = _error(
    "unknown-reference", "{field} names {target}, which is no entry{suggestion}"
)
NO_SUCH_PART = _error("no-such-part", "{field} names part {n} of {key}, which has {parts}")
REFERENCE_CYCLE = _error(
    "reference-cycle", "these entries wait for each other: {path}; drop one reference"
)
REFERENCE_DRAFT = _error(
    "reference-draft",
    "{field} names {target}, which is a draft and never published; publish it first",
)
RENAME_AMBIGUOUS = _error(
    "rename-ambiguous",
    "has the content of several published entries without a file: {keys}; "
    "write the right one as key: in the file",
)

# --- text ---------------------------------------------------------------------------------------
TEXT_TOO_LONG = _error(
    "text-too-long", "text counts {count:,}, Threads takes {limit:,}; shorten it by {over:,}"
)
TEXT_LONG_IN_BYTES = _warning(
    "text-long-in-bytes",
    "text is {count:,} bytes; Threads may count bytes and takes {limit:,}; shorten it by {over:,} to be sure",
)
TOO_MANY_LINKS = _error(
    "too-many-links", "{count} different links, Threads takes {limit}; remove {over}"
)
MANY_LINKS = _warning(
    "many-links",
    "{count} different links; posts with more than {limit} have been refused by Threads",
)
TOO_MANY_SPOILERS = _error("too-many-spoilers", "{count} spoilers, Threads takes {limit} in a post")
SPOILER_OPEN = _warning(
    "spoiler-open",
    "|| opens a spoiler that is never closed; it is sent as text. Write \\|| if that is meant",
)

SECOND_TAG = _warning(
    "second-tag",
    "#{tag} is shown as plain text: a post has one topic, and that of this one is #{topic}",
)
TAG_IN_COMMENT = _warning(
    "tag-in-comment",
    "{tag} begins a comment in YAML and is not sent; {remedy}",
)
MARKDOWN_SHOWN = _warning(
    "markdown-shown",
    "{mark} is shown as it stands: a post is plain text; write it without marks, or in a text_attachment",
)
LINE_WRAPPED = _warning(
    "line-wrapped",
    "this line breaks inside a sentence, and Threads shows the break; write a paragraph on one line",
)
CHAIN_BREAK = _warning(
    "chain-break",
    "this line is sent as text; to begin the next post, write --- without blanks, "
    "and a blank line above and below",
)

# --- what a part shows --------------------------------------------------------------------------
NOTHING_TO_SHOW = _error(
    "nothing-to-show",
    "{part} has nothing to show; write text, or add media, a link, a GIF or a long text",
)
TEXT_IN_MARKDOWN = _error(
    "text-in-markdown", "in a Markdown file the body is the text; move it below the front matter"
)
CHAIN_IN_MARKDOWN = _error(
    "chain-in-markdown",
    "in a Markdown file a line of --- between blank lines starts the next part; remove chain",
)
NOT_TOGETHER = _error("not-together", "{one} and {other} do not go together: {why}")
LONG_TEXT_EMPTY = _error(
    "long-text-empty", "the long text has no words; write it, or remove text_attachment"
)
NEEDS_MEDIA = _error("needs-media", "{field} is for posts with media, this one has none")
CHAIN_TOO_LONG = _error(
    "chain-too-long", "the chain has {count:,} parts; Threads takes {limit:,} replies in 24 hours"
)

# --- time ---------------------------------------------------------------------------------------
BAD_TIME = _error(
    "bad-time",
    "publish_at {value!r} is no time; write for example 2026-11-20 09:30 or 2026-11-20T09:30:00+01:00",
)
TIME_GAP = _error(
    "time-gap",
    "{value} does not exist in {zone}: clocks skip it; write {earlier} or {later}",
)
TIME_TWICE = _error(
    "time-twice",
    "{value} happens twice in {zone}; write {earlier} or {later}",
)

# --- media --------------------------------------------------------------------------------------
MEDIA_MISSING = _error("media-missing", "{path} does not exist{suggestion}")
MEDIA_OUTSIDE = _error(
    "media-outside", "{path} is outside the project; copy the file beside the post"
)
MEDIA_NOT_A_FILE = _error(
    "media-not-a-file", "{path} is {found}, a picture or video file is needed"
)
MEDIA_UNREADABLE = _error("media-unreadable", "{path} cannot be read: {why}")
MEDIA_FORMAT = _error(
    "media-format",
    "{path} is {found}; Threads takes JPEG and PNG pictures, MP4 and MOV videos{remedy}",
)
MEDIA_TOO_LARGE = _error(
    "media-too-large",
    "{path} is {size:,} bytes, Threads takes {limit:,} for {kind}; make it smaller",
)
MEDIA_ASPECT = _error(
    "media-aspect",
    "{path} is {width:,} by {height:,} pixels; Threads takes {limit} (width to height); cut it",
)
MEDIA_WIDTH = _warning(
    "media-width",
    "{path} is {width:,} pixels wide; Threads scales pictures to {minimum}-{maximum}; "
    "do it yourself to see the result",
)
MEDIA_COLOUR = _warning(
    "media-colour",
    "{path} has colours in {found}; Threads converts pictures to sRGB; "
    "do it yourself to see the result",
)
MEDIA_ANIMATED = _warning(
    "media-animated",
    "{path} is an animation of {frames:,} pictures; Meta's pages know still ones only; "
    "make it a video, or keep the first picture",
)
MEDIA_LOCATION = _warning(
    "media-location",
    "{path} says where it was taken, and so will its public copy; take that out",
)
MEDIA_COLUMNS = _error(
    "media-columns",
    "{path} is {width:,} pixels wide, Threads takes {limit:,} for a video; scale it",
)
MEDIA_CODEC = _error(
    "media-codec",
    "{path} is coded as {found}, Threads takes H.264 and HEVC; code it anew",
)
MEDIA_CHROMA = _error(
    "media-chroma",
    "{path} has colours in {found}, Threads takes 4:2:0; code it anew",
)
MEDIA_DEPTH = _warning(
    "media-depth",
    "{path} has colours of {found} bits; Meta's pages do not say that more than 8 are taken; "
    "code it anew",
)
MEDIA_HDR = _warning(
    "media-hdr",
    "{path} has HDR colours ({found}); Meta's pages do not speak of them, and they may come out "
    "pale; convert them",
)
MEDIA_SCAN = _warning(
    "media-scan",
    "{path} may be interlaced, Threads takes progressive video; code it anew",
)
MEDIA_DURATION = _error(
    "media-duration",
    "{path} lasts {found:,g} s, Threads takes more than 0 and at most {limit}; cut it",
)
MEDIA_FRAME_RATE = _error(
    "media-frame-rate",
    "{path} has {found:g} frames a second, Threads takes {minimum} to {maximum}; code it anew",
)
MEDIA_BIT_RATE = _error(
    "media-bit-rate",
    "{path} has {found:,.0f} Mbit/s, Threads takes {limit} for a video; make it smaller",
)
MEDIA_BIT_RATE_HIGH = _warning(
    "media-bit-rate-high",
    "{path} has {found:,.0f} Mbit/s; Meta's page says 100 and copies of it say {limit}; "
    "make it smaller",
)
MEDIA_SOUND = _error(
    "media-sound",
    "{path} has sound in {found}; Threads takes AAC, up to 48 kHz, mono or stereo; convert it",
)
MEDIA_SOUND_BIT_RATE = _warning(
    "media-sound-bit-rate",
    "{path} has sound of {found:,} kbit/s, Meta's page says {limit}; make it smaller",
)
MEDIA_TRIMMED = _error(
    "media-trimmed",
    "{path} hides {found:,g} s by an edit list; Threads takes no edit lists and may show them; "
    "cut them off",
)
MEDIA_LAYOUT = _warning(
    "media-layout",
    "{path} has {found}; Meta asks for a plain file, its index in front, without edit lists; "
    "make one without loss",
)
MEDIA_TOOL_MISSING = _error(
    "media-tool-missing",
    "{path} cannot be mended here: {tool} is not installed; run: pip install 'threadsync[fix]'",
)
MEDIA_REPEATED = _warning(
    "media-repeated", "{path} is the same as {other}; the carousel shows it twice"
)
TOO_MANY_MEDIA = _error("too-many-media", "{count} media, a carousel takes {limit}; remove {over}")
MEDIA_TYPE_NEEDED = _error(
    "media-type-needed",
    "the address does not say what it leads to; "
    "under media: write type: image or type: video beside the url",
)
MEDIA_URL_HTTP = _error("media-url-http", "{url} is http; Meta needs an https address")
MEDIA_NO_STORE = _error(
    "media-no-store",
    "{path} is a local file and media.store is none; set media.store: s3 in threadsync.yaml or use url:",
)
ALT_TEXT_TOO_LONG = _error(
    "alt-text-too-long",
    "alt text is {count:,} characters, Threads takes {limit:,}; shorten it by {over:,}",
)
ALT_TEXT_MISSING = _warning(
    "alt-text-missing", "{path} has no alt text; say in a sentence what it shows"
)
ALT_TEXT_REQUIRED = _error(
    "alt-text-required",
    "{path} has no alt text and policy.alt_text is require; say in a sentence what it shows",
)

# --- what the plan finds ------------------------------------------------------------------------
CHANGED_AND_FAILS = _error(
    "changed-after-publishing",
    "was changed after it was published ({what}) and on_change is fail; undo the change or set on_change",
)
TOO_LATE = _error(
    "too-late",
    "publish_at passed {late} ago, policy.max_lateness is {limit}, policy.late is fail; set a new time",
)
PUBLISHED_DRAFT = _warning(
    "published-draft", "is published and now a draft; a draft changes nothing that is out"
)
TARGET_REPLACED = _warning(
    "target-replaced",
    "{field} leads to {target}, which {change}; this post stays with the old version. "
    "Edit it to publish it anew, or allow this",
)

PLANNED = frozenset({PUBLISHED_DRAFT.code, TARGET_REPLACED.code})
"""Codes of warnings that only a plan can find."""
