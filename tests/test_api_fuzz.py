"""Whatever JSON comes, and from whatever call, it is a typed value or one of our errors."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_api_examples import ANSWERS, ERRORS

from threadsync.api.answers import Answer
from threadsync.api.pages import Page
from threadsync.api.wire import Call, read_answer
from threadsync.errors import AmbiguousError, ApiError, RejectedError, TemporaryError

FOLDER = Path(__file__).parent / "data" / "api"
BODIES = {name: json.loads((FOLDER / f"{name}.json").read_text()) for name in [*ANSWERS, *ERRORS]}
NAMES = sorted({key for body in BODIES.values() for key in body} | {"data", "cursors", "value"})

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, -(10**400), 1e308, float("inf"), float("nan"), -0.0, 2**63]),
    st.text(st.characters(codec=None), max_size=5),
    st.sampled_from(["\ud800", "\x00", "\x1b[2J", "\u202e", "9" * 5000, "access_token=x"]),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(NAMES), st.integers() | st.text(max_size=3), max_size=3),
    st.integers(1, 400).map(lambda depth: json.loads("[" * depth + "]" * depth)),
    st.sampled_from(list(BODIES.values())),
)


@st.composite
def mutated(draw, value):
    """`value` with some of what is inside left out, replaced, added, or repeated."""
    change = draw(st.sampled_from(["keep", "keep", "keep", "replace", "inside"]))
    if change == "replace":
        return draw(odd_values)
    if isinstance(value, dict) and value:
        left_out = draw(st.sets(st.sampled_from(sorted(value)), max_size=2))
        kept = {key: draw(mutated(item)) for key, item in value.items() if key not in left_out}
        return {**kept, **draw(st.dictionaries(st.sampled_from(NAMES), odd_values, max_size=1))}
    if isinstance(value, list) and value:
        return [draw(mutated(item)) for item in value * draw(st.sampled_from([1, 1, 2]))]
    return value


@st.composite
def bodies(draw, names):
    """A mutated example as bytes; sometimes with a key twice, or cut off."""
    name = draw(st.sampled_from(names))
    text = json.dumps(draw(mutated(BODIES[name])))
    twice = draw(st.sampled_from(["", "", '{"id": "1", ', '{"error": 5, "error": null, ']))
    if twice and text.startswith('{"'):
        text = twice + text[1:]
    body = text.encode()
    return name, body[: draw(st.integers(0, len(body)))] if draw(st.integers(0, 9)) == 9 else body


statuses = st.sampled_from([200, 200, 200, 400, 401, 403, 404, 429, 500, 502, 503, 302])


def outcome(name, body, status, *, is_repeatable):
    call = Call("call", "POST", "x", ANSWERS[name], is_repeatable=is_repeatable)
    try:
        return read_answer(call, status, body)
    except ApiError as error:
        return error


def assert_usable(answer):
    """Every way to look at it works."""
    assert isinstance(answer, Answer)
    assert set(dict(answer)) == set(answer.keys()) >= set(answer.extra)
    for name in answer.keys():  # noqa: SIM118 - no dict
        assert name in answer
        assert answer.get(name, answer) is answer[name]
    for name in answer.__struct_fields__:
        value = getattr(answer, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Answer):
                assert_usable(part)
    if isinstance(answer, Page):
        assert len(list(answer)) == len(answer)
        assert isinstance(answer.after, str | None)


@settings(max_examples=300)
@given(bodies(list(ANSWERS)), statuses, st.booleans())
def test_an_answer_is_a_value_or_one_of_our_errors(example, status, is_repeatable):
    name, body = example
    told = outcome(name, body, status, is_repeatable=is_repeatable)
    if isinstance(told, ApiError):
        assert_tellable(told)
        assert isinstance(told, AmbiguousError) <= (not is_repeatable)
        assert isinstance(told, TemporaryError) <= is_repeatable
    else:
        assert status < 400
        assert_usable(told)


@settings(max_examples=300)
@given(bodies(list(ERRORS)), statuses, st.sampled_from(list(ANSWERS)), st.booleans())
def test_an_error_is_one_of_ours_and_can_be_told(example, status, name, is_repeatable):
    told = outcome(name, example[1], status, is_repeatable=is_repeatable)
    if isinstance(told, ApiError):
        assert_tellable(told)


@settings(max_examples=200)
@given(bodies([*ANSWERS, *ERRORS]), statuses)
def test_a_publish_is_done_or_refused_or_in_doubt(example, status):
    """Nothing else: what is no clear refusal may be out."""
    told = outcome("publish", example[1], status, is_repeatable=False)
    if isinstance(told, ApiError):
        assert isinstance(told, AmbiguousError | RejectedError)
        if isinstance(told, RejectedError):
            answer = json.loads(example[1])
            names = ("error", "error_type", "error_code")
            assert any(answer.get(name) is not None for name in names)
            assert 400 <= status < 500 or told.code is not None or told.subcode is not None
    else:
        assert told.id


def assert_tellable(error):
    """One line that any terminal can show."""
    text = str(error)
    assert text.isprintable()
    assert len(text) <= 1001
    text.encode()
    traceback.format_exception(error)
    json.dumps(error.response)
    assert error.code is None or isinstance(error.code, int | str)


@pytest.mark.anyio
@pytest.mark.parametrize("depth", [400, 700, 900, 950, 980, 990, 5000])
@pytest.mark.parametrize("around", ['{"id": "5", "x": %s}', '{"id": %s}', '{"error": %s}'])
@pytest.mark.parametrize("word", ["", '"message"', '"code"', '"error_subcode"', '"fbtrace_id"'])
async def test_nesting_of_any_depth(depth, around, word):
    from threadsync.api import API, Credentials

    inner = "[" * depth + "]" * depth
    body = around % (f"{{{word}: {inner}}}" if word else inner)

    async def answer(request):
        return httpx.Response(200, content=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as session:
        api = API(Credentials.of_token("THAA"), session)
        try:
            assert await api.publish_container("1") == "5"
        except ApiError as error:
            assert_tellable(error)
