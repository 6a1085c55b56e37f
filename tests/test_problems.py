"""Every problem has a section in the documentation, whose example has that problem."""

import re
from pathlib import Path

import pytest
from builders import settings, write
from pictures import a_jpeg

from threadsync.config import MediaSettings
from threadsync.problems import KINDS, TEXT_TOO_LONG, Problem
from threadsync.reading.loader import load_project

PAGE = (Path(__file__).parent.parent / "docs/problems.md").read_text()
SECTIONS = re.findall(r"^## `([a-z0-9-]+)`\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (code, suffix, text)
    for code, section in SECTIONS
    for suffix, text in re.findall(
        r"^```(yaml|markdown)\n(.*?)^```", section, re.MULTILINE | re.DOTALL
    )
]


@pytest.fixture
def project(tmp_path):
    """What the examples speak of: posts `launch` and `idea`, a picture, a folder, a text file."""
    write(tmp_path, "posts/launch.md", "One\n\n---\n\nTwo")
    write(tmp_path, "posts/idea.md", "---\ndraft: true\n---\nAn idea")
    write(tmp_path, "posts/cat.jpg", a_jpeg())
    write(tmp_path, "posts/pictures/one.jpg", a_jpeg())
    write(tmp_path, "posts/notes.txt", "x")
    return tmp_path


def test_each_kind_has_one_section():
    assert sorted(code for code, _ in SECTIONS) == sorted(KINDS)


@pytest.mark.parametrize(("code", "suffix", "text"), EXAMPLES, ids=[code for code, *_ in EXAMPLES])
def test_each_example_has_the_problem_and_no_other_error(project, code, suffix, text):
    write(project, f"posts/example.{suffix}", text)
    loaded = load_project(
        settings(project, timezone="Europe/Berlin", media=MediaSettings(store="s3", bucket="b"))
    )
    codes = {problem.code for problem in loaded.problems}
    assert code in codes
    assert {found for found in codes - {code} if KINDS[found].severity == "error"} == set()


def test_there_are_examples():
    assert len(EXAMPLES) > 30


def test_a_problem_reads_like_a_compilers():
    problem = TEXT_TOO_LONG.at("posts/a.md", 3, 5, count=1204, limit=500, over=704)
    line = "posts/a.md:3:5: error: text counts 1,204, Threads takes 500; shorten it by 704"
    assert str(problem) == f"{line} [text-too-long]"
    assert Problem(**problem.to_json()) == problem
