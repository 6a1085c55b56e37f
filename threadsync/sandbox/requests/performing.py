"""Let one call take effect, inside the transaction that its caller has opened, and answer it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.calls import publishing
from threadsync.sandbox.errors.graph import RATE_LIMIT, Answer, Refusal
from threadsync.sandbox.errors.named import named
from threadsync.sandbox.media import files
from threadsync.sandbox.requests.asking import Asked, exchange_of, question_of
from threadsync.sandbox.requests.table import OpenEndpoint
from threadsync.sandbox.storage import rates
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from threadsync.sandbox.calls.exchange import Exchange, Question
    from threadsync.sandbox.faults import Fault
    from threadsync.sandbox.media.files import Stored
    from threadsync.sandbox.model import Options, Token
    from threadsync.sandbox.storage.records import Records


def perform(records: Records, asked: Asked, options: Options, stored: Stored | None) -> Answer:
    """The answer to a call, refused or not; `stored` is the picture it names."""
    try:
        route, question = question_of(records, asked, options)
        if isinstance(route.endpoint, OpenEndpoint):
            return _perform_open(question, route.endpoint)
        exchange = exchange_of(question, route.endpoint)
        return _as_answer(route.endpoint.perform(_admitted(exchange, stored)))
    except Refusal as refusal:
        return refusal.error.answer(_trace_id())


def picture_url(records: Records, asked: Asked, options: Options) -> str | None:
    """The picture that a create call names; None when there is none, or the call will be refused."""
    try:
        route, question = question_of(records, asked, options)
        endpoint = route.endpoint
        return (
            None
            if isinstance(endpoint, OpenEndpoint)
            else publishing.checked_draft(exchange_of(question, endpoint)).image_url
        )
    except Refusal:
        return None


def refuse(fault: Fault, error_name: str, object_id: str) -> Answer:
    """What a fault answers, instead of the call or after it."""
    answer = named(error_name, _trace_id(), object_id)
    if fault.retry_after is None:
        return answer
    return replace(answer, headers=(*answer.headers, ("retry-after", fault.retry_after)))


def count(records: Records, caller: Token | None) -> int:
    """Note the call; the calls of its caller in the last day, 0 when nobody is known to call."""
    if caller is None:
        return 0
    now = records.now()
    rates.add(records, caller.account_id, now)
    return rates.count(records, caller.account_id, now)


def _perform_open(question: Question, endpoint: OpenEndpoint) -> Answer:
    if endpoint.params is not None:
        values.refuse_unknown(question.params, endpoint.params)
    return _as_answer(endpoint.perform(question))


def _admitted(x: Exchange, stored: Stored | None) -> Exchange:
    """The call with its picture; Refusal when its account has made too many calls."""
    if rates.count(x.records, x.account.id, x.now) > rates.CALLS_PER_DAY:
        raise Refusal(RATE_LIMIT)
    if stored is None:
        return x
    files.add_name(x.records, stored.media.digest, stored)
    return replace(x, stored=stored)


def _as_answer(result: dict[str, Any] | Answer) -> Answer:
    return result if isinstance(result, Answer) else Answer.of(result)


def _trace_id() -> str:
    return "A" + secrets.token_urlsafe(16)
