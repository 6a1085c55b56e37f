"""One sandbox for all strangers, emptied before each test."""

import pytest
from pictures import a_jpeg, a_png
from sandboxed import MP4, World
from stranger import Stranger

from threadsync.sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    with SandboxServer(tmp_path_factory.mktemp("world")) as server:
        yield server.base_url


@pytest.fixture
def world(address):
    world = World(address)
    world.reset()
    world.put_media("cat.jpg", a_jpeg())
    world.put_media("dog.png", a_png())
    world.put_media("film.mp4", MP4)
    yield world
    world.close()


@pytest.fixture(scope="session")
def install(tmp_path_factory):
    """Installs requirements of pip's in a new environment."""
    return lambda *requirements: Stranger(tmp_path_factory.mktemp("stranger"), *requirements)
