"""One project with everything in it, applied while something goes wrong, and what must hold after.

The judge is the sandbox: its posts and its log of requests, never what a run says of itself.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

from builders import write
from command_line import CommandLine, witness
from pictures import a_jpeg
from worst_server import Watch

from threadsync.api import transport
from threadsync.errors import ExitCode
from threadsync.sandbox.server import SandboxServer

MOST_RUNS = 5
"""After so many runs without a fault everything must be quiet."""
DAY_S = 25 * 3600
CONFIG = "policy: {settle: 10s, alt_text: 'off', on_remove: delete}\n"
UNSETTLED = {"publishing", "unknown", "live_id_pending"}

WANTED = [
    ("A picture", None),
    ("An answer", "Chain 2"),
    ("Chain 1", None),
    ("Chain 2", "Chain 1"),
    ("Chain 3", "Chain 2"),
    ("New", None),
    ("Text", None),
    ("Two pictures", None),
]
"""(text, text of the parent) of all that is out in the end."""
KEYS = {"a", "b", "c", "chain", "changed", "d", "gone"}
REFERRED = {"d": {"chain", "d"}}


def write_first(root):
    """What is out before anything goes wrong: a post to be replaced and one to be deleted."""
    write(root, "threadsync.yaml", CONFIG)
    write(root, "posts/changed.md", "Old\n")
    write(root, "posts/gone.md", "Gone\n")


def write_rest(root):
    write(root, "posts/changed.md", "New\n")
    (root / "posts/gone.md").unlink()
    write(root, "posts/a.md", "Text\n")
    for colour in ("red", "green", "blue"):
        write(root, f"posts/{colour}.jpg", a_jpeg(colour))
    write(root, "posts/b.md", "![red](red.jpg)\n\nA picture\n")
    write(root, "posts/c.md", "![green](green.jpg)\n![blue](blue.jpg)\n\nTwo pictures\n")
    write(root, "posts/chain.md", "Chain 1\n\n---\n\nChain 2\n\n---\n\nChain 3\n")
    write(root, "posts/d.md", "---\nreply_to: chain#2\n---\nAn answer\n")


@contextmanager
def a_trial(root, template, capsys, monkeypatch):
    """A Trial in `root`, made from `template`, which has the project's first half and is made once."""
    if not template.exists():
        _publish_first(template, capsys)
    shutil.copytree(template, root)
    write_rest(root)
    with (
        SandboxServer(root / ".threadsync/sandbox") as server,
        witness(server.base_url) as client,
    ):
        yield Trial(CommandLine(root, capsys), client, monkeypatch)


