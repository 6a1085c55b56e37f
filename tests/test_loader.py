"""From files on disk to entries and problems."""

import gc
from datetime import UTC, datetime, timedelta

import pytest
from builders import settings, write
from hypothesis import HealthCheck, example, given
from hypothesis import settings as run
from hypothesis import strategies as st
from pictures import a_jpeg

from threadsync import problems
from threadsync.config import MediaSettings, Policy
from threadsync.post import (
    Media,
    MediaKind,
    OnChange,
    Part,
    Reference,
    Spoiler,
    Styled,
    TextAttachment,
)
from threadsync.reading.documents import decode
from threadsync.reading.files import read_file
from threadsync.reading.loader import load_project
from threadsync.reading.located import entry_problem, locate
from threadsync.reading.markdown import escape
from threadsync.reading.sources import Source
from threadsync.reading.text import escape_spoilers, trim_blank_lines
from threadsync.request import part_request

A_STORE = MediaSettings(store="s3", bucket="b")


@pytest.fixture
def load(tmp_path):
    """Write files below posts/ and load them; keywords are settings."""

    def load(files, known_keys=None, **values):
        for name, content in files.items():
            write(tmp_path, f"posts/{name}", content)
        values.setdefault("media", A_STORE)
        return load_project(settings(tmp_path, **values), known_keys or {})

    return load


def told(loaded):
    """`file:line:column code` of each problem."""
    return [f"{p.source[6:]}:{p.line}:{p.column} {p.code}" for p in loaded.problems]


def the_entry(loaded):
    assert told(loaded) == []
    (entry,) = loaded.entries
    return entry


# --- entries -------------------------------------------------------------------------------------


def test_a_markdown_file_is_an_entry(load):
    front = "topic_tag: Python\npublish_at: 2026-11-20 09:30\non_change: ignore\nnotes: mine"
    entry = the_entry(load({"a/hello.md": f"---\n{front}\n---\n\nHello ||you||\n"}))
    assert (entry.key, entry.source, entry.has_explicit_key) == (
        "a/hello",
        "posts/a/hello.md",
        False,
    )
    assert entry.parts == (Part("Hello you", (Spoiler(6, 3),), topic_tag="Python"),)
    assert entry.publish_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert entry.on_change is OnChange.IGNORE


def test_a_yaml_file_may_have_several_entries(load):
    loaded = load({"all.yaml": "key: b\ntext: Two\n---\nkey: a\ntext: One\ndraft: yes\n"})
    assert [(entry.key, entry.draft, entry.has_explicit_key) for entry in loaded.entries] == [
        ("a", True, True),
        ("b", False, True),
    ]


def test_every_key_of_a_part_is_read(load):
    loaded = load(
        {
            "a.yaml": """
topic_tag: t
reply_control: mentioned_only
location_id: "1"
allowlisted_country_codes: [DE, AT]
enable_reply_approvals: true
share_to_instagram: dark
reply_to: id:1
quote: b#2
text: Hello
text_attachment: {path: essay.txt, link_attachment_url: https://a.example}
gif: {id: g}
""",
            "b.yaml": "text: One\nchain: [{text: Two, poll: {options: [x, y]}}]",
            "essay.txt": "An essay\n",
        }
    )
    part = loaded.entries[0].parts[0]
    assert told(loaded) == []
    assert part.text_attachment == TextAttachment("An essay", "https://a.example")
    assert (part.reply_to, part.quote) == (Reference(id="1"), Reference("b", 2))
    assert (part.gif.id, part.gif.provider) == ("g", "GIPHY")
    assert part.allowlisted_country_codes == ("DE", "AT")
    assert (part.topic_tag, part.location_id, part.share_to_instagram) == ("t", "1", "dark")
    assert part.enable_reply_approvals
    assert loaded.entries[1].parts[1].poll == ("x", "y")


