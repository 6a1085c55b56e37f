"""Repositories for tests: a bare one to push to, clones of it, and a server that speaks git's HTTP."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from threadsync.state.git.vault import GitVault

BRANCH = "threadsync-state"
SOMEBODY = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]
NO_CONFIG = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder, *words, data=""):
    """What git prints in `folder`; AssertionError with its words when it fails."""
    done = subprocess.run(
        ["git", "-C", str(folder), *SOMEBODY, "-c", "protocol.file.allow=always", *words],
        input=data,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **NO_CONFIG},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def a_remote(folder, *words):
    """A bare repository whose branch `main` has two commits with a README.md."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", *words)
    for text in ("one", "two"):
        blob = git(folder, "hash-object", "-w", "--stdin", data=text)
        tree = git(folder, "mktree", data=f"100644 blob {blob}\tREADME.md\n")
        parents = ["-p", "main"] if text == "two" else []
        commit = git(folder, "commit-tree", *parents, "-m", text, tree)
        git(folder, "update-ref", "refs/heads/main", commit)
    return folder


def a_clone(remote, folder, *words):
    git(remote.parent, "clone", "--quiet", *words, address(remote), str(folder))
    return folder


def a_vault(root, **values):
    """The state's branch as a machine whose clone is `root` sees it; it never sleeps."""
    defaults = {"branch": BRANCH, "remote": "origin", "folder": "default"}
    return GitVault(root, **{**defaults, "sleep": lambda _: None, **values})


def commits(remote):
    """The subjects of the branch's commits, newest first."""
    return git(remote, "log", "--format=%s", BRANCH).splitlines()


def address(remote):
    """As a URL: to a plain path git would clone by copying files."""
    return f"file://{remote}"


def hook(repository, name, script):
    """A hook of the repository; a bare one has it in `hooks`."""
    folder = repository / ".git" if (repository / ".git").is_dir() else repository
    path = folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def files_of(folder):
    """Every file below `folder` with its bytes, `.git` included."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def served(folder, readers=(), writers=()):
    """The address of an HTTP server of the repositories below `folder`, made of git's own program.

    `readers` and `writers` are the values of the header Authorization that may fetch and push.
    """
    backend = Path(git(folder, "--exec-path")) / "git-http-backend"
    rights = {"folder": folder, "backend": backend, "readers": readers, "writers": writers}
    handler = type("Handler", (_Handler,), rights)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        who = self.headers.get_all("Authorization", [])
        if len(who) != 1 or who[0] not in {*self.readers, *self.writers}:  # GitHub refuses two
            self._send(401, {"WWW-Authenticate": 'Basic realm="git"'}, b"")
        elif "receive-pack" in self.path and who[0] not in self.writers:
            self._send(403, {}, b"")
        else:
            self._send(*self._from_git(body))

    def do_POST(self):
        self.do_GET()

    def _from_git(self, body):
        url = urlsplit(self.path)
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "ana",
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            **NO_CONFIG,
        }
        done = subprocess.run(
            [self.backend], input=body, env=variables, capture_output=True, check=True
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return int(headers.pop("Status", "200").split()[0]), headers, answer

    def _send(self, status, headers, body):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass
