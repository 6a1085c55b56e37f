"""`fmt` moves keys and nothing else."""

from __future__ import annotations

from itertools import permutations

import pytest
from builders import settings, write
from command_line import CommandLine
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from threadsync.formatting.blocks import UnkeepableError
from threadsync.formatting.posts import formatted_text
from threadsync.reading.loader import load_project
from threadsync.request import digest_of


def in_yaml(text):
    return formatted_text(text, "post.yaml")


def in_markdown(text):
    return formatted_text(text, "post.md")


CASES = {
    "keys": ("topic_tag: A\ntext: x\nkey: k\n", "key: k\ntext: x\ntopic_tag: A\n"),
    "unknown keys last": ("zzz: 1\naaa: 2\ntext: x\n", "text: x\nzzz: 1\naaa: 2\n"),
    "comment above": ("topic_tag: A\n# words\ntext: x\n", "# words\ntext: x\ntopic_tag: A\n"),
    "comment of the first key": (
        "# tag\ntopic_tag: A\ntext: x\n",
        "text: x\n# tag\ntopic_tag: A\n",
    ),
    "comment at the top": (
        "# Ours\n\n# tag\ntopic_tag: A\ntext: x\n",
        "# Ours\n\ntext: x\n# tag\ntopic_tag: A\n",
    ),
    "comment for an editor": (
        "# yaml-language-server: $schema=x.json\ntopic_tag: A\ntext: x\n",
        "# yaml-language-server: $schema=x.json\ntext: x\ntopic_tag: A\n",
    ),
    "comment beside": ("topic_tag: A # a\ntext: x # t\n", "text: x # t\ntopic_tag: A # a\n"),
    "comment at the end": ("topic_tag: A\ntext: x\n# end\n", "text: x\ntopic_tag: A\n# end\n"),
    "deeper comment": (
        "media:\n  - a.jpg\n  # - b.jpg\ntext: x\n",
        "text: x\nmedia:\n  - a.jpg\n  # - b.jpg\n",
    ),
    "deeper comment of the last": (
        "notes: x\nmedia:\n  - a.jpg\n  # - b.jpg\n",
        "media:\n  - a.jpg\n  # - b.jpg\nnotes: x\n",
    ),
    "blank line between": ("topic_tag: A\n\ntext: x\n", "text: x\n\ntopic_tag: A\n"),
    "block scalar": (
        "topic_tag: A\ntext: |\n  one\n\n  # no comment\n  two\nkey: k\n",
        "key: k\ntext: |\n  one\n\n  # no comment\n  two\ntopic_tag: A\n",
    ),
    "kept line ends": (
        "notes: |+\n  n\n\n\ntext: x\n",
        "text: x\nnotes: |+\n  n\n\n\n",
    ),
    "lines of a plain value": (
        "topic_tag: A\ntext: one\n  two\n\n  three\nkey: k\n",
        "key: k\ntext: one\n  two\n\n  three\ntopic_tag: A\n",
    ),
    "quotes": (
        "topic_tag: 'A'\ntext: \"x\n  y\"\n",
        "text: \"x\n  y\"\ntopic_tag: 'A'\n",
    ),
    "no end at the end": ("topic_tag: A\ntext: x", "text: x\ntopic_tag: A"),
    "no end behind a block": (
        "topic_tag: A\ntext: |\n  x",
        "text: |\n  x\ntopic_tag: A",
    ),
    "items of a chain": (
        "chain:\n  - topic_tag: A\n    # words\n    text: x\n  - link_attachment: l\n    text: y\n",
        "chain:\n    # words\n  - text: x\n    topic_tag: A\n  - text: y\n    link_attachment: l\n",
    ),
    "media": (
        "media:\n- alt_text: a\n  path: p\n- q\n",
        "media:\n- path: p\n  alt_text: a\n- q\n",
    ),
    "text attachment": (
        "text_attachment:\n  link_attachment_url: l\n  text: x\n",
        "text_attachment:\n  text: x\n  link_attachment_url: l\n",
    ),
    "documents": (
        "topic_tag: A\nkey: a\n---\n# two\ntext: x\nkey: b\n...\n---\ntext: y\nkey: c\n",
        "key: a\ntopic_tag: A\n---\nkey: b\n# two\ntext: x\n...\n---\nkey: c\ntext: y\n",
    ),
    "CRLF": ("topic_tag: A\r\ntext: x\r\n", "text: x\r\ntopic_tag: A\r\n"),
    "BOM": ("\ufefftopic_tag: A\ntext: x\n", "\ufefftext: x\ntopic_tag: A\n"),
    "other line breaks": (
        'topic_tag: A\ntext: "x\u2028\x85y"\nkey: k\n',
        'key: k\ntext: "x\u2028\x85y"\ntopic_tag: A\n',
    ),
    "indented comment at the top": (
        "  # a\ntopic_tag: A\ntext: |\n  x\n",
        "  # a\ntext: |\n  x\ntopic_tag: A\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_keys_move_with_what_belongs_to_them(before, after):
    assert in_yaml(before) == after
    assert in_yaml(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "text: x\n",
        "{topic_tag: A, text: x}\n",
        "text: x\nmedia: [{alt_text: a, path: p}]\n",
        "# only a comment\n",
        "",
        "text: x\nnotes: {text: 1, key: 2}\n",
        "notes:\n  text: 1\n  key: 2\n",
        "- text: x\n",
    ],
)
def test_what_is_in_order_or_in_one_line_stays(text):
    assert in_yaml(text) == text


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("topic_tag: &a A\ntext: *a\n", "an alias (*) stands behind what it names", 1),
        ("text: x\nkey: k\n? topic_tag\n: A\n", "a key does not begin its line", 3),
        ("text: [x\nkey: k\n", "did not find expected", 2),
        (
            "topic_tag: A\ntext: x\ntext: y\n",
            "the key text is already on line 2; remove one of them",
            3,
        ),
    ],
)
def test_what_cannot_be_kept_is_left_alone(text, why, line):
    with pytest.raises(UnkeepableError, match=why.replace("(*)", r"\(\*\)")) as raised:
        in_yaml(text)
    assert raised.value.line == line