class Trial:
    """Runs of `cli` that take no time to wait, and what a client of their sandbox sees of them."""

    def __init__(self, cli, witness, monkeypatch):
        self.cli = cli
        self.data = cli.root / ".threadsync/sandbox"
        self.watch = Watch(self.data)
        self._http = witness
        self._begun = self._requests()[-1]["n"]
        self._texts = {}
        """The text of each post that was out between two runs, by id."""
        self.has_strangers = False
        """Whether another program has posted on the account."""
        self.struck = set()
        """The faults that met their call in the last run, as `CALL:NTH`."""
        self.patience_s = None
        """How long a call waits for its answer; None is as ever."""
        monkeypatch.setattr("threadsync.workflow.lazy_run.sleep", _soon)
        monkeypatch.setattr(transport, "wait_before", lambda *_: timedelta(0))
        monkeypatch.setattr(transport, "build_request", self._impatient(transport.build_request))
        monkeypatch.setattr("threadsync.sandbox.server.Sandbox", self.watch.sandbox)

    def _requests(self, after=0):
        """The requests to the sandbox's API, oldest first."""
        return self._http.get("/_sandbox/requests", params={"after": after}).json()["requests"]

    def requests(self):
        """The requests of this trial, oldest first."""
        return self._requests(self._begun)

    def posts(self):
        """Every post of the account."""
        params = {"fields": "id,text,replied_to", "limit": 100}
        lists = [
            self._http.get(f"/v1.0/me/{edge}", params=params) for edge in ("threads", "replies")
        ]
        return [post for answer in lists for post in answer.json()["data"]]

    def post_by_hand(self, text):
        """What another program posts on the account."""
        self.has_strangers = True
        made = self._http.post("/v1.0/me/threads", data={"media_type": "TEXT", "text": text})
        self._http.post("/v1.0/me/threads_publish", data={"creation_id": made.json()["id"]})

    def state(self):
        return json.loads((self.data / "threadsync.state.json").read_text())

    def entries(self, *keys):
        return [self.state()["entries"][key] for key in keys]

    def parts(self):
        return [part for entry in self.state()["entries"].values() for part in entry["parts"]]

    def run(self, target=None, *arguments, faults=()):
        """An apply, of one entry and what it refers to, during which these faults strike and no others.

        Its end is checked.
        """
        arguments = [*arguments, "--target", target] if target else arguments
        self._texts |= {post["id"]: post["text"] for post in self.posts()}
        self._http.post("/_sandbox/faults", json=list(faults)).raise_for_status()
        result = self.cli.apply("--format", "json", *arguments)
        self.struck = self._struck()
        self._http.delete("/_sandbox/faults").raise_for_status()
        self._check_end(result, REFERRED.get(target, KEYS if target is None else {target}))
        return result

    def _struck(self):
        listed = self._http.get("/_sandbox/faults").json()["faults"]
        return {
            f"{one['call']}:{one['nth']}"
            for one in listed
            if one["seen"] >= (1 if one["nth"] == "*" else one["nth"])
        }

    def until_quiet(self):
        """Run without faults, a day later where something is unknown; the exit codes on the way."""
        self.watch.upload_fault = self.patience_s = None
        codes = []
        while 0 not in codes:
            assert len(codes) < MOST_RUNS, codes
            result = self.run()
            codes.append(result.code)
            assert result.code in {0, ExitCode.PARTLY, ExitCode.UNKNOWN}, result
            if result.code == ExitCode.UNKNOWN:
                self._http.post("/_sandbox/clock", json={"advance_s": DAY_S}).raise_for_status()
        return codes

    def check(self, deleted=frozenset({"Gone", "Old"})):
        """Everything is out once, under the right parent, on record, and no request was one too many."""
        posts = self.posts()
        texts = {post["id"]: post["text"] for post in posts}
        parents = {post["id"]: (post.get("replied_to") or {}).get("id") for post in posts}
        tree = [(text, texts.get(parents[media_id])) for media_id, text in texts.items()]
        assert sorted(tree, key=str) == WANTED
        assert sorted(texts) == sorted(part["id"] for part in self.parts())
        assert self.watch.unannounced == []
        assert containers_that_came_too_early(self.requests()) == []
        assert self._deleted() == deleted
        assert "SANDBOX" not in (self.data / "threadsync.state.json").read_text()
        assert not (self.data / "threadsync.state.journal.json").exists()
        assert self.cli("plan", "--detailed-exitcode").code == 0

    def _impatient(self, build):
        def built(*arguments):
            request = build(*arguments)
            if self.patience_s is not None:
                request.extensions["timeout"]["read"] = self.patience_s
            return request

        return built

    def _deleted(self):
        """The texts of the posts that somebody tried to delete."""
        ids = {r["path"].rpartition("/")[2] for r in self.requests() if r["call"] == "delete"}
        return {self._texts.get(media_id) for media_id in ids}

    def _check_end(self, result, keys):
        """The exit code says what the run came to, and no text has the token in it."""
        assert "SANDBOX" not in result.out + result.err
        assert "Traceback" not in result.err
        done = [event["summary"] for event in result.events if event["event"] == "done"]
        assert result.code == self._code(done[-1] if done else None, keys), result
        if result.code == 0 and not self.has_strangers:
            ids = sorted(part["id"] for part in self.parts())
            assert ids == sorted(post["id"] for post in self.posts())

    def _code(self, summary, keys):
        if any(part["status"] in UNSETTLED for part in self.parts()):
            return ExitCode.UNKNOWN
        if summary is None:
            return 0 if self._are_done(keys) else ExitCode.PROBLEMS
        if summary["failed"]:
            done = ("published", "replaced", "appended", "adopted", "deleted", "resumed", "moved")
            return ExitCode.PARTLY if any(summary[word] for word in done) else ExitCode.PROBLEMS
        return 0 if self._are_done(keys) else ExitCode.QUOTA

    def _are_done(self, keys):
        entries = self.state()["entries"]
        return all(
            entries.get(key, {}).get("status") == ("deleted" if key == "gone" else "published")
            for key in keys
        )


def containers_that_came_too_early(requests):
    """Containers that were asked to be published while another one of the same post might go live.

    A container may follow when each request for the one before was refused, or when that expired.
    """
    made = {r["answer"]["id"]: r for r in requests if r["call"] == "create" and _has_id(r)}
    asked = {}
    for request in requests:
        if request["call"] == "publish":
            container = request["params"]["creation_id"]
            asked.setdefault(made[container]["params"]["text"], {}).setdefault(
                container, []
            ).append(request)
    return [
        after
        for containers in asked.values()
        for before, after in pairwise(containers)
        if not all(map(_is_refused, containers[before]))
        and _at(made[after]) - _at(made[before]) < timedelta(days=1)
    ]


def _has_id(request):
    return isinstance(request["answer"], dict) and "id" in request["answer"]


def _is_refused(request):
    is_graph_error = isinstance(request["answer"], dict) and "error" in request["answer"]
    return is_graph_error and not (request["fault"] or "").endswith("-applied")


def _at(request):
    return datetime.fromisoformat(request["at"])


def _publish_first(template, capsys):
    write_first(template)
    assert CommandLine(template, capsys).apply().code == 0


async def _soon(_seconds):
    await asyncio.sleep(0)
