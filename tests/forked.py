"""Processes that start in milliseconds: forks of a `nursery` that has imported everything.

`begin` gives one that is used like `subprocess.Popen`; it has an id, a memory, an environment and
streams of its own, and dies of kill -9. `Executed` is the same with an interpreter of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from functools import cache, partial
from pathlib import Path
from subprocess import DEVNULL, PIPE

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")
PATIENCE_S = 60
"""How long the nursery may take for an answer, its imports included."""
DEADLINE_S = 30.0


class NurseryError(AssertionError):
    """The nursery could not do what was asked; when it is gone, its processes are too."""


def environ_of_this_tree():
    """Our environment, in which scripts too import the package and the modules of these tests."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (REPOSITORY, TESTS)))}


def begin(module, arguments, **options):
    """`python -m module arguments` as a process, with the keywords of `Forked`."""
    return (Forked if CAN_FORK else Executed)(module, arguments, **options)


def until(is_so):
    """Wait for another process; fails after DEADLINE_S."""
    end = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.002)


class Executed(subprocess.Popen):
    """A process with an interpreter of its own; `has_terminal` as for `Forked`."""

    def __init__(self, module, arguments, *, env=None, has_terminal=False, **options):
        command = [sys.executable, "-m", module, *arguments]
        if has_terminal:
            options["preexec_fn"] = partial(os.login_tty, 0)
        super().__init__(command, cwd=REPOSITORY, env=env or environ_of_this_tree(), **options)

    def wait_until_stopped(self):
        """Until SIGSTOP has taken hold of it."""
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)

    def wait_until_dead(self):
        """Until it has died; it is still in the table of processes."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)


class Forked:
    """A process without the start of an interpreter, to be used like `subprocess.Popen`.

    With `has_terminal` its stdin is the terminal of a session of its own.
    """

    def __init__(
        self,
        module,
        arguments,
        *,
        env=None,
        stdin=None,
        stdout=None,
        stderr=None,
        text=False,
        has_terminal=False,
    ):
        self.returncode = None
        self._rests = None
        environ = env or environ_of_this_tree()
        program = (module, list(map(str, arguments)), environ, str(REPOSITORY), has_terminal)
        with ExitStack() as theirs, ExitStack() as ours:
            self.stdin, read = _input(stdin, theirs, "w" if text else "wb")
            self.stdout, out = _output(1, stdout, theirs, "r" if text else "rb")
            self.stderr, err = _output(2, stderr, theirs, "r" if text else "rb")
            for stream in filter(None, (self.stdin, self.stdout, self.stderr)):
                ours.enter_context(stream)
            self.pid = nursery().ask("fork", *program, descriptors=(read, out, err))
            ours.pop_all()

    def poll(self):
        if self.returncode is None:
            self.returncode = nursery().ask("poll", self.pid)
        return self.returncode

    def wait(self, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.001)
        return self.returncode

    def wait_until_stopped(self):
        """Until SIGSTOP has taken hold of it."""
        until(lambda: nursery().ask("has_stopped", self.pid))

    def wait_until_dead(self):
        """Until it has died; it is still in the table of processes."""
        until(lambda: nursery().ask("has_died", self.pid))

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def communicate(self, data=None, timeout=None):
        """Give it `data`, and wait for its end: what was left to read of its stdout and stderr."""
        if self.stdin is not None:
            with suppress(BrokenPipeError), self.stdin as stdin:
                if data:
                    stdin.write(data)
        self._rests = self._rests or [_Rest(stream) for stream in (self.stdout, self.stderr)]
        read = tuple(rest.read(timeout) for rest in self._rests)
        self.wait(timeout)
        return read

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for stream in filter(None, (self.stdin, self.stdout, self.stderr)):
            with suppress(BrokenPipeError):
                stream.close()
        self.wait()


class _Rest:
    """Reads a stream to its end beside others, so that none of the writers has to wait."""

    def __init__(self, stream):
        self._stream, self._read = stream, None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        if self._stream is not None:
            with self._stream as stream:
                self._read = stream.read()

    def read(self, timeout):
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise subprocess.TimeoutExpired("a stream", timeout)
        return self._read


class Nursery:
    """The other side of `nursery.py`, in which one question is answered after the other."""

    def __init__(self):
        self._sock, theirs = socket.socketpair()
        self._sock.settimeout(PATIENCE_S)
        self._one_at_a_time = threading.Lock()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, TESTS / "nursery.py", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                stdout=DEVNULL,
                cwd=REPOSITORY,
                env=environ_of_this_tree(),
            )
        self._lines = self._sock.makefile("rb")

    def ask(self, method, *arguments, descriptors=()):
        """What a method of the nursery returns; `descriptors` come before the arguments there."""
        request = json.dumps([method, *arguments]).encode() + b"\n"
        with self._one_at_a_time:
            line = self._line(request, descriptors)
        if not line:
            raise NurseryError(f"the nursery is gone, exit code {self.process.wait(PATIENCE_S)}")
        answer, error = json.loads(line)
        if error:
            raise NurseryError(error)
        return answer

    def _line(self, request, descriptors):
        """The line that answers; empty when there is nobody who could."""
        try:
            socket.send_fds(self._sock, [request[:1]], descriptors)
            self._sock.sendall(request[1:])
            return self._lines.readline()
        except ConnectionError:
            return b""
        except TimeoutError:
            self.process.kill()  # or its answer would be taken for that to the next question
            raise

    def close(self):
        """Let it end; the processes that it still has are killed."""
        self._lines.close()
        self._sock.close()
        self.process.wait(PATIENCE_S)


@cache
def nursery():
    """The one of this process, started when the first fork is wanted."""
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery


def _input(what, theirs, mode):
    """Our end of a process's stdin, None without PIPE, and the descriptor of its end."""
    if what is not PIPE:
        return None, _given(0, what, theirs)
    read, write = os.pipe()
    theirs.callback(os.close, read)
    return os.fdopen(write, mode), read


def _output(number, what, theirs, mode):
    """Our end of a process's stdout or stderr, None without PIPE, and the descriptor of its end."""
    if what is not PIPE:
        return None, _given(number, what, theirs)
    read, write = os.pipe()
    theirs.callback(os.close, write)
    return os.fdopen(read, mode), write


def _given(number, what, theirs):
    """A descriptor for DEVNULL, a file, a descriptor, or None: our own `number`."""
    if what is DEVNULL:
        return theirs.enter_context(Path(os.devnull).open("r+b")).fileno()
    if what is None:
        return number
    return what if isinstance(what, int) else what.fileno()
