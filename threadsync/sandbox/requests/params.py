"""The parameters of an HTTP request, wherever they stand: query, form, JSON body, header."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from threadsync.sandbox.errors.graph import OAUTH, GraphError, Refusal, bad_param

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from threadsync.sandbox.world.values import Params

MAX_BODY_BYTES = 1_000_000
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_PART_NAME = re.compile(rb'[; ]name="([^"]*)"')


async def read_params(request: Request) -> Params:
    """All parameters; the body wins over the query, the last of a repeated one over those before.

    Raises Refusal for a body that is too large, malformed or no UTF-8.
    """
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    body = await _read_body(request)
    params = {**query, **_body_params(body, request.headers.get("content-type", ""))}
    for name, value in params.items():
        _check_encodable(name, value)
    return params


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """The token of the Authorization header; None when there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


async def _read_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(bad_param(f"The request body is larger than {MAX_BODY_BYTES} bytes", 413))
    return body


def _body_params(body: bytes, content_type: str) -> Params:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json" and body.strip():
        return _json_params(body)
    if kind == "multipart/form-data":
        return _multipart_params(body, content_type)
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(_decoded(body), keep_blank_values=True))
    return {}


def _json_params(body: bytes) -> Params:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(_malformed("is not valid JSON")) from None
    if not isinstance(value, dict):
        raise Refusal(_malformed("must be a JSON object"))
    return {name: _as_text(item) for name, item in value.items() if item is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ",".join(_as_text(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def _multipart_params(body: bytes, content_type: str) -> Params:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise Refusal(_malformed("has no boundary"))
    # Headers came as latin-1, and so a boundary goes back that way.
    sections = (b"\r\n" + body).split(b"\r\n--" + boundary.group(1).encode("latin-1", "replace"))
    params: Params = {}
    for section in sections[1:]:
        head, separator, value = section.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if separator and name:
            params[_decoded(name.group(1))] = _decoded(value)
    return params


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Refusal(_malformed("is not UTF-8")) from None


def _check_encodable(name: str, value: str) -> None:
    try:
        f"{name}{value}".encode()
    except UnicodeEncodeError:
        raise Refusal(_malformed("holds half a surrogate pair")) from None


def _malformed(what: str) -> GraphError:
    return GraphError(f"Invalid parameter: the request body {what}", 100, OAUTH)
