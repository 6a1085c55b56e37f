"""A sandbox as the world of a test that is about the client, and what the test does to it.

What is steered here goes by plain HTTP, never through the client.
"""

from __future__ import annotations

from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import httpx
from clips import a_clip

from threadsync.sandbox.server import SandboxServer

MP4 = a_clip()
NO_VIDEO = b"not a video"
DAY_S = 86_400


class World:
    """A sandbox that runs. Its default account is `sandbox`, its token `SANDBOX`."""

    def __init__(self, base_url):
        self.base_url = base_url
        # No certificates to load: that alone would take longer than most tests.
        self._http = httpx.Client(base_url=base_url, verify=False, trust_env=False)

    def put_media(self, name, content):
        """The address under which `content` is served."""
        self._done(self._http.put(f"/_sandbox/media/{name}", content=content))
        return f"{self.base_url}/_sandbox/media/{name}"

    def get(self, url):
        """The bytes at an address."""
        return self._done(self._http.get(url)).content

    def advance(self, seconds):
        self._steer("clock", advance_s=seconds)

    def reset(self):
        self._steer("reset")

    def settle(self):
        """Wait until the videos of the containers made so far are fetched."""
        self.advance(0)

    def add_token(self, token, username="sandbox", **facts):
        """A token for an account, which is made when there is none; the account's id."""
        return self._steer("accounts", username=username, token=token, **facts)["id"]

    def set_numbers(self, **numbers):
        self._steer("numbers", **numbers)

    def set_faults(self, *faults):
        self._done(self._http.post("/_sandbox/faults", json=list(faults)))

    def requests(self):
        """Every API request so far: dicts with `method`, `path`, `call`, `params`, `status`."""
        return self._http.get("/_sandbox/requests").json()["requests"]

    def calls(self):
        return [request["call"] for request in self.requests()]

    def allow(self, auth_url, decision="allow"):
        """What a person does at the authorize window; the address the browser is sent back to."""
        page = self._http.get(auth_url)
        assert page.status_code == 200, page.text
        form = {**dict(parse_qsl(urlsplit(auth_url).query)), "decision": decision}
        answer = self._http.post(auth_url.partition("?")[0], data=form)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def close(self):
        self._http.close()

    def _steer(self, what, **body):
        return self._done(self._http.post(f"/_sandbox/{what}", json=body)).json()

    def _done(self, answer):
        assert answer.status_code == 200, answer.text
        return answer


@contextmanager
def a_world(folder, **arguments):
    """A World that ends with the block; `arguments` are those of SandboxServer."""
    with SandboxServer(folder, **arguments) as server:
        world = World(server.base_url)
        try:
            yield world
        finally:
            world.close()
