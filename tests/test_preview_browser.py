"""The preview in a real browser: nothing is refused, a phone is wide enough, it follows the files."""

from __future__ import annotations

import re
import threading

import pytest
from browser import BROWSER, running_browser
from builders import write
from clips import a_clip
from pictures import a_jpeg

from threadsync.cli import run
from threadsync.cli.preview import _Maker
from threadsync.cli.shell import Shell
from threadsync.preview.server import PreviewServer

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")

POSTS = {
    "album.md": "---\ntopic_tag: Sea\n---\n![red](red.jpg)\n![](blue.jpg)\n![film](film.mp4)\n\nx\n",
    "chain.md": "One\n\n---\n\nTwo\n\n---\n\n" + "Three " * 110,
    "evil.md": "<script>document.title='x'</script></style><img src=x onerror=alert(1)>\n",
    "later.md": "---\npublish_at: 2030-01-01 09:00\nreply_to: chain#2\n---\n" + "x" * 300,
    "secret.md": "||hidden||\n",
    "poll.yaml": "text: Which?\npoll: {options: [Tabs, Spaces]}\n",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def rich(project):
    """A project with one of each."""
    write(project, "threadsync.yaml", "timezone: America/Argentina/Buenos_Aires\n")
    for name, text in POSTS.items():
        write(project, f"posts/{name}", text)
    for colour in ("red", "blue"):
        write(project, f"posts/{colour}.jpg", a_jpeg(colour))
    write(project, "posts/film.mp4", a_clip())
    return project


@pytest.fixture
def shown(rich, browser):
    """The page as a file, in the browser."""

    def show(width=1280, **given):
        run(["--sandbox", "-C", str(rich), "preview"])
        browser.go((rich / ".threadsync/preview.html").as_uri(), width, **given)
        return browser

    return show


OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


HAS_MARK = """new Promise((done) => {
  const look = () => (document.documentElement.dataset.mark ? done() : requestAnimationFrame(look));
  look();
})"""


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_file_is_whole_and_fits(shown, width, dark):
    page = shown(width, dark=dark)
    page.run(OPEN_ALL)
    assert page.complaints == []
    assert page.run("document.documentElement.scrollWidth") == width
    assert page.run("Array.from(document.images).every((one) => one.naturalWidth > 0)")
    assert page.run("document.title") == "Preview · project"


def test_the_style_sheet_is_used(shown):
    assert shown().run(
        "getComputedStyle(document.querySelector('.conversation')).borderRadius"
    ) == ("14px")


def test_a_filter_leaves_one_kind_without_a_script(shown):
    page = shown(script=False)
    visible = (
        "Array.from(document.querySelectorAll('.entry'), (one) => one)"
        ".filter((one) => one.offsetHeight).map((one) => one.getAttribute('aria-label')).join()"
    )
    assert page.run(visible) == "chain,album,evil,hello,poll,secret,later"
    page.run("document.getElementById('show-waiting').click()")
    assert page.run(visible) == "later"


def test_a_page_that_is_served_follows_its_files(rich, browser):
    shell = Shell(rich)
    shell.is_sandbox = True
    maker = _Maker(shell, (), only_changed=False)
    server = PreviewServer(0, maker.mark, maker.drawn)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        browser.go(server.address)
        browser.run("document.getElementById('show-now').click()")
        browser.events.clear()
        browser.run(HAS_MARK)
        write(rich, "posts/hello.md", "Something else\n")
        browser.wait_for("Page.loadEventFired")
        assert browser.run("document.body.textContent.includes('Something else')")
        assert browser.run("document.getElementById('show-now').checked")
        assert [c for c in browser.complaints if not re.search("favicon", c)] == []
    finally:
        server.close()
        thread.join()
