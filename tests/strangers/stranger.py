"""Clients that others wrote: each in an environment of its own, made for the test and thrown away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

META = "https://graph.threads.net"
PROGRAMS = Path(__file__).parent / "programs"


class Stranger:
    """A package from PyPI in an environment of its own. Skips the test when it cannot be installed."""

    def __init__(self, folder, *requirements):
        self._folder = folder
        venv.create(folder, symlinks=True)
        self._python = folder / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", self._python, "install", "--quiet"]
        done = subprocess.run(
            [*pip, "--no-input", "--disable-pip-version-check", *requirements],
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            pytest.skip(f"{requirements[0]} cannot be installed: {done.stderr.strip()[-300:]}")

    def move_to(self, address):
        """Give the package another host than Meta's, where it has no setting for that."""
        for path in self._folder.glob("lib/*/site-packages/threads*/**/*.py"):
            text = path.read_text()
            path.write_text(text.replace(META, address))

    def run(self, program, address, **more):
        """What one of the programs prints as JSON. `more` goes into its environment."""
        done = subprocess.run(
            [self._python, PROGRAMS / f"{program}.py"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "CI": "1",  # or PyThreads asks for certificates
                "SANDBOX": address,
                **more,
            },
            cwd=self._folder,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])
