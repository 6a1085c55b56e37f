"""The documentation names what there is, and its links lead somewhere."""

import json
import re
from importlib.resources import files
from pathlib import Path

import click
import pytest

from threadsync.cli import COMMANDS, group
from threadsync.problems import KINDS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])
PAGE_IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_link_leads_to_a_page_and_a_heading(page):
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_flag_is_documented(name):
    page = (ROOT / "docs/cli.md").read_text()
    assert f"## {name}\n" in page
    command = group.get_command(click.Context(group), name)
    assert [flag for flag in flags(command) if flag not in page] == []


def test_every_flag_before_the_command_is_documented():
    page = (ROOT / "docs/cli.md").read_text()
    assert [flag for flag in flags(group) if flag not in page] == []


def test_every_setting_is_documented():
    schema = json.loads(files("threadsync.schemas").joinpath("config.schema.json").read_text())
    page = (ROOT / "docs/settings.md").read_text()
    assert [key for key in keys(schema) if f"`{key}`" not in page and f"## {key}" not in page] == []


def test_the_problem_shown_in_the_docs_exists():
    shown = re.findall(r"\[([a-z-]+)\]$|\"code\": \"([a-z-]+)\"", cli_page(), re.MULTILINE)
    assert {a or b for a, b in shown} <= KINDS.keys()


def cli_page():
    return (ROOT / "docs/cli.md").read_text()


def links(page):
    """The targets inside this repository, code blocks left out."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    found = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", text)
    return [link for link in found if "://" not in link]


def leads_somewhere(page, link):
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in headings(target))


def headings(page):
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def flags(command):
    """The long flags of a command, those of its subcommands too; -C where there is no long one."""
    own = [max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)]
    below = getattr(command, "commands", {}).values()
    return [*own, *(flag for sub in below for flag in flags(sub))]


def keys(schema):
    """The names of all settings in a JSON Schema, at any depth."""
    if isinstance(schema, list):
        return [key for item in schema for key in keys(item)]
    if not isinstance(schema, dict):
        return []
    named = schema.get("properties", {})
    names = list(named) if isinstance(named, dict) else []
    return [*names, *(key for value in schema.values() for key in keys(value))]
