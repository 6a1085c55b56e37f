"""A fork of the nursery is for a test what a process with its own interpreter is."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess

import forked
import pytest
from forked import DEVNULL, PIPE, REPOSITORY, Executed, Forked, Nursery, NurseryError

pytestmark = pytest.mark.skipif(not forked.CAN_FORK, reason="this system has no fork")
WAIT = "print('here', flush=True); import time; time.sleep(60)"
ABOUT = """
import json, os, signal, sys, tempfile, threading
names = ["SIGINT", "SIGTERM", "SIGPIPE", "SIGCHLD", "SIGHUP"]
print(json.dumps({
    "pid": os.getpid(), "folder": os.getcwd(), "mask": list(signal.pthread_sigmask(0, [])),
    "signals": [str(signal.getsignal(getattr(signal, name))) for name in names],
    "arguments": sys.argv[2:], "environ": dict(os.environ), "threads": threading.active_count(),
    "streams": [(s.fileno(), s.encoding, s.errors, s.line_buffering, s.isatty())
                for s in (sys.stdin, sys.stdout, sys.stderr)],
    "temporary": tempfile.gettempdir(), "warnings": sys.warnoptions,
}))
"""


@pytest.fixture(params=[Forked, Executed])
def start(request):
    """Starts a process that runs the Python code it is given."""

    def start(code, *arguments, **options):
        streams = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE, "text": True}
        return request.param("given_code", [code, *arguments], **{**streams, **options})

    return start


def about(how, **options):
    program = [ABOUT, "one", "two words"]
    process = how("given_code", program, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, **options)
    return json.loads(process.communicate(timeout=30)[0])


def test_a_fork_finds_what_a_new_program_finds(tmp_path):
    environ = forked.environ_of_this_tree() | {"TMPDIR": str(tmp_path), "NAME": "grün \udce9"}
    del environ["HOME"]
    by_fork, by_exec = (about(how, env=environ) for how in (Forked, Executed))
    assert by_fork.pop("pid") != by_exec.pop("pid")
    assert by_fork == by_exec
    assert (by_fork["folder"], by_fork["temporary"]) == (str(REPOSITORY), str(tmp_path))


def test_nothing_of_ours_is_open_in_it(start):
    process = start("import os; print(sorted(map(int, os.listdir('/dev/fd'))))")
    assert json.loads(process.communicate(timeout=30)[0]) == [0, 1, 2, 3]  # 3 is the folder


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("pass", (0, "", "")),
        ("import sys; sys.exit()", (0, "", "")),
        ("import sys; print('a'); sys.exit(4)", (4, "a\n", "")),
        ("import sys; sys.exit('no')", (1, "", "no\n")),
        ("import os; os._exit(5)", (5, "", "")),
        ("import os; os.kill(os.getpid(), 9)", (-9, "", "")),
    ],
)
def test_how_it_ends(start, code, ended):
    process = start(code)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == ended


def test_an_exception_is_told_and_is_exit_1(start):
    process = start("1/0")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.splitlines()[-1]) == (
        1,
        "",
        "ZeroDivisionError: division by zero",
    )


def test_a_module_that_does_not_exist_is_told():
    process = Forked("no_such_module", [], stdout=PIPE, stderr=PIPE, text=True)
    assert "No module named 'no_such_module'" in process.communicate(timeout=30)[1]
    assert process.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_of_a_signal(start, number):
    with start(WAIT) as process:
        assert process.stdout.readline() == "here\n"
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(30) == -number
        process.kill()  # which is nothing any more


def test_what_was_read_line_by_line_does_not_come_again(start):
    process = start(
        "print(*range(5), sep='\\n', flush=True); import sys; print(sys.stdin.read())", stdin=PIPE
    )
    assert process.stdout.readline() == "0\n"
    out, _ = process.communicate("given", timeout=30)
    assert out.endswith("given\n")
    assert "0" not in out


def test_output_that_nobody_reads_is_the_end_of_it(start):
    with start("import sys; sys.stdin.read(); print('gone')", stdin=PIPE) as process:
        process.stdout.close()
        process.stdin.close()
        assert process.wait(30) == (1 if "PYTHONUNBUFFERED" in os.environ else 120)


def test_more_than_a_pipe_holds_is_read_from_both_streams(start):
    process = start("import sys; print('o' * 200_000); print('e' * 200_000, file=sys.stderr)")
    assert [len(text) for text in process.communicate(timeout=30)] == [200_001, 200_001]


def test_patience_ends(start):
    with start(WAIT) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=0.01)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.kill()
        process.communicate(timeout=30)


def test_it_stands_still_when_it_is_stopped_and_goes_on(start):
    with start("import sys; print('on'); sys.stdin.readline()", stdin=PIPE) as process:
        process.send_signal(signal.SIGSTOP)
        process.wait_until_stopped()
        assert process.poll() is None
        process.send_signal(signal.SIGCONT)
        assert process.communicate("\n", timeout=30) == ("on\n", "")
    assert process.returncode == 0


def test_one_that_died_is_in_the_table_until_it_is_asked(start):
    process = start("pass")
    process.wait_until_dead()
    os.kill(process.pid, 0)
    process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


@pytest.mark.parametrize("how", [Forked, Executed])
def test_a_terminal_is_its_own(how):
    ours, theirs = os.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    code = "print(open('/dev/tty').isatty(), input(), flush=True); open(0).read()"
    process = how("given_code", [code], **streams, has_terminal=True)
    os.close(theirs)
    os.write(ours, b"yes\n")
    shown = b""
    while b"True yes" not in shown:
        shown += os.read(ours, 100)
    os.write(ours, b"\x04")
    assert process.wait(30) == 0
    os.close(ours)


def test_two_draw_different_numbers_and_are_different_processes():
    code = "import os, random, uuid; print(random.random(), uuid.uuid4(), os.getpid())"
    runs = [Forked("given_code", [code], stdout=PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=30)[0].split() for run in runs]
    assert len({*said[0], *said[1]}) == 6
    assert [int(words[2]) for words in said] == [run.pid for run in runs]


def test_a_fork_leaves_no_trace_in_the_next():
    code = "import os, sys, threadsync; os.environ['X'] = threadsync.x = sys.x = '1'; os.chdir('/')"
    assert Forked("given_code", [code]).wait(30) == 0
    after = about(Forked)
    assert (after["folder"], after["environ"].get("X")) == (str(REPOSITORY), None)


def test_a_nursery_that_was_killed_fails_at_once(monkeypatch):
    nursery = Nursery()
    monkeypatch.setattr(forked, "nursery", lambda: nursery)
    nursery.process.kill()
    with pytest.raises(NurseryError, match="the nursery is gone, exit code -9"):
        Forked("given_code", [""], stdin=PIPE, stdout=PIPE, stderr=PIPE)
    nursery.close()


def test_a_question_that_has_no_answer_is_an_error():
    with pytest.raises(NurseryError, match="poll: "):
        forked.nursery().ask("poll", os.getpid())


def test_who_is_left_when_the_nursery_ends_is_killed(monkeypatch):
    nursery = Nursery()
    monkeypatch.setattr(forked, "nursery", lambda: nursery)
    process = Forked("given_code", [WAIT], stdout=PIPE, text=True)
    process.stdout.readline()
    nursery.close()
    assert select.select([process.stdout], [], [], 10)[0]
    assert process.stdout.read() == ""
    process.stdout.close()
