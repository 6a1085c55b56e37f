"""What `threadsync.api` shows: to programs, to people, and to type checkers."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import threadsync.api

SOURCE = Path(threadsync.api.__file__)

GOOD = """
from threadsync.api import (
    API, Attachment, Credentials, Listing, Media, MediaType, Page, Post, PublishedPost,
    ReplyControl, ThreadsAccessTokenExpired, ThreadsAuthenticationError, ThreadsInvalidParameter,
    ThreadsResponseError, Threads, create_params, follow_intent, read_webhook,
)

async def main() -> list[str | None]:
    async with API(Credentials.of_token("THAA")) as api:
        page: Page[PublishedPost] = await api.threads(limit=5)
        first: PublishedPost = page[0]
        rest: tuple[PublishedPost, ...] = page[1:]
        listing: Listing[PublishedPost] = api.mentions()
        async for post in listing:
            print(post.text, post["text"], post.timestamp)
        async for pages in api.replies("1").pages(at_most=2):
            print(pages.after, first in pages, rest)
        image = Media(MediaType.IMAGE, "https://e.com/a.jpg", alt_text="a")
        created = await api.publish("x", [image], ReplyControl.EVERYONE, topic_tag="y")
        await api.create(create_params(Post(media_type="TEXT", text=created.id)))
        await api.create_container("x", Attachment(MediaType.VIDEO, "u"), is_ghost_post=True)
        left: int = (await api.publishing_limit()).posts.left
        total: int | None = (await api.insights("1"))[0].total
        print(left, total, (await api.container_status("1")).status, follow_intent("x"))
        return [post.text for post in page]

def old_names() -> tuple[type[Exception], ...]:
    error = ThreadsResponseError("x")
    print(error.code, error.trace_id, Threads.authorization_url()[0], read_webhook(b"")[0].field)
    return ThreadsAccessTokenExpired, ThreadsAuthenticationError, ThreadsInvalidParameter
"""
BAD = """
from threadsync.api import API, Mispelt, PublishedPost

async def main(api: API, post: PublishedPost) -> None:
    post.text = "x"
    post.mispelt
    await api.publish("x", mispelt="y")
    await api.delete(5)
"""


def listed_for_type_checkers():
    """The names that are imported or assigned below `if TYPE_CHECKING:`, with their origins."""
    block = next(node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If))
    assert block.test.id == "TYPE_CHECKING"
    names = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname: (node.module, alias.name) for alias in node.names}
        else:
            names[node.targets[0].id] = names[node.value.id]
    return names


def test_both_lists_are_one():
    lazy = {
        name: (f"threadsync.{module}", attribute)
        for name, (module, attribute) in threadsync.api._HOMES.items()
    }
    assert listed_for_type_checkers() == lazy


def test_all_is_what_is_visible():
    names = threadsync.api.__all__
    assert names == sorted(set(names)) == dir(threadsync.api)


@pytest.mark.parametrize("name", threadsync.api.__all__)
def test_each_name_can_be_imported(name):
    scope = {}
    exec(f"from threadsync.api import {name} as it", scope)
    assert scope["it"] is getattr(threadsync.api, name)
    assert scope["it"].__doc__


def test_a_star_imports_them_all():
    scope = {}
    exec("from threadsync.api import *", scope)
    assert scope.keys() - {"__builtins__"} == set(threadsync.api.__all__)


def test_changing_what_dir_gave_changes_nothing():
    dir(threadsync.api).clear()
    threadsync.api.__dir__().clear()
    assert "API" in threadsync.api.__all__


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match=r"'threadsync.api' has no attribute 'Mispelt'"):
        threadsync.api.Mispelt  # noqa: B018 - the look-up is the test


def test_what_public_calls_give_is_public():
    homes = {attribute: module for module, attribute in threadsync.api._HOMES.values()}
    for name, method in inspect.getmembers(threadsync.api.API, inspect.isfunction):
        given = inspect.signature(method).return_annotation
        if not name.startswith("_") and isinstance(given, str) and given.isidentifier():
            assert given in homes or given in {"str", "None", "API", "T"}, name


@pytest.mark.parametrize("module", ["threadsync.api", "threadsync.api.parameters"])
def test_importing_is_light(module):
    heavy = "{'httpx', 'httpcore', 'msgspec', 'anyio', 'asyncio', 'ssl'}"
    program = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What mypy --strict says of the programs above, run once for both."""
    folder = tmp_path_factory.mktemp("users")
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(BAD)
    # As it is when installed: the package and its py.typed, without its configuration.
    (folder / "path").mkdir()
    (folder / "path" / "threadsync").symlink_to(SOURCE.parent.parent)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"]
    done = subprocess.run(
        [*command, "--cache-dir", folder / "cache", "--no-error-summary", "good.py", "bad.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"MYPYPATH": str(folder / "path")},
        check=False,
    )
    return done.stdout.splitlines()


def test_a_typed_program_passes_the_type_checker(checked):
    assert [line for line in checked if line.startswith("good.py")] == []


def test_a_wrong_program_does_not(checked):
    places = {line.split(":")[1] for line in checked if line.startswith("bad.py")}
    assert places == {"2", "5", "6", "7", "8"}
