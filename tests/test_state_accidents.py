"""States that are old, lost, cut off or garbled, disks that are full, clocks that jump: no post twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from builders import write
from command_line import CommandLine
from processes import DAY_S, Processes, killed
from worst_server import Watch

from threadsync.errors import ExitCode
from threadsync.sandbox.server import SandboxServer
from threadsync.workflow import lazy_run

TEXTS = ["Chain 1", "Chain 2", "First", "Second"]
STATE = ".threadsync/sandbox/threadsync.state.json"
JOURNAL = ".threadsync/sandbox/threadsync.state.journal.json"
SEEN = ".threadsync/sandbox/state/default/seen.json"
BACKUPS = ".threadsync/sandbox/state/default/backups"


def write_posts(root):
    write(root, "threadsync.yaml", "policy: {settle: 0s}\n")
    write(root, "posts/a.md", "First\n")
    write(root, "posts/b.md", "Second\n")
    write(root, "posts/x.md", "Chain 1\n\n---\n\nChain 2\n")


@pytest.fixture(scope="module")
def killed_run(tmp_path_factory):
    """A project whose first run was killed while it published the third of four posts."""
    root = tmp_path_factory.mktemp("killed") / "project"
    write_posts(root)
    runs = Processes(root)
    runs.fault("publish:3:delay:60")
    process = runs.apply()
    runs.wait_for_fault(process)
    assert killed(process)
    runs.fault()
    return root


@pytest.fixture(scope="module")
def done_run(tmp_path_factory):
    """A project in which everything is out, by two runs."""
    root = tmp_path_factory.mktemp("done") / "project"
    write_posts(root)
    runs = Processes(root)
    assert runs.run("apply", "--auto-approve", "--target", "a")[0] == 0
    assert runs.run("apply", "--auto-approve")[0] == 0
    return root


@pytest.fixture
def copy(tmp_path, capsys, monkeypatch):
    """Makes a copy of a project, with a sandbox that posts again what is published again."""

    def copied(project):
        root = tmp_path / "project"
        shutil.copytree(project, root)
        watch = Watch(root / ".threadsync/sandbox")
        monkeypatch.setattr("threadsync.sandbox.server.Sandbox", watch.sandbox)
        return CommandLine(root, capsys)

    return copied


def texts(cli):
    return sorted(post["text"] for edge in ("threads", "replies") for post in cli.posts(edge))


def check_refused_or_recovered(cli, path):
    """An apply leaves the damaged `path` alone and publishes nothing, or all is out once at last."""
    before, out = path.read_bytes() if path.exists() else None, texts(cli)
    codes = []
    while ExitCode.DONE not in codes and len(codes) < 3:
        codes.append(cli.apply().code)
        if codes[-1] == ExitCode.STATE:
            assert (path.read_bytes(), texts(cli)) == (before, out)
            return
        cli.advance_clock(DAY_S)
    assert codes[-1] == ExitCode.DONE, codes
    assert texts(cli) == TEXTS


@pytest.mark.parametrize("twelfths", range(13))
@pytest.mark.parametrize("rest", [b"", b"\0"], ids=["cut", "zeros"])
def test_a_journal_that_was_cut_off(copy, killed_run, twelfths, rest):
    cli = copy(killed_run)
    path = cli.root / JOURNAL
    text = path.read_bytes()
    cut = len(text) * twelfths // 12
    path.write_bytes(text[:cut] + rest * (len(text) - cut))
    check_refused_or_recovered(cli, path)


def test_a_journal_with_a_damaged_record_inside_is_refused(copy, killed_run):
    cli = copy(killed_run)
    path = cli.root / JOURNAL
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2][: len(lines[2]) // 2]
    path.write_bytes(b"\n".join(lines))
    result = cli.apply()
    assert (result.code, "line 3 is damaged" in result.err) == (ExitCode.STATE, True)
    check_refused_or_recovered(cli, path)


def test_a_journal_that_is_gone_leaves_its_posts_to_be_adopted(copy, killed_run):
    cli = copy(killed_run)
    (cli.root / JOURNAL).unlink()
    assert cli.apply().code == ExitCode.DONE
    assert texts(cli) == TEXTS


@pytest.mark.parametrize("tenths", range(10))
@pytest.mark.parametrize("rest", [b"", b"\0"], ids=["cut", "zeros"])
def test_a_state_that_was_cut_off_is_refused(copy, done_run, tenths, rest):
    cli = copy(done_run)
    path = cli.root / STATE
    text = path.read_bytes()
    cut = len(text) * tenths // 10
    path.write_bytes(text[:cut] + rest * (len(text) - cut))
    write(cli.root, "posts/c.md", "New\n")
    assert cli.apply().code == ExitCode.STATE
    assert texts(cli) == TEXTS


def test_an_older_state_is_refused(copy, done_run):
    cli = copy(done_run)
    (backup,) = (cli.root / BACKUPS).iterdir()
    shutil.copy(backup, cli.root / STATE)
    result = cli.apply()
    assert (result.code, "it is an older copy" in result.err) == (ExitCode.STATE, True)
    assert len(cli.publishes()) == len(TEXTS)


def test_an_older_state_on_a_machine_that_never_saw_the_newer_one_finds_what_is_out(copy, done_run):
    cli = copy(done_run)
    (backup,) = (cli.root / BACKUPS).iterdir()
    shutil.copy(backup, cli.root / STATE)
    (cli.root / SEEN).unlink()
    assert "2 adopted" in cli.apply().last_line
    assert len(cli.publishes()) == len(TEXTS)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.md", "Edited\n"), ("b.md", "Second\n\n---\n\nMore\n")],
    ids=["replace", "append"],
)
def test_an_older_state_on_another_machine_does_not_publish_an_edit_again(
    copy, done_run, name, text
):
    cli = copy(done_run)
    write(cli.root, f"posts/{name}", text)
    before = (cli.root / STATE).read_bytes()
    assert cli.apply().code == ExitCode.DONE
    out = texts(cli)
    (cli.root / STATE).write_bytes(before)
    (cli.root / SEEN).unlink()
    cli.apply()
    assert texts(cli) == out


@pytest.mark.parametrize("lost", [[STATE], [STATE, SEEN]], ids=["state", "all"])
def test_a_lost_state_finds_what_is_out(copy, done_run, lost):
    cli = copy(done_run)
    for name in lost:
        (cli.root / name).unlink()
    assert "3 adopted" in cli.apply().last_line
    assert len(cli.publishes()) == len(TEXTS)


# --- disks ------------------------------------------------------------------------------------------


@contextmanager
def a_disk(folder, pages):
    """`folder` as a disk of its own, of so many pages of 4 KiB; skips where that is not allowed."""
    folder.mkdir()
    if os.geteuid() != 0 or mounted("-t", "tmpfs", "-o", f"size={pages * 4}k", "tmpfs", folder):
        pytest.skip("a disk of its own cannot be mounted here; that takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def mounted(*arguments):
    """The exit code of mount."""
    return subprocess.run(
        ["mount", *map(str, arguments)], capture_output=True, check=False
    ).returncode


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A sandbox elsewhere, which the runs are told of by the environment."""
    watch = Watch(tmp_path / "nowhere")
    monkeypatch.setattr(watch, "published", lambda _container: None)
    monkeypatch.setattr("threadsync.sandbox.server.Sandbox", watch.sandbox)
    data = tmp_path / "elsewhere/.threadsync/sandbox"
    with SandboxServer(data) as server:
        monkeypatch.setenv("THREADS_API_BASE_URL", server.base_url)
        monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
        yield data.parent.parent