def test_media_of_the_front_matter_come_before_those_of_the_body(load):
    entry = the_entry(
        load(
            {
                "a.md": "---\nmedia:\n- {path: one.jpg, alt_text: One}\n---\n![Two](sub/two.png)\n",
                "one.jpg": a_jpeg(),
                "sub/two.png": a_jpeg("blue"),
            }
        )
    )
    one, two = entry.parts[0].media
    assert (one.path, one.alt_text, one.kind) == ("posts/one.jpg", "One", MediaKind.IMAGE)
    assert (two.path, two.alt_text) == ("posts/sub/two.png", "Two")
    assert one.digest != two.digest
    assert one.size_bytes == len(a_jpeg())


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("url: https://a.example/b.JPG?x=1", MediaKind.IMAGE),
        ("url: https://a.example/b.mp4", MediaKind.VIDEO),
        ("url: https://a.example/b.jpg\n  type: video", MediaKind.VIDEO),
        ("url: https://a.example/b\n  type: image", MediaKind.IMAGE),
    ],
)
def test_what_a_url_leads_to(load, written, kind):
    entry = the_entry(load({"a.yaml": f"media:\n- alt_text: x\n  {written}\n"}))
    assert entry.parts[0].media[0].kind is kind


def test_a_picture_line_may_lead_to_an_address(load):
    entry = the_entry(load({"a.md": "![x](https://a.example/b.png)"}))
    media = Media(MediaKind.IMAGE, url="https://a.example/b.png", alt_text="x")
    assert entry.parts[0].media == (media,)


def test_a_chain_in_markdown(load):
    entry = the_entry(load({"a.md": "---\ntopic_tag: t\n---\nOne\n\n---\n\nTwo\n"}))
    assert entry.parts == (Part("One", topic_tag="t"), Part("Two"))


def test_what_stands_beside_a_chain_is_its_first_part(load):
    entry = the_entry(load({"a.yaml": "text: One\ntopic_tag: t\nchain: [{text: Two}]"}))
    assert entry.parts == (Part("One", topic_tag="t"), Part("Two"))


def test_when_nothing_to_show_stands_beside_a_chain_its_first_item_is_the_first_part(load):
    entry = the_entry(load({"a.yaml": "topic_tag: t\nchain: [{text: One}, {text: Two}]"}))
    assert entry.parts == (Part("One", topic_tag="t"), Part("Two"))


def test_defaults_are_for_the_first_part_of_entries_that_say_nothing_else(load):
    defaults = {"topic_tag": "d", "on_change": "fail", "enable_reply_approvals": True}
    loaded = load(
        {
            "a.md": "One\n\n---\n\nTwo",
            "b.yaml": "text: x\ntopic_tag: own\non_change: ignore",
            "c.yaml": "text: x\nis_ghost_post: true",
        },
        defaults=defaults,
    )
    a, b, c = loaded.entries
    assert told(loaded) == []
    assert [part.topic_tag for part in a.parts] == ["d", None]
    assert (a.on_change, b.on_change) == (OnChange.FAIL, OnChange.IGNORE)
    assert b.parts[0].topic_tag == "own"
    assert (b.parts[0].enable_reply_approvals, c.parts[0].enable_reply_approvals) == (True, False)


def test_what_a_file_leaves_open_the_policy_decides(load):
    entry = the_entry(load({"a.md": "x"}, policy=Policy(on_change="ignore")))
    assert entry.on_change is OnChange.IGNORE


@pytest.mark.parametrize("written", ["2026-11-20", '"2026-11-20 00:00"', "2026-11-20T00:00:00"])
def test_a_time_needs_no_quotes_and_is_in_the_projects_zone(load, written):
    loaded = load({"a.yaml": f"text: x\npublish_at: {written}"}, timezone="Asia/Tokyo")
    moment = the_entry(loaded).publish_at
    assert moment == datetime(2026, 11, 19, 15, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)


def test_a_long_text_is_cut_and_numbered(load):
    front = "---\nsplit: auto\nnumbering: '{n}/'\ntopic_tag: t\n---\n"
    entry = the_entry(load({"a.md": f"{front}{'A sentence. ' * 59}End.\n\n---\n\n||End||\n"}))
    assert [(len(p.text), p.topic_tag) for p in entry.parts] == [(495, "t"), (224, None), (7, None)]
    assert [part.text[-4:] for part in entry.parts] == ["\n\n1/", "\n\n2/", "\n\n3/"]
    assert entry.parts[2].spoilers == (Spoiler(0, 3),)
    assert [entry.home_of(i) for i in range(3)] == [0, 0, 1]


