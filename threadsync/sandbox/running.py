"""A sandbox that runs, as a test handles it: what to set up before, what to look at after.

All of it goes by the addresses under `/_sandbox/`, in plain HTTP; only the standard library is used,
and never the client.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib import parse, request
from urllib.error import HTTPError

from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "SANDBOX"  # noqa: S105 - a name for the sandbox, not a secret
# This computer itself is never reached through a proxy.
_OPENER = request.build_opener(request.ProxyHandler({}))


class RunningSandbox:
    """The sandbox at `base_url`; every method raises UsageError when the sandbox will not do it."""

    token = TOKEN
    """Of the account `sandbox`, with every scope and no end."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    @property
    def account_id(self) -> str:
        """The number of the account `sandbox`; a reset does not change it."""
        return str(self._steer("GET", "accounts")["accounts"][0]["id"])

    def posts(self, username: str = "sandbox") -> list[dict[str, Any]]:
        """The posts of an account, replies and reposts too, the newest first; at most 1,000.

        Each has all the fields that Threads knows and that have a value.
        """
        return list(self._steer("GET", f"posts?username={parse.quote(username)}")["posts"])

    def requests(self) -> list[dict[str, Any]]:
        """Every API request so far and its answer, the oldest first; tokens are masked.

        Each has `n`, `at`, `call`, `method`, `path`, `params`, `account_id`, `fault`, `status` and
        `answer`.
        """
        return list(self._steer("GET", "requests")["requests"])

    def fault(self, *faults: str | Mapping[str, Any]) -> None:
        """Let calls go wrong: texts such as `publish:2:drop-after`, or objects."""
        self._steer("POST", "faults", list(faults))

    def advance(self, seconds: float) -> None:
        """Move the sandbox's time on, once the videos that it was asked for are fetched."""
        self._steer("POST", "clock", {"advance_s": seconds})

    def put_media(self, name: str, content: bytes) -> str:
        """The address at which `content` is served from now on."""
        self._steer("PUT", f"media/{parse.quote(name)}", content)
        return f"{self.base_url}/_sandbox/media/{name}"

    def add_account(self, username: str, token: str, **facts: Any) -> str:
        """A new account, or one more token for one that exists; its number.

        `facts` are those of `POST /_sandbox/accounts`, such as `scopes` and `expires_in_s`.
        """
        made = self._steer("POST", "accounts", {"username": username, "token": token, **facts})
        return str(made["id"])

    def use_up(self, **used: Any) -> None:
        """Use up calls and quotas as if just now: `post=250`, `calls=47000`, `username="fan"`."""
        self._steer("POST", "usage", used)

    def set_numbers(self, **numbers: Any) -> None:
        """What people did with a post, by its `id`, or facts of an account, by its `username`."""
        self._steer("POST", "numbers", numbers)

    def reset(self) -> None:
        """Empty everything: posts, accounts, media, faults, the log; the time is the computer's."""
        self._steer("POST", "reset", {})

    def _steer(self, method: str, what: str, body: Any = None) -> dict[str, Any]:
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        url = f"{self.base_url}/_sandbox/{what}"
        return _answered(request.Request(url, content, method=method))  # noqa: S310 - our own address


def _answered(asked: request.Request) -> dict[str, Any]:
    try:
        with _OPENER.open(asked) as answer:
            return dict(json.load(answer))
    except HTTPError as error:
        with error:
            raise UsageError(_words(error.read())) from None


def _words(body: bytes) -> str:
    """What the sandbox says of a mistake: a text of its own, or an error of Meta's."""
    try:
        said = json.loads(body)["error"]
    except (ValueError, KeyError):
        said = body.decode(errors="replace")
    return str(said)
