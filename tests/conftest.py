"""Every test runs here: a clean environment, a home of its own, no network but loopback."""

from __future__ import annotations

import gc
import json
import os
import socket
from hashlib import md5
from importlib.resources import files

import pytest
from builders import NOON, FakeClock, write
from hypothesis import HealthCheck, settings
from traps import is_foreign, loopback_only

# The same examples at each run, but with HYPOTHESIS_PROFILE=random; a slow machine is no error.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", patient, derandomize=True, database=None)
settings.register_profile("random", patient, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# While thousands of tests are collected there is nothing to find, and a third of the time to lose.
gc.disable()


def pytest_xdist_auto_num_workers():
    # A test waits for its servers for a third of its time.
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _loopback_only():
    with loopback_only(socket):
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path_factory):
    for name in filter(is_foreign, list(os.environ)):
        monkeypatch.delenv(name)
    home = str(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("USERPROFILE", home)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The data and the address of a sandbox that is a process of its own, for `served.Served`."""
    from served import a_server

    data = tmp_path_factory.mktemp("served")
    with a_server(data) as address:
        yield data, address


@pytest.fixture(scope="module")
def store():
    """The address of a store with S3's API that takes any key."""
    from servers import moto

    with moto() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(store, tmp_path):
    """A bucket of the test's own in `store`, that everybody may read."""
    from servers import make_bucket, make_public

    name = f"media-{md5(str(tmp_path).encode(), usedforsecurity=False).hexdigest()[:12]}"
    return make_public(store, make_bucket(store, name))


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    """A clock that stands at `builders.NOON` until it is told to move."""
    return FakeClock(NOON)


@pytest.fixture
def project(tmp_path):
    """A project's folder with default settings and one text post, `hello`."""
    root = tmp_path / "project"
    write(root, "threadsync.yaml", "version: 1\n")
    write(root, "posts/hello.md", "Hello, Threads!\n")
    return root


@pytest.fixture
def schema():
    """The JSON Schema of a name, as it is shipped."""

    def load(name):
        return json.loads(files("threadsync.schemas").joinpath(f"{name}.schema.json").read_text())

    return load
