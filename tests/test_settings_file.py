"""Reading threadsync.yaml."""

import pytest
from builders import write

from threadsync.reading.settings_file import read_settings


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = write(tmp_path, "threadsync.yaml", content)
        values, problems = read_settings(path, "threadsync.yaml")
        return values, [str(problem) for problem in problems]

    return read


def test_values_are_read(read):
    assert read("version: 1\ntimezone: Europe/Berlin\n") == (
        {"version": 1, "timezone": "Europe/Berlin"},
        [],
    )


@pytest.mark.parametrize("content", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_all_defaults(read, content):
    assert read(content) == ({}, [])


def test_off_needs_no_quotes(read):
    assert read("policy: {alt_text: off}") == ({"policy": {"alt_text": "off"}}, [])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("polcy: {}", "threadsync.yaml:1:1: error: polcy is no key of the settings"),
        ("timezone: Mars", "threadsync.yaml:1:11: error: timezone 'Mars' is not known"),
        (
            "accounts:\n  a: {timezone: Mars}",
            "threadsync.yaml:2:17: error: timezone 'Mars' is not known",
        ),
        ("a: b: c", "threadsync.yaml:1:5: error: is not valid YAML"),
        ("version: 1\n---\nversion: 1", "has more than one document"),
        (b"posts: \xff", "threadsync.yaml:1:8: error: byte 0xff is not UTF-8"),
        ("- a", "is a list, keys and values are needed"),
        ("timezone: 1\npolcy: {}", "threadsync.yaml:1:11: error: timezone is the number 1"),
    ],
)
def test_problems_have_their_place(read, content, problem):
    assert problem in read(content)[1][0]


def test_a_file_that_is_gone_is_a_problem(tmp_path):
    _, (problem,) = read_settings(tmp_path / "no.yaml", "no.yaml")
    assert str(problem) == (
        "no.yaml:1:1: error: cannot be read: No such file or directory [file-unreadable]"
    )


def test_a_store_without_a_bucket_is_a_problem(read):
    (problem,) = read("media:\n  store: s3\n")[1]
    assert "threadsync.yaml:2:3: error: media.bucket" in problem
