"""The arrows between modules, as the source has them: a pure centre with thin edges."""

import tomllib
from pathlib import Path

import pytest
from builders import write
from imports import cycle, is_below, needed_by, outside_uses, read_package

import threadsync

_PURE = """post request problems api.wire api.types media.rules reading.text reading.rules reading.markdown
planning.build planning.decide planning.steps planning.guard publishing.protocol
state.model sandbox.world.lifecycle"""
PURE = {f"threadsync.{name}" for name in _PURE.split()}

# Who may import what is on the left, besides itself.
ONLY_FOR = {
    "threadsync.cli": {"threadsync.__main__"},
    "threadsync.sandbox": {"threadsync.cli", "threadsync.project"},
}


@pytest.fixture(scope="module")
def modules():
    return read_package(Path(threadsync.__file__).parent)


@pytest.fixture
def centre(modules):
    """The modules that are pure by their name or their word, and those they are made of."""
    pure = [name for name, module in modules.items() if name in PURE or module.says_it_is_pure]
    return {name: modules[name] for name in needed_by(modules, pure)}


def test_the_centre_reaches_nothing_outside(centre):
    assert centre.keys() >= PURE
    assert {name: uses for name, one in centre.items() if (uses := outside_uses(one))} == {}


@pytest.mark.parametrize(
    ("here", "there"),
    [("threadsync.sandbox", "threadsync.api"), ("threadsync.api", "threadsync.sandbox")],
)
def test_sandbox_and_client_cannot_hide_each_others_mistakes(modules, here, there):
    assert crossings(modules, here, there) == []


def test_the_sandbox_stands_alone(modules):
    own = ("threadsync.sandbox", "threadsync.drawing")
    ours = {
        found.name
        for name, module in modules.items()
        if any(is_below(name, package) for package in own)
        for found in module.imports
        if is_below(found.name, "threadsync")
        and not any(is_below(found.name, package) for package in own)
    }
    assert ours <= {"threadsync", "threadsync.errors"}


def test_drawing_needs_nothing_of_ours(modules):
    ours = [
        used
        for name, module in modules.items()
        if is_below(name, "threadsync.drawing")
        for used in module.runs()
        if is_below(used, "threadsync") and not is_below(used, "threadsync.drawing")
    ]
    assert set(ours) <= {"threadsync"}


def test_errors_need_nothing_of_ours(modules):
    ours = [name for name in modules["threadsync.errors"].runs() if is_below(name, "threadsync")]
    assert ours == []


def test_no_module_imports_itself_in_a_circle(modules):
    assert cycle(modules) == []


@pytest.mark.parametrize(("target", "allowed"), ONLY_FOR.items())
def test_the_edges_are_imported_from_the_edge(modules, target, allowed):
    importers = {
        name
        for name, module in modules.items()
        if not is_below(name, target) and any(is_below(used, target) for used in module.runs())
    }
    assert [name for name in importers if not any(is_below(name, a) for a in allowed)] == []


def crossings(modules, here, there):
    """Each import of something below `there` by a module below `here`, types included."""
    return [
        f"{name} imports {found.name}"
        for name, module in modules.items()
        if is_below(name, here)
        for found in module.imports
        if is_below(found.name, there)
    ]


# --- the checker itself ---------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path):
    """Makes a package `p` of the modules given as keywords; its modules as read."""

    def make(**sources):
        for name, source in {"__init__": "", **sources}.items():
            write(tmp_path / "p", name.replace("__sub__", "sub/") + ".py", source)
        return read_package(tmp_path / "p")

    return make


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("import os", "os"),
        ("from pathlib import Path", "pathlib"),
        ("from urllib import request", "urllib.request"),
        ("import urllib.request", "urllib.request"),
        ("def f():\n    import socket", "socket"),
        ("from datetime import datetime\nx = datetime.now()", "datetime.now()"),
        ("import datetime as dt\nx = dt.date.today()", "dt.date.today()"),
        ("def f(p):\n    return open(p)", "open()"),
    ],
)
def test_the_checker_sees_what_reaches_outside(package, source, use):
    assert outside_uses(package(a=source)["p.a"]) == [use]


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndef f(now: datetime): return now.date()",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pathlib import Path",
        "from urllib.parse import urlsplit",
    ],
)
def test_the_checker_lets_values_pass(package, source):
    assert outside_uses(package(a=source)["p.a"]) == []


def test_the_checker_follows_what_the_centre_is_made_of(package):
    modules = package(a="from p.b import x", b="def f():\n    import p.c", c="import os", d="")
    assert needed_by(modules, ["p.a"]) == ["p.a", "p.b", "p.c"]


def test_the_checker_sees_a_circle(package):
    modules = package(a="from p import b", b="from p.c import x", c="import p.a\nx = 1")
    assert set(cycle(modules)) == {"p.a", "p.b", "p.c"}


def test_an_import_in_a_function_or_for_types_is_no_circle(package):
    lazy = "def f():\n    from p import a"
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import a"
    assert cycle(package(a="from p import b, c", b=lazy, c=types)) == []


def test_the_checker_sees_relative_imports(package):
    modules = package(
        a="x = 1", __sub____init__="", __sub__b="from ..a import x\nfrom . import c", __sub__c=""
    )
    assert modules["p.sub.b"].starts() == ["p.a", "p.sub.c"]


def test_the_checker_sees_a_crossing_wherever_it_is(package):
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.b import x"
    assert crossings(package(a=types, b="x = 1"), "p.a", "p.b") == ["p.a imports p.b"]


def test_a_module_is_pure_when_it_says_so(package):
    modules = package(a='"""Counts. Pure."""', b='"""Reads files."""')
    assert [module.says_it_is_pure for module in modules.values()] == [False, True, False]


def test_every_package_is_in_the_wheel():
    root = Path(threadsync.__file__).parent.parent
    listed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    there = {
        ".".join(path.parent.relative_to(root).parts)
        for path in (root / "threadsync").rglob("__init__.py")
    }
    assert set(listed) == there | {"threadsync.schemas"}