def test_split_and_numbering_may_be_defaults(load):
    defaults = {"split": "auto", "numbering": "{n}/{total}"}
    files = {"a.md": "word " * 150, "b.md": f"---\nsplit: none\n---\n{'word ' * 150}"}
    loaded = load(files, defaults=defaults)
    assert told(loaded) == ["b.md:4:501 text-too-long"]
    assert [part.text[-3:] for part in loaded.entries[0].parts] == ["1/2", "2/2"]


def test_a_long_text_is_markdown(load):
    files = {"a.yaml": "text: x\ntext_attachment: {path: _b.md}", "_b.md": "**Bold** text\n"}
    attachment = the_entry(load(files)).parts[0].text_attachment
    assert attachment == TextAttachment("Bold text", None, (Styled(0, 4, ("bold",)),))


def test_references_lead_to_the_posts_that_come_out(load):
    a = f"split: auto\nchain:\n- text: {'word ' * 150}\n- text: Two\n  quote: c#9\n"
    loaded = load({"a.yaml": a, "b.md": "---\nquote: a#3\n---\nx", "c.md": "x"})
    assert told(loaded) == ["a.yaml:5:10 no-such-part"]


# --- problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.md", "", ["a.md:1:1 file-empty"]),
        ("a.md", " \n\n", ["a.md:1:1 file-empty"]),
        ("a.yaml", "# later\n", ["a.yaml:1:1 file-empty"]),
        ("a.md", "---\ntopic_tag: x\n---\n", ["a.md:4:1 nothing-to-show"]),
        ("a.yaml", "text: ''", ["a.yaml:1:7 nothing-to-show"]),
        ("a.md", b"ab\r\n\xff", ["a.md:2:1 not-utf8"]),
        ("a.md", "---\na", ["a.md:1:1 front-matter-open"]),
        ("a.md", "---\ntopic: x\n---\nText", ["a.md:2:1 unknown-key"]),
        ("a.md", "---\r\ndraft: maybe\r\n---\r\nText", ["a.md:2:8 wrong-type"]),
        ("a.md", "---\na: 1\n--- {b: 2}\n---\nText", ["a.md:1:1 yaml-syntax"]),
        ("a.md", "---\n- x\n---\nText", ["a.md:2:1 not-a-mapping"]),
        ("a.md", "---\ntext: x\nchain: [{text: x}]\n---\nText", ["a.md:2:1 text-in-markdown", "a.md:3:1 chain-in-markdown"]),
        ("a.md", "One\n\n---\n\n" + "x" * 501, ["a.md:5:501 text-too-long"]),
        ("a.md", "One ||two", ["a.md:1:5 spoiler-open"]),
        ("a.md", "||One|| **two**", ["a.md:1:9 markdown-shown"]),
        ("a.yaml", "chain:\n- text: x\n- text: |\n    One\n\n    #two #three\n", ["a.yaml:6:10 second-tag"]),
        ("a.md", "---\nsplit: auto\n---\n" + "Word " * 99 + "https://" + "x" * 600, ["a.md:4:996 text-too-long"]),
        ("a.md", "---\nsplit: auto\n---\n" + "Word " * 120 + "\n\n---\n\n**two**", ["a.md:8:1 markdown-shown"]),
        ("a.yaml", "text: x\nchain:\n- text: y  #z # a\n- text: 'y' #z\n", ["a.yaml:3:12 tag-in-comment"]),
        ("a.yaml", "text: x #y\npoll: 1 #z\n", ["a.yaml:1:9 tag-in-comment", "a.yaml:2:7 wrong-type"]),
        ("a.yaml", "text: x\ntext_attachment: {text: ' '}", ["a.yaml:2:18 long-text-empty"]),
        ("a.yaml", "text: x\ntext_attachment: {text: " + "x" * 10001 + "}", ["a.yaml:2:18 text-too-long"]),
        ("a.md", "One\n\n![](gone.jpg)\n", ["a.md:3:1 media-missing", "a.md:3:1 alt-text-missing"]),
        ("a.md", "---\npublish_at: soon\n---\nText", ["a.md:2:13 bad-time"]),
        ("A b.md", "Text", ["A b.md:1:1 invalid-key"]),
        ("a.yaml", "key: A b\ntext: x", ["a.yaml:1:6 invalid-key"]),
        ("a.yaml", "text: x\n---\nkey: b\ntext: x", ["a.yaml:1:1 key-needed"]),
        ("a.yaml", "text: x\nreply_to: b", ["a.yaml:2:11 unknown-reference"]),
        ("a.yaml", "text: x\nchain:\n- text: y\n  quote: a#3", ["a.yaml:4:10 no-such-part", "a.yaml:4:10 reference-cycle"]),
        ("a.yaml", "text: x\nmedia:\n- {path: ../.., alt_text: x}", ["a.yaml:3:10 media-outside"]),
        ("a.yaml", "text: x\nmedia:\n- {path: a.yaml, alt_text: x}", ["a.yaml:3:10 media-format"]),
        ("a.yaml", "text: x\nmedia:\n- {url: 'https://x/y', alt_text: x}", ["a.yaml:3:9 media-type-needed"]),
        ("a.yaml", "text: x\nmedia:\n- {url: 'https://[x/y.jpg', alt_text: x}", ["a.yaml:3:9 media-type-needed"]),
        ("a.yaml", "draft: true\ntext: 'x", ["a.yaml:2:7 yaml-syntax"]),
        ("a.md", "![x]()", ["a.md:1:1 wrong-value"]),
        ("a.md", "![x](https://x.example/a b.jpg)", ["a.md:1:1 wrong-value"]),
        ("a.md", "![x](file:///a.jpg)", ["a.md:1:1 wrong-value"]),
        ("a.md", "![x](data:image/png;base64,iVBORw0KGgo)", ["a.md:1:1 wrong-value"]),
        ("a.md", "---\ntopic_tag: 'x\n---\ny", ["a.md:2:12 yaml-syntax"]),
        ("a.yaml", "text: x\ntext_attachment: {path: gone.txt}", ["a.yaml:2:25 media-missing"]),
    ],
)  # fmt: skip
def test_problems_have_their_place(load, name, content, found):
    assert told(load({name: content})) == found


