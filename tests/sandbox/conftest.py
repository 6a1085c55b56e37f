"""A sandbox of its own for each test, and a caller of it."""

import pytest
from caller import JPEG, Caller
from elsewhere import a_web_server

from threadsync.sandbox.model import Options
from threadsync.sandbox.server import SandboxServer


@pytest.fixture
def server(tmp_path):
    with SandboxServer(tmp_path / "world") as server:
        yield server


@pytest.fixture
def caller(server):
    with Caller(server.base_url) as caller:
        yield caller


@pytest.fixture
def slow(tmp_path):
    """A caller of a sandbox in which everything takes its time."""
    options = Options(processing_delay_s=30, feed_lag_s=10, parent_lag_s=5)
    with (
        SandboxServer(tmp_path / "slow", options=options) as server,
        Caller(server.base_url) as caller,
    ):
        yield caller


@pytest.fixture
def picture(caller):
    """The URL of a JPEG that the sandbox itself serves."""
    return caller.put_media("cat.jpg", JPEG)


@pytest.fixture
def fan(caller):
    """A caller with another account, `fan`, that may do everything."""
    with caller.other("fan") as fan:
        yield fan


@pytest.fixture
def elsewhere():
    """A web server that is not the sandbox; nothing is there but what a test puts there."""
    with a_web_server() as server:
        yield server
