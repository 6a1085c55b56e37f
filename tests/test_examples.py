"""The examples are what a newcomer runs first: they must work as they stand."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from threadsync.cli import run
from threadsync.reading.loader import load_project
from threadsync.reading.settings import Request, load_settings
from threadsync.request import digest_of

EXAMPLES = Path(__file__).parent.parent / "examples"
README = EXAMPLES.parent / "README.md"


@pytest.fixture
def examples(tmp_path):
    """A copy, so that a test leaves nothing in the tree."""
    target = tmp_path / "examples"
    ignored = shutil.ignore_patterns(".threadsync", "*.state.*")
    return shutil.copytree(EXAMPLES, target, ignore=ignored)


@pytest.fixture
def loaded(examples):
    return load_project(load_settings(Request(folder=examples), os.environ), known_keys={})


@pytest.fixture
def entries(loaded):
    return {entry.key: entry for entry in loaded.entries}


def test_no_example_has_a_problem(loaded):
    assert [str(problem) for problem in loaded.problems] == []


def test_the_examples_are_valid_without_the_sandbox(examples):
    assert run(["-C", str(examples), "validate"]) == 0


def test_every_file_of_posts_is_an_entry_or_shown_by_one(examples, entries):
    sources = {entry.source for entry in entries.values()}
    media = {m.path for entry in entries.values() for part in entry.parts for m in part.media}
    files = {path.relative_to(examples).as_posix() for path in examples.glob("posts/**/*.*")}
    assert files == sources | media


def test_there_is_one_of_each(entries):
    kinds = {
        key: [str(m.kind) for p in entry.parts for m in p.media] for key, entry in entries.items()
    }
    assert kinds["how-it-works"] == ["IMAGE"]
    assert kinds["sky/post"] == ["VIDEO"]
    assert set(kinds["album/post"]) == {"IMAGE", "VIDEO"}
    assert len(entries["poll"].parts[0].poll) == 4
    assert len(entries["promises"].parts) == 3
    assert str(entries["questions/twice"].parts[0].reply_to) == "promises#2"
    assert str(entries["quote"].parts[0].quote) == "how-it-works#1"
    assert entries["link"].parts[0].link_attachment
    assert entries["link"].parts[0].spoilers
    assert entries["idea"].draft
    assert entries["new-year"].publish_at == datetime(2099, 1, 1, 8, tzinfo=UTC)


def test_what_is_sent_for_the_examples_stays_the_same(entries):
    """A change here, other than of an example, would replace posts that people have published."""
    known = json.loads((Path(__file__).parent / "data/example_digests.json").read_text())
    assert {key: digest_of(entry) for key, entry in entries.items()} == known


def test_the_examples_are_published_once(examples, capsys):
    command = ["--sandbox", "-C", str(examples), "apply", "--auto-approve"]
    assert run(command) == 0
    assert last_line(capsys).startswith("Apply complete: 10 published, 0 replaced")
    assert run(command) == 0
    assert last_line(capsys) == "No changes. Threads matches the files; 2 waiting."


def test_the_real_state_is_not_touched_by_the_sandbox(examples):
    assert run(["--sandbox", "-C", str(examples), "apply", "--auto-approve"]) == 0
    assert list(examples.glob("*.state*")) == []


@pytest.mark.parametrize("picture", sorted(EXAMPLES.rglob("*.[jp][pn]g")), ids=lambda p: p.name)
def test_pictures_are_small_and_as_wide_as_threads_likes(picture):
    with Image.open(picture) as image:
        image.load()
        assert 320 <= image.width <= 1440
    assert picture.stat().st_size < 150_000


def test_the_plan_in_the_projects_readme_is_a_piece_of_the_real_one(examples, capsys):
    shown = README.read_text().partition("$ threadsync plan\n")[2].partition("\n\n")[0]
    assert run(["-C", str(examples), "plan"]) == 0
    assert set(shown.splitlines()) <= set(capsys.readouterr().out.splitlines())


def test_the_readme_lists_every_post(entries):
    text = (EXAMPLES / "README.md").read_text()
    assert [e.source for e in entries.values() if f"`{e.source}`" not in text] == []


def last_line(capsys):
    return capsys.readouterr().out.rstrip().splitlines()[-1]
