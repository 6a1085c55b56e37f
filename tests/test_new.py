"""What `threadsync new` writes, and what it asks for."""

from __future__ import annotations

import os
import pty

import pytest
from builders import write
from command_line import CommandLine
from forked import PIPE, begin
from pictures import a_jpeg


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


def written(cli, result):
    return (cli.root / result.out.splitlines()[-1]).read_text()


@pytest.mark.parametrize("template", ["text", "photo", "carousel", "chain", "poll"])
def test_every_template_is_a_tidy_draft_without_problems(cli, template):
    result = cli("new", "A day", "--template", template)
    assert result.code == 0
    assert "draft: true\n" in written(cli, result)
    assert cli("validate").out == "No problems in 2 entries.\n"
    assert cli("fmt", "--check").code == 0


ODD = [
    "---",
    'A "day": #1',
    "![a](b.jpg)",
    "{media}",
    "'; [x]",
    "a: b\x85\u2028\x7f",
    "||",
    "\\---",
]


@pytest.mark.parametrize("template", ["text", "photo", "chain", "poll"])
@pytest.mark.parametrize("title", ODD)
def test_any_title_is_the_text(cli, title, template):
    result = cli("new", "--template", template, "--", title)
    key = result.out.splitlines()[-1].removeprefix("posts/").rpartition(".")[0]
    part = cli("show", key, "--format", "json").json["parts"][0]
    assert part["request"]["text"] == title


def test_a_picture_stands_in_the_post_with_its_words(cli):
    write(cli.root, "pictures/red (1).jpg", a_jpeg("red"))
    result = cli(
        "new",
        "Red",
        "--media",
        str(cli.root / "pictures/red (1).jpg"),
        "--alt",
        "All of\nit [red](x)",
    )
    assert written(cli, result).endswith("Red\n\n![All of it [red] (x)](../pictures/red (1).jpg)\n")
    assert (result.err, cli("validate").out) == ("", "No problems in 2 entries.\n")


def test_several_pictures_are_a_carousel(cli):
    for name in ("a", "b"):
        write(cli.root, f"posts/{name}.jpg", a_jpeg("red" if name == "a" else "blue"))
    media = [word for name in "ab" for word in ("--media", str(cli.root / f"posts/{name}.jpg"))]
    result = cli("new", "Two", *media, "--alt", "red")
    assert written(cli, result).endswith("\nTwo\n\n![red](a.jpg)\n![](b.jpg)\n")


@pytest.mark.parametrize("name", ["a [1](2).jpg", "a\nb.jpg", "<a.jpg>"])
def test_a_picture_that_cannot_be_written_is_refused(cli, name):
    write(cli.root, f"posts/{name}", a_jpeg("red"))
    result = cli("new", "Red", "--media", str(cli.root / f"posts/{name}"))
    assert (result.code, "rename the picture" in result.err) == (2, True)


def test_titles_without_a_letter_for_a_name_are_numbered(cli):
    names = [cli("new", title).out.strip() for title in ("日本語", "🎉", "!")]
    assert [name[17:] for name in names] == ["post.md", "post-2.md", "post-3.md"]


def test_the_day_is_that_of_the_projects_zone(cli):
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # a day apart at any moment
    days = []
    for n, zone in enumerate(zones):
        write(cli.root, "threadsync.yaml", f"timezone: {zone}")
        days.append(cli("new", f"Day {n}").out.removeprefix("posts/")[:10])
    assert days[0] > days[1]


def test_what_is_missing_is_said(cli):
    assert cli("new", "One", "--template", "photo").err == (
        "The text is there, the picture is missing: the file says how to add it.\n"
    )
    assert "the pictures are missing" in cli("new", "Two", "--template", "carousel").err
    write(cli.root, "posts/a.jpg", a_jpeg("red"))
    one = ("--template", "carousel", "--media", str(cli.root / "posts/a.jpg"))
    assert "2 to 20 media" in cli("new", "Three", *one).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'TITLE'"),
        ([" "], "TITLE is empty"),
        (["x", "--alt", "a"], "--alt is given 1 times, --media 0"),
        (["x", "--template", "poll", "--media", "posts/hello.md"], "not with poll"),
        (["x", "--media", "none.jpg"], "none.jpg does not exist"),
        (["x", "--media", "posts"], "is a folder"),
        (["x", "--media", "/etc/hostname"], "is outside the project"),
        (["x", "--template", "photo", *["--media", "posts/hello.md"] * 2], "--template carousel"),
    ],
)
def test_wrong_usage_writes_nothing(cli, arguments, said):
    given = [str(cli.root / one) if one.startswith("posts") else one for one in arguments]
    result = cli("new", *given)
    assert (result.code, result.out, said in result.err) == (2, "", True)
    assert [path.name for path in (cli.root / "posts").iterdir()] == ["hello.md"]


def test_no_file_is_overwritten(cli):
    cli("new", "Twice")
    assert "exists already; choose another title" in cli("new", "Twice").err


# --- on a terminal --------------------------------------------------------------------------------


def on_a_terminal(root, typed, *arguments):
    """The path that is printed when a person types these lines."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{line}\n" for line in typed).encode())
    words = ["-C", str(root), "new", *arguments]
    process = begin("threadsync", words, stdin=theirs, stderr=theirs, stdout=PIPE, text=True)
    path, _ = process.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0
    return (root / path.strip()).read_text()


def test_a_title_is_asked_for(project):
    assert on_a_terminal(project, ["A day"]).endswith("---\nA day\n")


def test_a_picture_and_its_words_are_asked_for_until_it_is_there(project):
    write(project, "posts/red.jpg", a_jpeg("red"))
    typed = ["none.jpg", str(project / "posts/red.jpg"), "All red"]
    text = on_a_terminal(project, typed, "Red", "--template", "photo")
    assert text.endswith("![All red](red.jpg)\n")


def test_answers_are_asked_for(project):
    typed = ["Tabs", "x" * 26, "No: spaces", ""]
    text = on_a_terminal(project, typed, "Which?", "--template", "poll")
    assert text.endswith('  options:\n    - "Tabs"\n    - "No: spaces"\n')


def test_the_posts_of_a_chain_are_asked_for(project):
    text = on_a_terminal(project, ["Two", "---", ""], "One", "--template", "chain")
    assert text.endswith("One\n\n---\n\nTwo\n\n---\n\n\\---\n")


def test_what_is_not_answered_stays_to_be_filled_in(project):
    text = on_a_terminal(project, [""], "Which?", "--template", "poll")
    assert "First answer" in text
