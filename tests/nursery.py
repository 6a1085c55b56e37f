"""A Python that has imported all of threadsync and is forked for each process that a test wants.

    python tests/nursery.py DESCRIPTOR

What tests use is `forked`. A request on the socket is one line of JSON whose first byte carries the
descriptors of a fork's stdin, stdout and stderr; each answer is a line as well. Here is one thread and
nothing is run, so that a fork has nothing but the modules. The end of the socket is the end of it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path

import threadsync

PROGRAMS = ("crashing", "pausing", "state_writer")
"""Modules beside this one that are run in forks, by their `main`."""
LATE = (
    *("anyio._backends._asyncio", "anyio.streams.tls", "encodings.utf_8_sig", "filelock"),
    *("getpass", "httpx", "jsonschema_rs", "msgspec", "PIL.Image", "regex"),
    *("threadsync.schemas", "uvicorn", "uvicorn.lifespan.off"),
)
"""Packages that threadsync imports only when they are needed."""
APART = "threadsync.sandbox.pytest_plugin"
TASKS = Path("/proc/self/task")


class Nursery:
    """The children that were not yet waited for, and what may be asked about them."""

    def __init__(self, sock):
        self._sock = sock
        self._lines = sock.makefile("rb")
        self._children = set()

    def serve(self):
        """Do what is asked until nobody asks any more, then kill the children that are left."""
        while True:
            head, descriptors, _, _ = socket.recv_fds(self._sock, 1, 3)
            if not head:
                break
            method, *arguments = json.loads(head + self._lines.readline())
            try:
                answer = [getattr(self, method)(*descriptors, *arguments), None]
            except OSError as error:
                answer = [None, f"{method}: {error}"]
            self._sock.sendall(json.dumps(answer).encode() + b"\n")
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def fork(self, stdin, stdout, stderr, *program):
        """The id of a new process, which becomes that program."""
        pid = os.fork()
        if pid == 0:
            self._lines.close()
            self._sock.close()
            live((stdin, stdout, stderr), *program)
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
        self._children.add(pid)
        return pid

    def poll(self, pid):
        """The exit code of a process as `subprocess` tells it, once; None while it runs."""
        found, status = os.waitpid(pid, os.WNOHANG)
        if not found:
            return None
        self._children.discard(pid)
        return os.waitstatus_to_exitcode(status)

    def has_stopped(self, pid):
        return _has(pid, os.WSTOPPED)

    def has_died(self, pid):
        """Whether the process is dead, and still in the table until it is polled."""
        return _has(pid, os.WEXITED)


def _has(pid, change):
    return os.waitid(os.P_PID, pid, change | os.WNOWAIT | os.WNOHANG) is not None


def preload():
    """Import everything that a run may need, and see that no thread came with it."""
    ours = (found.name for found in pkgutil.walk_packages(threadsync.__path__, "threadsync."))
    for name in (*LATE, *ours, *PROGRAMS):
        if name != APART:
            import_module(name)
    assert not TASKS.exists() or len(list(TASKS.iterdir())) == 1, "an import has started a thread"
    gc.collect()
    gc.freeze()  # else the first collection in each fork would copy every page


def live(descriptors, module, arguments, environ, folder, has_terminal):
    """Be `python -m module arguments` from here to the end of the process."""
    code = 1
    try:
        become(descriptors, environ, folder)
        if has_terminal:
            os.login_tty(0)
        program = import_module(module)
        if hasattr(program, "__path__"):
            program = import_module(f"{module}.__main__")
        sys.argv = [program.__file__, *arguments]
        sys.modules["__main__"] = program
        code = _code_of(program.main)
    except BaseException:  # noqa: BLE001 - Python itself tells it like this
        traceback.print_exc()
    finally:
        _end(code)


def become(descriptors, environ, folder):
    """Take over what a new program finds: descriptors, streams, signals, environment, folder."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    signal.signal(signal.SIGINT, ON_INTERRUPT)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(folder)
    tempfile.tempdir = None
    sys.stdin = sys.__stdin__ = _as_new(sys.stdin, "rb")
    sys.stdout = sys.__stdout__ = _as_new(sys.stdout, "wb")
    sys.stderr = sys.__stderr__ = _as_new(sys.stderr, "wb")


def _as_new(old, mode):
    """What Python makes, when it starts, of the descriptor that `old` was made of."""
    number, is_raw = old.fileno(), old.write_through
    binary = os.fdopen(number, mode, buffering=0 if is_raw else -1, closefd=False)
    by_lines = not is_raw and (number == 2 or binary.isatty())
    return io.TextIOWrapper(
        binary, old.encoding, old.errors, line_buffering=by_lines, write_through=is_raw
    )


def _code_of(main):
    """What Python would exit with after `main`."""
    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    return 0


def _end(code):
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = 120  # as Python itself has it
    finally:
        os._exit(code)


if __name__ == "__main__":
    # Ctrl-C is for pytest, which then lets go of us.
    ON_INTERRUPT = signal.signal(signal.SIGINT, signal.SIG_IGN)
    preload()
    Nursery(socket.socket(fileno=int(sys.argv[1]))).serve()
