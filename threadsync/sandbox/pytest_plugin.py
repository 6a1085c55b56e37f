"""Fixtures for the tests of programs that speak to Threads; pytest finds them by itself.

`threads_sandbox` is a sandbox, the same for the whole session and empty at the start of each test.
Nothing is imported, and no server runs, until a test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.sandbox.model import Options
    from threadsync.sandbox.running import RunningSandbox
    from threadsync.sandbox.server import SandboxServer


@pytest.fixture(scope="session")
def threads_sandbox_options() -> Options | None:
    """How the sandbox behaves; a conftest that has a fixture of this name decides."""
    return None


@pytest.fixture(scope="session")
def threads_sandbox_server(
    tmp_path_factory: pytest.TempPathFactory, threads_sandbox_options: Options | None
) -> Iterator[SandboxServer]:
    try:
        from threadsync.sandbox.model import Options
        from threadsync.sandbox.server import SandboxServer
    except ImportError as error:
        pytest.fail(f"{error}; the sandbox needs more, run: pip install 'threadsync[sandbox]'")
    options = threads_sandbox_options or Options()
    with SandboxServer(tmp_path_factory.mktemp("threads_sandbox"), options=options) as server:
        yield server


@pytest.fixture
def threads_sandbox(threads_sandbox_server: SandboxServer) -> RunningSandbox:
    from threadsync.sandbox.running import RunningSandbox

    sandbox = RunningSandbox(threads_sandbox_server.base_url)
    sandbox.reset()
    return sandbox
