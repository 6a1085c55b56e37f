"""What the tests of auth and doctor share: a sandbox on a socket, and a person at its window."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx

from threadsync.sandbox.server import SandboxServer

PLAIN = {"trust_env": False, "verify": False}
"""No certificates to load: that alone would take longer than a request."""


@dataclass(frozen=True)
class Stage:
    """A running sandbox and its steering."""

    base_url: str

    def steer(self, path, **body):
        answer = httpx.post(f"{self.base_url}/_sandbox/{path}", json=body, **PLAIN)
        answer.raise_for_status()
        return answer.json()

    def add_token(self, token, **values):
        """A token of the account `somebody`, or of `username`; the account's id."""
        return self.steer("accounts", token=token, **{"username": "somebody", **values})["id"]

    def advance(self, **span):
        """Move the sandbox's clock on by `days` and `hours`."""
        self.steer("clock", advance_s=span.get("days", 0) * 86_400 + span.get("hours", 0) * 3_600)


@contextmanager
def staged(folder):
    with SandboxServer(folder) as server:
        yield Stage(server.base_url)


def decide(url, decision="allow"):
    """What a person does at the authorize window; the address the browser is sent to."""
    parts = urlsplit(url)
    form = {**dict(parse_qsl(parts.query)), "decision": decision}
    window = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return httpx.post(window, data=form, **PLAIN).headers["location"]


class Person:
    """Stands in for `webbrowser.open`: decides, and lets the browser come back."""

    def __init__(self, decision="allow"):
        self.decision = decision
        self.asked_for = {}
        """The query of the last window."""
        self.page = ""
        """What the browser showed in the end."""
        self.has_seen_it = threading.Event()

    def open(self, url):
        self.asked_for = dict(parse_qsl(urlsplit(url).query))
        self.page = httpx.get(decide(url, self.decision), **PLAIN).text
        self.has_seen_it.set()
        return True


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, command):
        self._here, there = os.openpty()
        self.process = subprocess.Popen(command, stdin=there, stdout=there, stderr=there)
        os.close(there)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        os.close(self._here)

    def type(self, line):
        os.write(self._here, f"{line}\n".encode())

    def read_until(self, words):
        """What is shown until `words`; fails when the command ends before."""
        shown = b""
        while words.encode() not in shown:
            shown += os.read(self._here, 4096)
        return shown.decode()

    def read_all(self):
        """What is shown until the command ends."""
        shown = b""
        # Linux tells the end of a terminal by an error.
        with suppress(OSError):
            while more := os.read(self._here, 4096):
                shown += more
        self.process.wait(30)
        return shown.decode()
