"""The async client: sends the calls of `wire` with httpx and hands back the values of `types`."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from threadsync.api import wire
from threadsync.api.retry import may_repeat, wait_before
from threadsync.api.types import Account, ContainerStatus, PublishedPost, PublishingLimit
from threadsync.errors import AmbiguousError, ApiError, NotSentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from types import TracebackType

    from threadsync.config import Secret

VERSION = "v1.0"


class API:
    """The Threads API for one access token.

    Use it as `async with API(token, base_url) as api:`; a `session` that is handed in stays the
    caller's to close. Methods raise the ApiError tree; none of its texts holds the token.
    """

    def __init__(
        self,
        token: Secret,
        base_url: str = "https://graph.threads.net",
        *,
        session: httpx.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._token = token
        self._root = f"{base_url.rstrip('/')}/{VERSION}/"
        self._session = session or _session(base_url)
        self._owns_session = session is None
        self._sleep = sleep
        self.server_time: datetime | None = None
        """Meta's clock as of the last answer: the `Date` header."""

    async def __aenter__(self) -> API:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owns_session:
            await self._session.aclose()

    async def create_container(self, params: dict[str, str]) -> str:
        """Make a container from the parameters of `wire.create_params`; its id."""
        return await self._call_for_id(wire.create_container(params))

    async def container_status(self, container_id: str) -> ContainerStatus:
        return ContainerStatus.from_json(await self.call(wire.container_status(container_id)))

    async def publish_container(self, container_id: str) -> str:
        """Send exactly one publish request; the media id of the post that is out."""
        return await self._call_for_id(wire.publish_container(container_id))

    async def delete(self, media_id: str) -> None:
        await self.call(wire.delete_thread(media_id))

    async def thread(self, media_id: str, fields: str = wire.POST_FIELDS) -> PublishedPost:
        return PublishedPost.from_json(await self.call(wire.thread(media_id, fields)))

    async def threads(self, since: int | None = None) -> AsyncIterator[PublishedPost]:
        """Own root posts, newest first; `since` in unix seconds."""
        async for post in self._walk("threads", since):
            yield post

    async def replies(self, since: int | None = None) -> AsyncIterator[PublishedPost]:
        """Own replies, newest first; `since` in unix seconds."""
        async for post in self._walk("replies", since):
            yield post

    async def account(self) -> Account:
        raw = await self.call(wire.account())
        return Account(str(raw["id"]), str(raw.get("username", "")))

    async def publishing_limit(self) -> PublishingLimit:
        items = (await self.call(wire.publishing_limit())).get("data") or [{}]
        return PublishingLimit.from_json(items[0])

    async def scopes(self) -> frozenset[str]:
        """What the token may do."""
        raw = await self.call(wire.debug_token(self._token.reveal()))
        return frozenset((raw.get("data") or {}).get("scopes") or ())

    async def token_expires_at(self) -> datetime | None:
        """When the token dies, None when Meta does not say."""
        raw = await self.call(wire.debug_token(self._token.reveal()))
        seconds = (raw.get("data") or {}).get("expires_at")
        return datetime.fromtimestamp(seconds, UTC) if seconds else None

    async def call(self, call: wire.Call) -> dict[str, Any]:
        """Send `call`, repeating it where `retry` allows, and read the answer."""
        tries = 0
        while True:
            tries += 1
            retry_after = None
            try:
                response = await self._send(call)
                retry_after = response.headers.get("retry-after")
                return wire.read_answer(call, response.status_code, response.content)
            except ApiError as error:
                if not may_repeat(call, error, tries):
                    raise
            # Jitter only spreads load; it guards nothing.
            wait = wait_before(tries, retry_after, random.random())  # noqa: S311
            await self._sleep(wait.total_seconds())

    async def _call_for_id(self, call: wire.Call) -> str:
        answer = await self.call(call)
        identifier = answer.get("id")
        if not identifier:
            raise AmbiguousError(f"Meta answered {call.name!r} without an id")
        return str(identifier)

    async def _send(self, call: wire.Call) -> httpx.Response:
        where = "data" if call.method == "POST" else "params"
        request = self._session.build_request(
            call.method,
            self._root + call.path,
            headers={"Authorization": f"Bearer {self._token.reveal()}"},
            timeout=httpx.Timeout(call.timeout_s, connect=20.0),
            **{where: call.params},  # type: ignore[arg-type]
        )
        try:
            response = await self._session.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
            raise NotSentError(
                f"{call.name!r} did not reach {request.url.host}: {_why(exc)}"
            ) from exc
        except httpx.HTTPError as exc:
            raise AmbiguousError(
                f"no answer to {call.name!r} from {request.url.host}: {_why(exc)}"
            ) from exc
        self._note_time(response)
        return response

    def _note_time(self, response: httpx.Response) -> None:
        try:
            self.server_time = parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
        except (KeyError, ValueError):
            return

    async def _walk(self, edge: str, since: int | None) -> AsyncIterator[PublishedPost]:
        after: str | None = None
        seen: set[str] = set()
        while after not in seen:
            seen.add(after or "")
            page = await self.call(wire.own_list(edge, since=since, after=after))
            for raw in page.get("data") or ():
                yield PublishedPost.from_json(raw)
            after = ((page.get("paging") or {}).get("cursors") or {}).get("after")
            if not page.get("data") or not after:
                return


def _session(base_url: str) -> httpx.AsyncClient:
    # A proxy of the environment must not stand between us and a server on this machine.
    is_local = httpx.URL(base_url).host in {"127.0.0.1", "localhost", "::1"}
    return httpx.AsyncClient(follow_redirects=False, trust_env=not is_local)


def _why(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
