"""The fixtures for other people's tests, in a pytest of its own; the docs' example runs."""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from threadsync.errors import UsageError
from threadsync.sandbox.running import RunningSandbox

PAGE = Path(__file__).parents[2] / "docs/sandbox.md"


@pytest.fixture
def run_pytest(tmp_path):
    """Runs files of tests, given as keywords, with the plugin; the outcome's last line."""

    def run(*options, **files):
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(source)
        plugin = ["-p", "threadsync.sandbox.pytest_plugin"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-W", "error", *plugin, *options, str(tmp_path)],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
            cwd=tmp_path,
        )
        assert done.stderr == ""
        return done.stdout

    return run


def examples():
    """The blocks of Python on the page that are tests or belong to a conftest, in order."""
    section = PAGE.read_text().partition("## In pytest\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def test_the_examples_of_the_page_run(run_pytest):
    tests, conftest = examples()
    assert "3 passed" in run_pytest(test_program=tests, conftest=conftest)


def test_each_test_begins_with_an_empty_sandbox(run_pytest):
    source = """
import pytest

@pytest.mark.parametrize("turn", [1, 2])
def test_it(threads_sandbox, turn):
    assert threads_sandbox.requests() == threads_sandbox.posts() == []
    threads_sandbox.fault("any:*:html-502")
    threads_sandbox.advance(60)
    threads_sandbox.add_account("fan", "FAN", scopes=["threads_basic"])
"""
    assert "2 passed" in run_pytest(test_twice=source)


def test_pytest_finds_the_plugin_by_itself():
    project = tomllib.loads((PAGE.parents[1] / "pyproject.toml").read_text())["project"]
    (module,) = project["entry-points"]["pytest11"].values()
    assert hasattr(importlib.import_module(module), "threads_sandbox")


def test_a_missing_extra_is_named(run_pytest):
    conftest = "import sys\nsys.modules['uvicorn'] = None\n"
    said = run_pytest(conftest=conftest, test_it="def test_it(threads_sandbox): pass")
    assert "run: pip install 'threadsync[sandbox]'" in said


def test_the_plugin_costs_nothing_until_it_is_used(run_pytest):
    source = """
import sys

def test_it():
    heavy = {"starlette", "uvicorn", "httpx", "msgspec", "PIL", "sqlite3", "jsonschema", "boto3"}
    assert heavy & set(sys.modules) == set()
"""
    assert "1 passed" in run_pytest(test_it=source)


def test_the_sandbox_is_handled_without_a_client(server, caller):
    sandbox = RunningSandbox(server.base_url)
    assert sandbox.account_id == caller.node("me", "id")["id"]
    assert caller.get(sandbox.put_media("a.txt", b"hello")).content == b"hello"
    media_id = caller.published("Hello")
    sandbox.set_numbers(id=media_id, likes=3)
    assert [request["call"] for request in sandbox.requests()][-1] == "publish"
    assert [post["text"] for post in sandbox.posts()] == ["Hello"]
    assert sandbox.add_account("fan", "FAN") != sandbox.account_id
    assert sandbox.posts("fan") == []


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda sandbox: sandbox.fault("publish:1:nonsense"), "is no fault; use one of"),
        (lambda sandbox: sandbox.advance(-1), "advance_s is -1; use 0 to"),
        (lambda sandbox: sandbox.posts("nobody"), "there is no account 'nobody'"),
        (lambda sandbox: sandbox.use_up(posts=1), "posts is no key here"),
        (lambda sandbox: sandbox.put_media("a b", b""), "is no name of a medium"),
    ],
)
def test_what_cannot_be_done_says_why(server, ask, words):
    with pytest.raises(UsageError, match=words):
        ask(RunningSandbox(server.base_url))
