"""What counts of a picture is its content: another one under the same name, the same under another."""

import pytest
from builders import write
from command_line import CommandLine
from movies import a_movie
from pictures import a_jpeg, a_picture


@pytest.fixture
def cli(project, capsys):
    """A project whose post with a picture is out."""
    write(project, "posts/cat.md", "![A cat](cat.jpg)\n\nMy cat\n")
    write(project, "posts/cat.jpg", a_jpeg())
    cli = CommandLine(project, capsys)
    cli.apply()
    return cli


def summary(cli):
    return cli("plan", "--format", "json").json["summary"]


def test_nothing_changed(cli):
    assert cli("plan").last_line == "No changes. Threads matches the files."


@pytest.mark.parametrize(
    "content",
    [a_jpeg("blue"), a_jpeg("red", size=(401, 300)), a_picture("JPEG", comment=b"x"), a_movie()],
    ids=["other pixels", "other size", "other bytes", "a video"],
)
def test_another_file_under_the_same_name_is_a_change(cli, content):
    write(cli.root, "posts/cat.jpg", content)
    assert summary(cli)["replace"] == 1


@pytest.mark.parametrize("name", ["tom.jpg", "sub/cat.jpg", "cat.PNG", "cat"])
def test_the_same_file_under_another_name_is_none(cli, name):
    (cli.root / "posts/sub").mkdir()
    (cli.root / "posts/cat.jpg").rename(cli.root / "posts" / name)
    write(cli.root, "posts/cat.md", f"![A cat]({name})\n\nMy cat\n")
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_a_touched_file_is_no_change(cli):
    content = (cli.root / "posts/cat.jpg").read_bytes()
    write(cli.root, "posts/cat.jpg", content)
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_the_order_of_a_carousel_counts(cli):
    write(cli.root, "posts/dog.jpg", a_jpeg("blue"))
    write(cli.root, "posts/two.md", "![A cat](cat.jpg)\n![A dog](dog.jpg)\n")
    cli.apply()
    write(cli.root, "posts/two.md", "![A dog](dog.jpg)\n![A cat](cat.jpg)\n")
    assert summary(cli)["replace"] == 1


def test_the_same_file_twice_in_a_carousel_is_told(cli):
    write(cli.root, "posts/tom.jpg", a_jpeg())
    write(cli.root, "posts/two.md", "![A cat](cat.jpg)\n![Tom](tom.jpg)\n")
    shown = cli("validate").out
    assert "posts/two.md:2:1: warning: posts/tom.jpg is the same as posts/cat.jpg" in shown


def test_the_plan_names_media_by_their_digest(cli):
    write(cli.root, "posts/cat.jpg", a_jpeg("blue"))
    (action,) = cli("plan", "--format", "json").json["actions"]
    url = action["parts"][0]["request"]["image_url"]
    assert url.startswith("media:sha256:")
    assert "cat.jpg" not in url