def test_an_entry_with_a_tag_lost_in_a_comment_is_still_one(load):
    assert [entry.key for entry in load({"a.yaml": "text: x #y"}).entries] == ["a"]
    assert told(load({"a.yaml": "text: x # a comment\n# another\n"})) == []


def test_an_entry_with_an_error_is_not_among_the_entries(load):
    loaded = load({"a.md": "Fine", "b.md": "x" * 501, "c.md": "---\n", "d.md": "ü" * 300})
    assert [entry.key for entry in loaded.entries] == ["a", "d"]
    assert loaded.broken_keys == {"b": "posts/b.md", "c": "posts/c.md"}
    assert loaded.sources == {f"posts/{name}.md" for name in "abcd"}
    assert told(loaded)[-1] == "d.md:1:251 text-long-in-bytes"


def test_two_entries_with_one_key_are_told_with_both_files(load):
    loaded = load({"a.md": "One", "b.yaml": "key: c\ntext: x\n---\nkey: a\ntext: Two"})
    assert told(loaded) == ["b.yaml:4:6 key-taken"]
    assert "already used by posts/a.md" in loaded.problems[0].message
    assert [entry.key for entry in loaded.entries] == ["c"]


def test_one_key_twice_in_one_file(load):
    assert told(load({"b.yaml": "key: a\ntext: x\n---\nkey: a\ntext: y"})) == [
        "b.yaml:4:6 key-taken"
    ]


