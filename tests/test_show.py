"""`threadsync show`: one entry, with all that is known of it."""

from __future__ import annotations

import json

import pytest
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.reading.schema import POST, load_schema


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


CHAIN = """\
text: "One 🎉 https://example.com"
publish_at: 2030-07-01 09:00
topic_tag: Own
chain:
  - text: Two
    media:
      - path: red.jpg
        alt_text: red
"""


@pytest.fixture
def chain(cli):
    write(cli.root, "threadsync.yaml", "timezone: Europe/Berlin\ndefaults: {split: none}\n")
    write(cli.root, "posts/a/_defaults.yaml", "topic_tag: Folder\nreply_control: everyone\n")
    write(cli.root, "posts/a/chain.yaml", CHAIN)
    write(cli.root, "posts/a/red.jpg", a_jpeg("red"))
    return cli


def test_where_everything_comes_from(chain):
    shown = chain("show", "a/chain", "--format", "json").json
    assert (shown["source"], shown["publish_at"]) == (
        "posts/a/chain.yaml",
        "2030-07-01T07:00:00+00:00",
    )
    assert shown["defaults"] == [
        {"key": "reply_control", "value": "everyone", "source": "posts/a/_defaults.yaml"},
        {"key": "split", "value": "none", "source": "threadsync.yaml"},
    ]
    assert (shown["status"], shown["action"]) == (None, "wait")


def test_digest_and_requests_are_those_of_the_plan(chain):
    shown = chain("show", "a/chain", "--format", "json").json
    (planned,) = chain("plan", "--target", "a/chain", "--format", "json").json["actions"]
    assert shown["digest"] == planned["digest"]
    assert [part["request"] for part in shown["parts"]] == [
        part["request"] for part in planned["parts"]
    ]


def test_both_counts_links_and_media_of_each_part(chain):
    first, second = chain("show", "a/chain", "--format", "json").json["parts"]
    assert first["text_count"] == {"meta": 28 - 3 - 1 + 4, "strict": 28, "limit": 500}
    assert first["links"] == ["https://example.com"]
    (medium,) = second["media"]
    assert (medium["name"], medium["alt_text_count"]["meta"]) == ("posts/a/red.jpg", 3)


def test_one_part_of_a_chain(chain):
    result = chain("show", "a/chain#2")
    assert "part 2 of 2: image" in result.out
    assert "part 1" not in result.out


def test_the_time_is_that_of_the_settings(chain):
    assert "2030-07-01 09:00 Europe/Berlin (07:00 UTC)" in chain("show", "a/chain").out


def test_a_published_entry_has_its_address_and_nothing_to_do(cli):
    cli.apply()
    shown = cli("show", "hello", "--format", "json").json
    assert (shown["status"], shown["action"]) == ("published", "none")
    assert shown["recorded_digest"] == shown["digest"]
    assert shown["parts"][0]["permalink"] in cli("show", "hello").out


def test_text_is_at_most_80_columns_wide(chain):
    assert max(map(len, chain("show", "a/chain#1").out.splitlines())) <= 80


def test_requests_in_the_text_are_what_is_sent(cli):
    shown = cli("show", "hello").out
    printed = shown[shown.index("{") :]
    assert json.loads(printed) == {"media_type": "TEXT", "text": "Hello, Threads!"}


def test_warnings_stand_on_stderr(chain):
    write(chain.root, "posts/a/chain.yaml", CHAIN.replace("One", "**One**"))
    result = chain("show", "a/chain")
    assert (result.code, "[markdown-shown]" in result.err) == (0, True)


def test_an_entry_with_an_error_shows_the_error(cli):
    write(cli.root, "posts/bad.md", "---\nnonsense: 1\n---\nx\n")
    result = cli("show", "bad")
    assert (result.code, result.out) == (1, "")
    assert "posts/bad.md:2:1: error: nonsense is no key" in result.err


def test_an_entry_whose_defaults_have_an_error_shows_that(chain):
    write(chain.root, "posts/a/_defaults.yaml", "nonsense: 1\n")
    result = chain("show", "a/chain")
    assert (result.code, "posts/a/_defaults.yaml:1:1" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("helo", "helo is no entry of the files; did you mean hello?"),
        ("hello#2", "hello#2: hello has 1 part"),
        ("hello#0", "hello#0: hello has 1 part"),
        ("hello#x", "hello#x: behind # goes the number of a part, from 1"),
        ("hello#", "hello#: behind # goes the number of a part, from 1"),
    ],
)
def test_a_wrong_name_is_wrong_usage(cli, target, said):
    result = cli("show", target)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_an_entry_without_a_file_is_looked_for_in_the_state(cli):
    cli.apply()
    (cli.root / "posts/hello.md").unlink()
    assert "hello: its file is gone; run: threadsync state show hello" in cli("show", "hello").err


def test_the_schema_names_every_default():
    properties = load_schema("config")["$defs"]["defaults"]["properties"]
    assert properties.keys() <= load_schema(POST)["properties"].keys()
