"""One API request: as it came in, then as the question or the exchange that its endpoint gets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from threadsync.sandbox.calls.exchange import Exchange, Question
from threadsync.sandbox.errors.graph import Refusal
from threadsync.sandbox.oauth import tokens
from threadsync.sandbox.requests import routes
from threadsync.sandbox.requests.params import bearer_token, read_params
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from starlette.requests import Request

    from threadsync.sandbox.model import Options, Token
    from threadsync.sandbox.requests.table import Endpoint
    from threadsync.sandbox.storage.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One API request as it came in. `refusal` tells that it is no call at all."""

    method: str
    path: str
    base_url: str
    params: dict[str, str]
    token: str | None = field(repr=False)
    route: routes.Route | None
    refusal: Refusal | None = None

    @property
    def object_id(self) -> str:
        """What an error of this call tells about: the container it publishes or the id in its path."""
        in_path = self.route.object_id if self.route else ""
        return self.params.get("creation_id") or in_path


async def read_asked(request: Request) -> Asked:
    asked = Asked(
        method=request.method,
        path=request.scope["path"],
        base_url=str(request.base_url).rstrip("/"),
        params={},
        token=bearer_token(request.headers),
        route=None,
    )
    try:
        asked = replace(asked, route=routes.find_route(asked.method, asked.path))
        params = await read_params(request)
    except Refusal as refusal:
        return replace(asked, refusal=refusal)
    return replace(asked, params=params, token=asked.token or params.get("access_token"))


def caller_of(records: Records, asked: Asked) -> Token | None:
    """Whose token came with the request, whether or not it is still good."""
    return records.token(asked.token) if asked.token else None


def question_of(records: Records, asked: Asked, options: Options) -> tuple[routes.Route, Question]:
    """The call as an endpoint for anybody gets it; Refusal when it is no call at all."""
    if asked.refusal is not None or asked.route is None:
        raise asked.refusal or AssertionError(asked.path)
    question = Question(
        records=records,
        params={name: value for name, value in asked.params.items() if name != "access_token"},
        bearer=asked.token,
        object_id=asked.route.object_id,
        now=records.now(),
        options=options,
        base_url=asked.base_url,
    )
    return asked.route, question


def exchange_of(q: Question, endpoint: Endpoint) -> Exchange:
    """The call, once it is known who makes it and that they may; else Refusal."""
    token = tokens.authenticated(q.records, q.bearer, q.now)
    account = q.records.account(token.account_id)
    if account is None:
        raise AssertionError(token.account_id)
    tokens.check_scopes(token, endpoint.scopes)
    values.refuse_unknown(q.params, endpoint.params)
    return Exchange(
        records=q.records,
        params=q.params,
        bearer=q.bearer,
        object_id=q.object_id,
        now=q.now,
        options=q.options,
        base_url=q.base_url,
        account=account,
        token=token,
    )