BODY = "\n\n  Hello\t \r\n\\--- \n---\ntext: no key\n\n\x0c\u2028end"


def test_the_body_stays_byte_for_byte():
    text = f"\ufeff--- \r\ntopic_tag: A\r\nkey: k\n---\t\r\n{BODY}"
    assert in_markdown(text) == f"\ufeff--- \r\nkey: k\ntopic_tag: A\r\n---\t\r\n{BODY}"


@pytest.mark.parametrize("text", ["Hello\n", "", "---\n---\ntopic_tag: A\nkey: k\n", BODY])
def test_markdown_without_front_matter_stays(text):
    assert in_markdown(text) == text


def test_the_line_of_a_refusal_is_that_of_the_file():
    with pytest.raises(UnkeepableError) as raised:
        in_markdown("---\nkey: k\ntext: [\n---\nx\n")
    assert raised.value.line == 4


# --- as properties --------------------------------------------------------------------------------

unhurried = hypothesis_settings(max_examples=60)

KEYS = {
    "text": ["text: Hello", "text: |\n  One\n\n  Two", 'text: "a: #b"', "text: >-\n  a\n  b"],
    "publish_at": ["publish_at: 2030-01-01 09:00"],
    "topic_tag": ["topic_tag: Python", "topic_tag: 'Py thon'"],
    "reply_control": ["reply_control: everyone"],
    "allowlisted_country_codes": ['allowlisted_country_codes:\n- "DE"\n- "NO"'],
    "poll": ["poll:\n  options: [a, b]", "poll:\n  options:\n  - a # 1\n  - b"],
    "chain": ["chain:\n- topic_tag: A\n  text: x\n- text: y", "chain:\n  - text: |\n      z"],
    "split": ["split: auto"],
    "numbering": ['numbering: "{n}/"'],
    "notes": ["notes: anything", "notes:\n  text: 1\n  key: [2]"],
}
COMMENTS = st.sampled_from(["", "# c\n", "  # deeper\n", "\n", "\n# c\n\n", "# a\n# b\n"])


@st.composite
def documents(draw):
    names = draw(st.lists(st.sampled_from(sorted(KEYS)), unique=True, min_size=1))
    names = ["text", *names] if not {"text", "chain"} & {*names} else names
    order = draw(st.permutations(names))
    lines = [draw(COMMENTS) + draw(st.sampled_from(KEYS[name])) + "\n" for name in order]
    return draw(COMMENTS) + "".join(lines) + draw(COMMENTS)