def test_a_circle_is_told_once_and_breaks_all_of_it(load):
    loaded = load(
        {
            "a.md": "---\nquote: b\n---\nx",
            "b.md": "---\nreply_to: c#1\n---\nx",
            "c.md": "---\nreply_to: a\n---\nx",
            "d.md": "---\nreply_to: a\n---\nx",
        }
    )
    assert told(loaded) == ["a.md:2:8 reference-cycle"]
    assert "a -> b -> c -> a" in loaded.problems[0].message
    assert set(loaded.broken_keys) == {"a", "b", "c"}


def test_references_to_what_only_the_state_knows(load):
    files = {"a.md": "---\nreply_to: gone#2\n---\nx"}
    assert told(load(files, known_keys={"gone": 2})) == []
    assert told(load(files, known_keys={"gone": 1})) == ["a.md:2:11 no-such-part"]


def test_problems_are_sorted_by_place(load):
    loaded = load({"b.yaml": "x: 1\ny: 2\na: 3", "a.yaml": "text: x\nreply_to: b\nz: 1"})
    assert [(p.source, p.line) for p in loaded.problems] == [
        ("posts/a.yaml", 3),
        ("posts/b.yaml", 1),
        ("posts/b.yaml", 2),
        ("posts/b.yaml", 3),
    ]


def test_a_type_that_contradicts_the_file(load):
    loaded = load(
        {"a.yaml": "media:\n- {path: b.jpg, type: video, alt_text: x}", "b.jpg": a_jpeg()}
    )
    assert told(loaded) == ["a.yaml:2:23 not-together"]


def test_a_damaged_picture(load):
    loaded = load({"a.md": "![x](b.jpg)", "b.jpg": a_jpeg()[:200]})
    assert told(loaded) == ["a.md:1:1 media-unreadable"]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"media": MediaSettings()}, ["a.md:1:1 media-no-store"]),
        ({"media": MediaSettings(), "is_sandbox": True}, []),
        ({"policy": Policy(alt_text="require")}, ["b.md:1:1 media-url-http"]),
        ({"base_url": "http://127.0.0.1:1"}, []),
    ],
)
def test_the_settings_decide_what_media_may_be(load, values, found):
    files = {"a.md": "![x](a.jpg)", "a.jpg": a_jpeg()}
    if "media" not in values:
        files["b.md"] = "![x](http://a.example/b.jpg)"
    assert told(load(files, **values)) == found


def test_a_missing_posts_folder_is_a_problem(tmp_path):
    (problem,) = load_project(settings(tmp_path)).problems
    assert (problem.source, problem.code) == ("posts", "file-unreadable")


# --- places for others ---------------------------------------------------------------------------


def test_places_are_found_by_key(load, tmp_path):
    load({"a.yaml": "key: a\ntext: x\n---\nkey: b\ntext: x\n", "b.md": "---\ndraft: no\n---\nx"})
    found = settings(tmp_path)
    assert locate(found, "posts/a.yaml", "b", ("text",)) == (5, 7)
    assert locate(found, "posts/a.yaml", "gone", ("text",)) == (1, 1)
    assert locate(found, "posts/b.md", None, ("draft",)) == (2, 8)
    assert locate(found, "posts/gone.md", "b", ("draft",)) == (1, 1)


def test_a_finding_about_an_entry_gets_its_place(load, tmp_path):
    entry = the_entry(load({"a.yaml": "text: x\npublish_at: 2026-11-20"}))
    finding = problems.TOO_LATE.found("publish_at", late="2d", limit="1d")
    problem = entry_problem(settings(tmp_path), entry, finding)
    assert str(problem).startswith("posts/a.yaml:2:13: error: publish_at passed 2d ago")


