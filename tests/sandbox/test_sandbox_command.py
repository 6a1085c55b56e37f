"""`threadsync sandbox`: its options reach the server, and files of faults are read."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from caller import JPEG, Caller, refusal

from threadsync.errors import UsageError
from threadsync.sandbox.fault_files import read_faults


@contextmanager
def command(folder, *options):
    """A caller of a command that runs; its output is in `.output` after the block."""
    arguments = [sys.executable, "-W", "error", "-m", "threadsync", "-C", str(folder), "sandbox"]
    with subprocess.Popen(
        [*arguments, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        address = process.stdout.readline().strip().replace("0.0.0.0", "127.0.0.1")
        with Caller(address) as caller:
            yield caller
        process.send_signal(signal.SIGTERM)
        caller.output = process.communicate(timeout=10)
    assert process.returncode == 0


def test_delays_and_lags_are_options(tmp_path):
    options = [
        "--processing-delay",
        "3",
        "--processing-delay",
        "image:600",
        "--permalink-lag",
        "900",
    ]
    with command(tmp_path, *options, "--lax-publish") as caller:
        url = caller.put_media("cat.jpg", JPEG)
        picture = caller.create("", media_type="IMAGE", image_url=url)
        caller.advance(300)
        assert caller.status(picture)["status"] == "IN_PROGRESS"
        text = caller.create("text")
        first, second = (caller.publish(text).json()["id"] for _ in range(2))
        assert first != second
        assert "permalink" not in caller.node(first, "permalink")


def test_faults_are_read_from_files(tmp_path):
    (tmp_path / "faults.yaml").write_text("- publish:1:transient\n- {call: me, fault: 5xx}\n")
    with command(tmp_path, "--faults", "faults.yaml", "--fault", "limit:1:quota") as caller:
        assert refusal(caller.publish(caller.create()))[:2] == (500, 2)
        assert caller.get("/me").status_code >= 500
        assert refusal(caller.get("/me/threads_publishing_limit")) == (400, 9, 2207042)


def test_only_this_computer_is_let_in_unless_asked(tmp_path):
    with command(tmp_path) as caller:
        pass
    assert caller.output[1] == ""
    with command(tmp_path, "--host", "0.0.0.0") as caller:
        pass
    assert caller.output[1].startswith("warning: whoever can reach 0.0.0.0 can read and post here")


@pytest.mark.parametrize(
    "content",
    ['["publish:2:drop-after"]', '{"faults": ["publish:2:drop-after"]}', "publish:2:drop-after"],
)
def test_a_file_of_faults_may_be_json_or_yaml(tmp_path, content):
    path = tmp_path / "faults"
    path.write_text(content)
    assert [str(fault) for fault in read_faults(path)] == ["publish:2:drop-after"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "there is nothing in it"),
        (b"- publish:1:nonsense", "'nonsense' is no fault; use one of"),
        (b"- {call: publish, often: 2}", "often is no key; use call, nth, fault and options"),
        (b"- [", "write YAML or JSON"),
        (b"- 2020-13-45", "write YAML or JSON"),
        (b"[" * 5_000, "write YAML or JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"- 7", "an object with call, nth, fault and options is needed"),
        (b"faults: 7", "an object with call, nth, fault and options is needed"),
    ],
)
def test_a_file_that_holds_no_faults_says_what_to_do(tmp_path, content, words):
    path = tmp_path / "faults.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"faults\.yaml: ") as raised:
        read_faults(path)
    assert words in str(raised.value)


def test_a_file_of_faults_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="name a file of faults"):
        read_faults(tmp_path / "none.yaml")
