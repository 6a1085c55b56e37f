"""Steering: the clock, the log of requests, reset, and who may do it."""

import httpx
import pytest
from caller import Caller

from threadsync.errors import UsageError
from threadsync.sandbox.model import Options


def test_the_log_has_each_request_with_its_answer_and_no_token(server, caller):
    container_id = caller.create("Hello")
    caller.get("/me", params={"access_token": "SANDBOX"})
    created, me = caller.log()
    assert created["method"] == "POST"
    assert created["path"] == "/v1.0/me/threads"
    assert created["call"] == "create"
    assert created["params"] == {"media_type": "TEXT", "text": "Hello"}
    assert created["status"] == 200
    assert created["answer"] == {"id": container_id}
    assert created["n"] < me["n"]
    assert me["params"] == {"access_token": "***"}
    assert "SANDBOX" not in caller.get("/_sandbox/requests").text


def test_an_inspected_token_is_masked_too(caller):
    caller.get("/debug_token", params={"input_token": "VERY-SECRET"})
    assert "VERY-SECRET" not in caller.get("/_sandbox/requests").text


def test_the_log_tells_refusals_faults_and_dropped_connections(caller):
    caller.set_faults("publish:1:drop-after")
    with pytest.raises(httpx.TransportError):
        caller.publish(caller.create())
    caller.get("/nothing/here")
    _, dropped, unknown = caller.log()
    assert (dropped["fault"], dropped["status"]) == ("publish:1:drop-after", None)
    assert (unknown["call"], unknown["status"]) == ("unknown", 400)


def test_the_log_can_be_read_from_a_number_on(caller):
    caller.create()
    caller.create()
    last = caller.log()[0]["n"]
    newer = caller.get("/_sandbox/requests", params={"after": last}).json()["requests"]
    assert [one["n"] for one in newer] == [last + 1]
    assert caller.get("/_sandbox/requests", params={"after": "x"}).status_code == 400


@pytest.mark.parametrize("seconds", [-1, "60", None, True, 1e300])
def test_the_clock_takes_sensible_seconds_only(caller, seconds):
    assert caller.post("/_sandbox/clock", json={"advance_s": seconds}).status_code == 400


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"advance_s": NaN}'])
def test_the_clock_refuses_what_is_no_object(caller, content):
    assert caller.post("/_sandbox/clock", content=content).status_code == 400


def test_the_clock_stays_within_a_lifetime(caller):
    century_s = 100 * 365 * 86_400
    caller.advance(century_s)
    assert caller.post("/_sandbox/clock", json={"advance_s": 1}).status_code == 400
    assert caller.status(caller.create())["status"] == "FINISHED"


@pytest.mark.parametrize("seconds", [-1.0, 1e300, float("nan")])
def test_delays_that_cannot_be_are_refused(seconds):
    with pytest.raises(UsageError, match="processing_delay_s"):
        Options(processing_delay_s=seconds)


def test_reset_empties_the_world_but_ids_go_on(caller, picture):
    media_id = caller.published()
    caller.advance(3600)
    caller.set_faults("me:*:html-502")
    assert caller.post("/_sandbox/reset").is_success
    assert caller.listed("me/threads") == []
    assert caller.log() == caller.log()[-1:]
    assert caller.head(picture).status_code == 404
    assert caller.published() > media_id


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"host": "evil.example:8700"}]
)
def test_a_page_in_a_browser_cannot_steer(caller, headers):
    assert caller.post("/_sandbox/reset", headers=headers).status_code == 403
    assert caller.put("/_sandbox/media/a", content=b"x", headers=headers).status_code == 403


def test_an_unknown_address_of_steering_is_no_api_call(server, caller):
    with Caller(server.base_url) as other:
        assert other.post("/_sandbox/what").status_code == 404
    assert caller.log() == []