# --- whatever the bytes --------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "---",
        "...",
        "text:",
        "key:",
        "media:",
        "chain:",
        "poll:",
        "options:",
        "quote:",
        "publish_at:",
        "notes:",
        "-",
        "?",
        ":",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*\n",
        "",
        "",
        "",
        "&a",
        "*a",
        "!",
        "!!x",
        "|",
        ">",
        "'",
        '"',
        "#",
        "<<",
        "||x||",
        "||",
        "\\||",
        "![a](b)",
        "\\---",
        "2026-11-20",
        "12:30",
        "no",
        "~",
        "0x",
        "1e999",
        ".nan",
        "%YAML\n",
        "",
        "",
        "",
        "path:",
        "url:",
        "reply_to:",
        "a",
        "b#2",
        "id:1",
        "@",
        "`",
        "\t",
        "\x07",
        "\ufeff",
        "\u2028",
        "👍",
        "https://a.b",
    ]
)
SOUP = st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "\n", "\n  ", "\r\n", "\n\n"]))).map(
    lambda pairs: "".join(word + gap for word, gap in pairs).encode()
)


@pytest.mark.parametrize("name", ["a.md", "a.yaml"])
@run(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | SOUP | SOUP.map(lambda soup: b"---\n" + soup + b"\n---\nText"))
@example(data=b"---\n---\n")
def test_any_bytes_are_an_entry_or_a_problem(load, name, data):
    loaded = load({name: data})
    assert loaded.entries or loaded.problems
    assert all(p.line > 0 and p.column > 0 for p in loaded.problems)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.just("\n"))


@given(TEXT.map(trim_blank_lines).filter(str.strip))
def test_every_text_comes_back_byte_for_byte_from_markdown(load_text, text):
    body = escape_spoilers(escape(text))
    assert load_text("a.md", f"---\n---\n{body}\n") == text


@given(TEXT.map(trim_blank_lines).filter(str.strip))
def test_every_text_comes_back_byte_for_byte_from_yaml(load_text, text):
    escapes = "".join(f"\\U{ord(character):08x}" for character in escape_spoilers(text))
    assert load_text("a.yaml", f'text: "{escapes}"') == text


@pytest.fixture(scope="module")
def load_text():
    """The text of the one part of a file with this name and content; nothing touches the disk."""
    from threadsync.reading.entries import Frame, Shelf, build_entry

    def load_text(name, content):
        source = Source(f"posts/{name}", name)
        (document,) = read_file(source, decode(content.encode(), source.name)).documents
        (part,) = build_entry(document, Frame(), Shelf()).entry.parts
        return part.text

    return load_text


def test_loading_leaves_the_collector_as_it_was(load):
    load({"a.md": "x"})
    assert gc.isenabled()


def test_what_is_wrong_with_a_twin_is_told_too(load):
    loaded = load({"a.md": "Hi", "a.yaml": "text: x\nmedia: [no.png]\nreply_to: nobody\n"})
    codes = {problem.code for problem in loaded.problems}
    assert codes >= {"key-taken", "media-missing", "unknown-reference"}


def test_the_settings_are_no_post(tmp_path):
    write(tmp_path, "threadsync.yaml", "posts: .\n")
    write(tmp_path, "a.md", "Hi")
    assert [entry.key for entry in load_project(settings(tmp_path, posts=(".",))).entries] == ["a"]


ODD = {
    "tabs": "\ta\tb\t",
    "blanks": "  a   b  \n   c",
    "blank lines": "a\n\n\n \n\t\nb",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "bidi": "\u202aa\u202b\u05d0\u202c\u2067\u05d1\u2069\u200e\u200f",
    "odd spaces": "a\u00a0b\u2007c\u202fd\u3000e\u2003f",
    "odd breaks": "a\u0085b\u2028c\u2029d",
    "normal forms": "é e\u0301 Å A\u030a ﬁ",
    "selectors": "\u2764\ufe0f \u2764\ufe0e 1\ufe0f\u20e3",
    "marks": r"\n \* \\ `a` *b* <c> &amp; $d$ | e",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_character_of_a_body_is_sent(load, text, ending):
    content = f"\n\n{text}\n".replace("\n", ending)
    (entry,) = load({"a.md": content.encode()}).entries
    assert part_request(entry.parts[0], 1).params["text"] == text


def test_a_byte_order_mark_is_not_sent(load):
    (entry,) = load({"a.md": b"\xef\xbb\xbfa"}).entries
    assert entry.parts[0].text == "a"
