"""The preview: what would be sent, on one page that needs nothing else."""

from __future__ import annotations

import base64
import io
import re
import threading
from html import escape

import httpx
import pytest
from builders import write
from clips import a_clip
from command_line import CommandLine
from pictures import a_jpeg, a_png_that_claims
from PIL import Image

from threadsync.preview.server import PreviewServer


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


@pytest.fixture
def page(cli):
    """The page as it is written now."""

    def drawn(*arguments):
        result = cli("preview", *arguments)
        assert result.out == f"{cli.root}/.threadsync/preview.html\n", result.err
        return (cli.root / ".threadsync/preview.html").read_text()

    return drawn


def card(html, key):
    """The part of the page that is about one entry."""
    return next(
        c for c in html.split('<section class="entry ')[1:] if f">{escape(key)}</bdi></h2>" in c
    )


CHAIN = """\
text: "One ||hidden|| https://example.com"
publish_at: 2030-07-01 09:00
topic_tag: Topic
reply_control: mentioned_only
chain:
  - text: Two
    poll: {options: [Tabs, Spaces]}
  - text: Three
    text_attachment: {text: "A **long** text"}
"""


def test_every_text_of_the_plan_is_on_the_page(cli, page):
    write(cli.root, "posts/chain.yaml", CHAIN)
    html = page()
    planned = cli("plan", "--format", "json").json["actions"]
    texts = [part["request"]["text"] for action in planned for part in action["parts"]]
    assert texts == ["Hello, Threads!", "One hidden https://example.com", "Two", "Three"]
    visible = re.sub(r"<[^>]*>", "", html)
    assert [text for text in texts if text not in visible] == []


def test_what_a_post_carries_is_drawn(cli, page):
    write(cli.root, "posts/chain.yaml", CHAIN)
    drawn = card(page(), "chain")
    for piece in (
        ">Topic</bdi>",
        'class="spoiler"',
        "replies: mentioned only",
        ">Tabs</span>",
        "<b>long</b>",
        'href="https://example.com"',
    ):
        assert piece in drawn, piece


def test_the_time_is_told_in_the_zone_of_the_account(cli, page):
    write(cli.root, "threadsync.yaml", "timezone: Europe/Berlin\n")
    write(cli.root, "posts/chain.yaml", CHAIN)
    drawn = card(page(), "chain")
    assert "2030-07-01 09:00 Europe/Berlin (07:00 UTC)" in drawn
    assert ">Mon 09:00</time>" in drawn
    assert '<span class="label">scheduled</span>' in drawn


@pytest.mark.parametrize(
    ("text", "told", "verdict"),
    [
        ("x" * 500, "500 of 500", "good"),
        ("ö" * 300, "300 of 500 · 600 bytes", "wait"),
        ("x" * 501, "501 of 500", "bad"),
    ],
)
def test_a_meter_tells_how_much_of_the_text_is_used(cli, page, text, told, verdict):
    write(cli.root, "posts/long.md", text)
    drawn = card(page(), "long")
    assert f'class="meter {verdict}"' in drawn
    assert f"<span>{told}</span>" in drawn


# --- pictures -------------------------------------------------------------------------------------


def pictures(html):
    found = re.findall(r'<img src="data:image/webp;base64,([^"]*)"', html)
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def test_a_picture_is_part_of_the_page_scaled_down_with_its_words(cli, page):
    write(cli.root, "posts/a.md", "![All red](red.jpg)\n\nx\n")
    write(cli.root, "posts/red.jpg", a_jpeg("red", (2000, 1000)))
    html = page()
    (picture,) = pictures(html)
    assert picture.size == (720, 360)
    assert 'alt="All red"' in html
    assert '<details class="alt" open>' in html


def test_a_carousel_shows_each_of_its_pictures(cli, page):
    write(cli.root, "posts/a.md", "![r](red.jpg)\n![b](blue.jpg)\n\nx\n")
    for colour in ("red", "blue"):
        write(cli.root, f"posts/{colour}.jpg", a_jpeg(colour))
    assert len(pictures(page())) == 2


def test_a_film_is_told_in_its_facts(cli, page):
    write(cli.root, "posts/a.md", "![A film](film.mp4)\n\nx\n")
    write(cli.root, "posts/film.mp4", a_clip())
    drawn = card(page(), "a")
    assert "Video: posts/film.mp4\n" in drawn
    assert " frames/s, " in drawn
    assert "<video" not in drawn


def test_a_picture_of_the_web_is_named_and_not_fetched(cli, page):
    write(cli.root, "posts/a.md", "![A cat](https://example.com/cat.jpg)\n\nx\n")
    html = page()
    assert "Picture at https://example.com/cat.jpg" in html
    assert "<img" not in html