@pytest.mark.parametrize("free_pages", range(12))
def test_a_full_disk_is_told_and_nothing_is_out_twice(tmp_path, server, capsys, free_pages):
    account = CommandLine(server, capsys)
    with a_disk(tmp_path / "disk", 32) as root:
        write_posts(root)
        fill(root / "filler", free_pages)
        cli = CommandLine(root, capsys, sandbox=False)
        result = cli.apply()
        assert result.code in {ExitCode.DONE, ExitCode.STATE}
        assert (result.code == ExitCode.STATE) == ("no space left on device" in result.err)
        assert "SANDBOX" not in result.out + result.err
        (root / "filler").unlink()
        codes = [cli.apply().code]
        if codes[-1] == ExitCode.UNKNOWN:
            account.advance_clock(DAY_S)
            codes.append(cli.apply().code)
        assert codes[-1] == ExitCode.DONE
    assert texts(account) == TEXTS


def fill(path, free_pages):
    """Leave so many pages of the disk of `path` free."""
    stat = os.statvfs(path.parent)
    path.write_bytes(bytes((stat.f_bavail - free_pages) * stat.f_frsize))


def test_a_read_only_folder_publishes_nothing(tmp_path, server, capsys):
    with a_disk(tmp_path / "disk", 32) as root:
        write_posts(root)
        assert mounted("-o", "remount,ro", root) == 0
        result = CommandLine(root, capsys, sandbox=False).apply()
    assert (result.code, "read-only" in result.err) == (ExitCode.STATE, True)
    assert texts(CommandLine(server, capsys)) == []


# --- clocks -----------------------------------------------------------------------------------------


@pytest.fixture
def jumping(monkeypatch):
    """Lets the computer's clock jump: `jumping(days)` gives the day for each time it is read."""

    def jump(days):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + timedelta(days=next(days, 0))

        monkeypatch.setattr(lazy_run, "datetime", Clock)

    monkeypatch.setattr(lazy_run, "sleep", _soon)
    return jump


async def _soon(_seconds):
    pass


def test_a_clock_that_jumps_between_intent_and_request_sends_one_request(project, capsys, jumping):
    cli = CommandLine(project, capsys)
    jumping(iter([0, 1]))
    assert cli.apply().code == ExitCode.DONE
    assert len(cli.publishes()) == 1


def test_a_clock_that_always_jumps_sends_nothing(project, capsys, jumping):
    cli = CommandLine(project, capsys)
    jumping(iter([0, 1] * 1000))
    result = cli.apply()
    assert (result.code, "nothing was posted" in result.out) == (ExitCode.PROBLEMS, True)
    assert cli.publishes() == []
    jumping(iter(()))
    assert cli.apply().code == ExitCode.DONE
    assert Counter(texts(cli)) == {"Hello, Threads!": 1}
