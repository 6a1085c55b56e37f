"""The client on a sandbox of its own, as the owner of the default account and as somebody else."""

from __future__ import annotations

import pytest
from pictures import a_jpeg
from sandboxed import a_world

from threadsync.api import API, Credentials, Media, MediaType


@pytest.fixture
def world(tmp_path):
    with a_world(tmp_path / "world") as world:
        yield world


@pytest.fixture
async def api(world):
    async with API(Credentials.of_token("SANDBOX"), base_url=world.base_url) as api:
        yield api


@pytest.fixture
async def ana(world):
    """The client of somebody else."""
    world.add_token("ANA", username="ana")
    async with API(Credentials.of_token("ANA"), base_url=world.base_url) as api:
        yield api


@pytest.fixture
def picture(world):
    return Media(MediaType.IMAGE, world.put_media("cat.jpg", a_jpeg()), alt_text="A cat")
