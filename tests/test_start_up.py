"""What a command imports before it knows what to do: the start stays light."""

import json
import subprocess
import sys

import pytest

HEAVY = [
    "boto3",
    "botocore",
    "httpx",
    "jsonschema",
    "jsonschema_rs",
    "rich",
    "PIL",
    "regex",
    "starlette",
    "uvicorn",
    "msgspec",
    "filelock",
]


def imported_by(code):
    """The names of all modules that are imported in a fresh Python after running `code`."""
    script = f"{code}\nimport sys, json\nprint()\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_command_line_starts_without_heavy_packages():
    assert imported_by("import threadsync.cli").isdisjoint(HEAVY)


@pytest.mark.parametrize("flag", ["--version"])
def test_the_version_is_told_before_click_is_imported(flag):
    code = f"""
import sys
from threadsync.__main__ import main
sys.argv = ["threadsync", {flag!r}]
try:
    main()
except SystemExit:
    pass
"""
    imported = imported_by(code)
    assert "threadsync" in imported
    assert imported.isdisjoint(["click", "yaml", *HEAVY])


def test_the_watch_sees_an_import():
    assert "click" in imported_by("import click")