@pytest.mark.parametrize("data", [b"no picture", a_png_that_claims(60_000, 60_000)])
def test_a_picture_that_cannot_be_drawn_has_a_stand_in(cli, page, data):
    write(cli.root, "posts/a.md", "![A cat](cat.png)\n\nx\n")
    write(cli.root, "posts/cat.png", data)
    assert "posts/cat.png" in card(page(), "a")


# --- what is shown of which entry -----------------------------------------------------------------


def test_an_entry_that_is_out_stands_last_and_can_be_left_out(cli, page):
    cli.apply()
    write(cli.root, "posts/new.md", "New\n")
    html = page()
    assert html.index(">new</bdi>") < html.index(">hello</bdi>")
    assert '<span class="label">out</span>' in card(html, "hello")
    assert "hello" not in page("--changed")


def test_only_the_targets(cli, page):
    write(cli.root, "posts/new.md", "New\n")
    html = page("--target", "new")
    assert ">new</bdi>" in html
    assert ">hello</bdi>" not in html
    assert cli("preview", "--target", "none").code == 2


def test_a_target_comes_with_what_it_refers_to(cli, page):
    write(cli.root, "posts/reply.md", "---\nreply_to: hello\n---\nAnswering\n")
    write(cli.root, "posts/other.md", "Other\n")
    html = page("--target", "reply")
    assert ">hello</bdi>" in html
    assert ">other</bdi>" not in html


def test_what_is_quoted_is_drawn_also_when_it_has_no_card(cli, page):
    cli.apply()
    write(cli.root, "posts/quote.md", "---\nquote: hello\n---\nQuoting\n")
    html = page("--changed")
    assert ">hello</bdi>" not in html
    assert "Hello, Threads!" in card(html, "quote")


def test_a_quoted_entry_is_inside_and_an_answer_leads_to_its_post(cli, page):
    write(cli.root, "posts/quote.md", "---\nquote: hello\nreply_to: id:123\n---\nQuoting\n")
    write(cli.root, "posts/reply.md", "---\nreply_to: hello\n---\nAnswering\n")
    html = page()
    assert '<article class="embedded" aria-label="Quoted post">' in card(html, "quote")
    assert "answers the post 123 on Threads" in card(html, "quote")
    (anchor,) = re.findall(r'answers <a href="#([^"]*)">hello</a>', card(html, "reply"))
    assert f'id="{anchor}"' in card(html, "hello")


def test_a_quote_of_a_post_elsewhere_is_named(cli, page):
    write(cli.root, "posts/quote.md", "---\nquote: id:123\n---\nQuoting\n")
    assert "Quotes the post 123 on Threads." in page()


def test_what_would_be_deleted_is_named(cli, page):
    cli.apply()
    write(cli.root, "threadsync.yaml", "policy: {on_remove: delete}\n")
    (cli.root / "posts/hello.md").unlink()
    assert '<span class="label">is deleted</span>' in card(page(), "hello")


# --- problems -------------------------------------------------------------------------------------


def test_problems_stand_beside_their_post(cli, page):
    write(
        cli.root, "posts/two.yaml", f"key: first\ntext: ok\n---\nkey: second\ntext: {'x' * 600}\n"
    )
    result = cli("preview")
    assert (result.code, "[text-too-long]" in result.err) == (1, True)
    html = page()
    assert "[text-too-long]" in card(html, "second")
    assert 'class="problems"' not in card(html, "first")


def test_a_file_that_cannot_be_read_so_far_has_a_card_with_its_problem(cli, page):
    write(cli.root, "posts/broken.md", "---\nnonsense: 1\n---\nx\n")
    drawn = card(page(), "broken")
    assert "nonsense is no key" in drawn
    assert "<article" not in drawn


def test_a_problem_of_defaults_is_told_once_for_the_page(cli, page):
    write(cli.root, "posts/_defaults.yaml", "nonsense: 1\n")
    html = page()
    assert html.count("nonsense is no key") == 1
    assert "posts/_defaults.yaml:1:1" in html
    assert 'class="entry broken"' in html


def test_a_warning_keeps_the_exit_code(cli):
    write(cli.root, "posts/warned.md", "**bold**\n")
    result = cli("preview")
    assert (result.code, "[markdown-shown]" in result.err) == (0, True)


def test_a_state_that_cannot_be_read_is_said(cli):
    write(cli.root, ".threadsync/sandbox/threadsync.state.json", "{")
    result = cli("preview")
    assert (result.code, "The state cannot be read" in result.err) == (0, True)


# --- safe and self-contained ----------------------------------------------------------------------

EVIL = """\
---
notes: x
---
</style></script><script>alert(1)</script><img src=x onerror=alert(1)> "' javascript:alert(1)
&lt;b&gt; \u202e https://example.com/"><script>
"""


def test_no_text_becomes_a_tag(cli, page):
    write(cli.root, "posts/evil.md", EVIL)
    write(cli.root, "posts/evil.yaml", 'key: evil-2\ntext: x\ntopic_tag: "<b>"\n')
    html = page()
    assert "<script" not in html
    assert "onerror" not in re.sub(r">[^<]*<", "><", html)
    assert html.count("</style>") == 1