def entries_of(folder, text):
    write(folder, "posts/post.yaml", text)
    return load_project(settings(folder)).entries


@unhurried
@given(documents())
def test_nothing_is_lost_nothing_is_planned_and_once_is_enough(tmp_path_factory, text):
    after = in_yaml(text)
    assert sorted(line.strip(" -") for line in after.split("\n")) == sorted(
        line.strip(" -") for line in text.split("\n")
    )
    assert in_yaml(after) == after
    folder = tmp_path_factory.getbasetemp()
    before, now = entries_of(folder, text), entries_of(folder, after)
    assert before == now
    assert [digest_of(entry) for entry in before] == [digest_of(entry) for entry in now]


@unhurried
@given(st.text("-:|>#[]{}&*!%@`'\"\\\n\r\t ab\ufeff\x85\u2028~", max_size=60))
def test_any_text_is_kept_or_refused(text):
    try:
        after = in_yaml(text)
    except UnkeepableError:
        return
    assert sorted(after) == sorted(text)


def test_all_orders_of_some_keys_become_one():
    blocks = ["# k\nkey: k\n", "text: |\n  x\n", "media:\n  - a.jpg\n", "notes: n\n"]
    assert {in_yaml("".join(order)) for order in permutations(blocks)} == {"".join(blocks)}


# --- as a command ---------------------------------------------------------------------------------


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


UNTIDY = "---\ntopic_tag: A\nkey: k\n---\nx\n"
TIDY = "---\nkey: k\ntopic_tag: A\n---\nx\n"


def test_a_published_post_is_formatted_and_plans_nothing(cli):
    path = write(cli.root, "posts/a.md", UNTIDY)
    cli.apply()
    result = cli("fmt")
    assert (result.code, result.out) == (0, "formatted posts/a.md\n2 files: 1 formatted.\n")
    assert path.read_text() == TIDY
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_check_names_what_would_change_and_writes_nothing(cli):
    path = write(cli.root, "posts/a.md", UNTIDY)
    result = cli("fmt", "--check")
    assert result.code == 1
    assert result.out == "would format posts/a.md\n2 files: 1 would be formatted.\n"
    assert path.read_text() == UNTIDY
    cli("fmt")
    assert cli("fmt", "--check").code == 0


def test_only_the_files_asked_for(cli):
    write(cli.root, "README.md", UNTIDY)
    write(cli.root, "posts/a/x.md", UNTIDY)
    write(cli.root, "posts/b.md", UNTIDY)
    result = cli("fmt", str(cli.root / "posts/a"), str(cli.root / "README.md"))
    assert result.out == "formatted posts/a/x.md\n1 file: 1 formatted.\n"
    assert (cli.root / "README.md").read_text() == UNTIDY


def test_defaults_are_formatted_too(cli):
    path = write(cli.root, "posts/_defaults.yaml", "reply_control: everyone\ntopic_tag: A\n")
    cli("fmt")
    assert path.read_text() == "topic_tag: A\nreply_control: everyone\n"


def test_a_file_that_cannot_be_kept_is_named_with_its_line(cli):
    write(cli.root, "posts/a.md", "---\nkey: [\n---\nx\n")
    result = cli("fmt")
    assert result.code == 1
    assert result.err.startswith("posts/a.md:")
    assert "left as it is: " in result.err
    assert result.out == "2 files: 0 formatted, 1 left as it is.\n"


@pytest.mark.parametrize("data", [b"\xff", b"x" * 300_000])
def test_what_is_no_text_of_ours_is_left_alone(cli, data):
    path = write(cli.root, "posts/a.md", data)
    assert (cli("fmt").code, path.read_bytes()) == (1, data)


def test_a_linked_file_stays_a_link_and_keeps_its_mode(cli):
    path = write(cli.root, "shared.md", UNTIDY)
    path.chmod(0o640)
    (cli.root / "posts/a.md").symlink_to(path)
    cli("fmt")
    assert (cli.root / "posts/a.md").is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == (TIDY, 0o640)


def test_a_path_that_is_not_there_is_wrong_usage(cli):
    assert cli("fmt", "posts/none.md").code == 2
