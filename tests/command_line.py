"""Run threadsync in process as a person would, and ask the sandbox what really happened."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from threadsync.cli import run
from threadsync.sandbox.server import SandboxServer


def witness(address, token="SANDBOX"):
    """A client of the sandbox at `address`, with a token. Close it when done."""
    # No certificates to load: that alone would take longer than a run.
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=address, headers=headers, verify=False, trust_env=False, timeout=30
    )


@dataclass(frozen=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last_line(self):
        return self.out.rstrip().rpartition("\n")[2]

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]


class CommandLine:
    """threadsync in one project; `sandbox` says whether commands get --sandbox."""

    def __init__(self, root, capsys, *, sandbox=True):
        self.root = root
        self._capsys = capsys
        self._sandbox = ["--sandbox"] if sandbox else []

    def __call__(self, *arguments):
        self._capsys.readouterr()
        code = run([*self._sandbox, "-C", str(self.root), *arguments])
        printed = self._capsys.readouterr()
        return Result(code, printed.out, printed.err)

    def apply(self, *arguments):
        return self("apply", "--auto-approve", *arguments)

    @property
    def state(self):
        return json.loads((self.root / ".threadsync/sandbox/threadsync.state.json").read_text())

    @contextmanager
    def witness(self):
        """A client on the sandbox that the commands share."""
        with (
            SandboxServer(self.root / ".threadsync/sandbox") as server,
            witness(server.base_url) as client,
        ):
            yield client

    def fault(self, spec):
        call, nth, fault = spec.split(":", 2)
        with self.witness() as client:
            answer = client.post(
                "/_sandbox/faults", json={"call": call, "nth": nth, "fault": fault}
            )
            answer.raise_for_status()

    def repair(self):
        """Take all faults back."""
        with self.witness() as client:
            client.delete("/_sandbox/faults").raise_for_status()

    def advance_clock(self, seconds):
        with self.witness() as client:
            client.post("/_sandbox/clock", json={"advance_s": seconds}).raise_for_status()

    def posts(self, edge="threads"):
        """The account's posts, newest first."""
        fields = "id,text,media_type,replied_to,children,is_quote_post,quoted_post,topic_tag"
        with self.witness() as client:
            answer = client.get(f"/v1.0/me/{edge}", params={"fields": fields, "limit": 100})
            return answer.json()["data"]

    def requests(self, call=None):
        """Every request to the sandbox's API so far."""
        with self.witness() as client:
            logged = client.get("/_sandbox/requests").json()
        logged = logged["requests"] if isinstance(logged, dict) else logged
        return [entry for entry in logged if entry["path"].endswith(call or "")]

    def publishes(self):
        return self.requests("threads_publish")
