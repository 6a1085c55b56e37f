"""Fetch an address as Meta does before Meta is asked to: what it would be refused is told here.

Facts: the crawler calls itself facebookexternalhit/1.1 and keeps to robots.txt (help pages of Ayrshare
and reports of publishers, read 2026-11-22); whether it follows redirects no source says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httpx

from threadsync.media.delivery.robots import is_allowed, read_rules
from threadsync.media.delivery.stored import stored_type, unreadable
from threadsync.media.probing.probe import HEAD_BYTES
from threadsync.s3.certificates import public_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from threadsync.media.delivery.robots import Rule

CRAWLER = "facebookexternalhit"
USER_AGENT = f"{CRAWLER}/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
TIMEOUT_S = 20.0
_MOST_ROBOTS_BYTES = 500_000


class Expected(NamedTuple):
    """What an address has to give: the type, the length, and the first bytes, "" for any."""

    content_type: str
    size_bytes: int
    head: bytes


def expected_of(path: Path) -> Expected:
    """What an address of the file at `path` has to give; MediaError when it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            return Expected(stored_type(path).content_type, file.seek(0, 2), head)
    except OSError as exc:
        raise unreadable(path, exc) from exc


class Reach:
    """Fetches with one client; `aclose` when done. Remembers each host's robots.txt."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._robots: dict[str, list[Rule]] = {}

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def refusal(self, url: str, expected: Expected) -> str | None:
        """Host, what is wrong with it, and what to change; None when Meta can fetch from there."""
        host = urlsplit(url).netloc.rpartition("@")[2]
        try:
            if not await self._is_allowed(url):
                return (
                    f"{host}/robots.txt keeps {CRAWLER} away; "
                    f"allow it there, or use another media.public_base_url"
                )
            found = await self._fetch(url, expected)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            return f"{host} {public_words(str(exc)) or _of_network(exc)}"
        return f"{host} {found}" if found else None

    async def _is_allowed(self, url: str) -> bool:
        address = urlsplit(url)
        origin = f"{address.scheme}://{address.netloc}"
        path = url.removeprefix(origin)
        if origin not in self._robots:
            self._robots[origin] = await self._rules(f"{origin}/robots.txt")
        return is_allowed(self._robots[origin], CRAWLER, path)

    async def _rules(self, url: str) -> list[Rule]:
        """The rules of a host; one that has no readable file has none (RFC 9309, 2.3.1.3)."""
        text = b""
        async with self._opened().stream("GET", url) as answer:
            if answer.status_code == httpx.codes.OK:
                async for chunk in answer.aiter_bytes():
                    text += chunk
                    if len(text) > _MOST_ROBOTS_BYTES:
                        break
        return read_rules(text.decode("utf-8", "replace"))

    async def _fetch(self, url: str, expected: Expected) -> str | None:
        wanted = f"bytes=0-{max(0, len(expected.head) - 1)}"
        async with self._opened().stream("GET", url, headers={"Range": wanted}) as answer:
            found = refusal_of(answer.status_code, answer.headers, expected)
            return found or await _difference(answer, expected)

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                headers={"User-Agent": USER_AGENT, "Accept": "*/*"},
                follow_redirects=False,
                timeout=TIMEOUT_S,
            )
        return self._client


def refusal_of(status: int, headers: Mapping[str, str], expected: Expected) -> str | None:
    """What is wrong with an answer and what to change, to follow the host's name."""
    if status not in {200, 206}:
        return _of_status(status, headers)
    if encoding := headers.get("content-encoding", "").strip():
        return (
            f"sends {expected.content_type} with Content-Encoding {encoding!r}; "
            "switch compression off for these files"
        )
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != expected.content_type:
        return (
            f"sends the type {content_type or 'none'!r} instead of {expected.content_type}; "
            "let it pass on the Content-Type of the object"
        )
    size = _size(status, headers)
    if size != str(expected.size_bytes):
        return (
            f"sends {size or 'an unknown number of'} bytes instead of {expected.size_bytes}; "
            "see that media.public_base_url leads to this bucket, and empty its cache"
        )
    return None


def _of_network(exc: Exception) -> str:
    name = type(exc).__name__
    return f"cannot be reached ({name}); check media.public_base_url and its DNS"


def _of_status(status: int, headers: Mapping[str, str]) -> str:
    if 300 <= status < 400:
        to = urlsplit(headers.get("location", "")).netloc or "another address"
        return (
            f"answered {status}, a redirect to {to}; "
            "set media.public_base_url to the address that answers itself"
        )
    if status in {401, 403}:
        return (
            f"answered {status} to {CRAWLER}; let everybody read the objects, "
            "and let this user agent pass any bot protection"
        )
    if status in {404, 410}:
        return (
            f"answered {status}; media.public_base_url does not lead to what is in the bucket: "
            "the name of the object is put after it"
        )
    if status == 429 or status >= 500:
        return f"answered {status}; run the command again later, or use another host"
    return f"answered {status} to a GET with a Range; it has to answer 200 or 206"


def _size(status: int, headers: Mapping[str, str]) -> str | None:
    if status == 206:
        return headers.get("content-range", "").rpartition("/")[2] or None
    return headers.get("content-length")


async def _difference(answer: httpx.Response, expected: Expected) -> str | None:
    """What to say when the first bytes are not those of the file."""
    body = b""
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) >= len(expected.head):
            break
    if body[: len(expected.head)] == expected.head:
        return None
    return "sends other bytes than the file's; see that media.public_base_url leads to this bucket"