def test_the_page_needs_nothing_but_itself(cli, page):
    write(cli.root, "posts/a.md", "![r](red.jpg)\n\nx https://example.com\n")
    write(cli.root, "posts/red.jpg", a_jpeg("red"))
    html = page()
    sources = re.findall(r'\bsrc="([^"]*)"', html)
    assert sources
    assert [one for one in sources if not one.startswith("data:image/webp;base64,")] == []
    assert "<link" not in html
    assert "default-src &#x27;none&#x27;; img-src data:; style-src &#x27;sha256-" in html


def test_no_secret_is_on_the_page(cli, page, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "THAA-very-secret")
    assert "very-secret" not in page()


# --- as a command ---------------------------------------------------------------------------------


def test_the_file_goes_where_it_is_asked_for(cli, tmp_path):
    path = tmp_path / "site/index.html"
    result = cli("preview", "--out", str(path))
    assert result.out == f"{path}\n"
    assert result.err.startswith("1 entry. Plan: 1 to publish, ")
    assert path.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--serve", "--out", "x.html"], "--serve writes no file"),
        (["--out", "posts/hello.md/x.html"], "cannot be written"),
        (["--port", "99999"], "--port"),
    ],
)
def test_wrong_usage(cli, arguments, said):
    given = [str(cli.root / one) if one.startswith("posts") else one for one in arguments]
    result = cli("preview", *given)
    assert (result.code, said in result.err) == (2, True)


def test_an_empty_project_says_so(cli, page):
    (cli.root / "posts/hello.md").unlink()
    assert "No posts here yet." in page()


# --- as a server ----------------------------------------------------------------------------------


@pytest.fixture
def served(cli):
    """A client on the preview of the project, as `--serve` makes it."""
    from threadsync.cli.preview import _Maker
    from threadsync.cli.shell import Shell

    shell = Shell(cli.root)
    shell.is_sandbox = True
    maker = _Maker(shell, (), only_changed=False)
    server = PreviewServer(0, maker.mark, maker.drawn)
    thread = threading.Thread(target=server.serve)
    thread.start()
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        yield client
    server.close()
    thread.join()


def test_the_page_is_as_new_as_its_files(cli, served):
    before, mark = served.get("/").text, served.get("/mark").text
    assert served.get("/mark").text == mark
    write(cli.root, "posts/hello.md", "Changed\n")
    assert served.get("/mark").text != mark
    assert ("Hello, Threads!" in before, "Changed" in served.get("/").text) == (True, True)


def test_a_picture_outside_of_the_posts_is_followed_too(cli, served):
    write(cli.root, "posts/hello.md", "![r](../pictures/red.jpg)\n")
    write(cli.root, "pictures/red.jpg", a_jpeg("red"))
    before = served.get("/").text
    write(cli.root, "pictures/red.jpg", a_jpeg("blue"))
    assert pictures(served.get("/").text)[0].getpixel((9, 9)) != pictures(before)[0].getpixel(
        (9, 9)
    )


def test_only_our_script_may_run_and_nobody_elses_page_may_read(served):
    answer = served.get("/")
    policy = answer.headers["content-security-policy"]
    (script,) = re.findall(r"script-src '([^']*)'", policy)
    assert script.startswith("sha256-")
    assert answer.text.count("<script>") == 1
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    other = served.get("/", headers={"host": "evil.example:8701"})
    assert (other.status_code, "Hello" in other.text) == (403, False)


def test_settings_with_a_problem_are_shown_until_they_are_mended(cli, served):
    served.get("/")
    write(cli.root, "threadsync.yaml", "nonsense: 1\n")
    assert "nonsense is no key" in served.get("/").text
    write(cli.root, "threadsync.yaml", "timezone: Mars/Phobos\n")
    assert "Mars/Phobos" in served.get("/").text
    (cli.root / "threadsync.yaml").unlink()
    assert "no threadsync.yaml" in served.get("/").text
    write(cli.root, "threadsync.yaml", "version: 1\n")
    assert "Hello, Threads!" in served.get("/").text


def test_a_state_outside_of_the_project_is_followed_too(project):
    from threadsync.cli.preview import _Maker
    from threadsync.cli.shell import Shell

    write(project, "threadsync.yaml", "state: {path: ../elsewhere.json}\n")
    maker = _Maker(Shell(project), (), only_changed=False)
    before = maker.mark()
    write(project.parent, "elsewhere.json", "{}")
    assert maker.mark() != before


def test_there_is_nothing_else_at_the_address(served):
    assert served.get("/posts/hello.md").status_code == 404


def test_a_port_that_is_taken_is_said(cli, served):
    result = cli("preview", "--serve", "--port", str(served.base_url.port))
    assert (result.code, "choose another with --port" in result.err) == (1, True)
    assert "Errno" not in result.err
