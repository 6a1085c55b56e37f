"""How many calls there were: the header, the refusal, and Retry-After where a fault gives it."""

import json

import pytest
from caller import Caller, refusal


def usage(answer):
    return json.loads(answer.headers["x-app-usage"])


def test_every_answer_tells_the_use_in_percent(caller):
    assert usage(caller.get("/me")) == {"call_count": 0, "total_cpu_time": 0, "total_time": 0}
    caller.steer("usage", calls=480 * 37)
    assert usage(caller.get("/me"))["call_count"] == 37
    assert usage(caller.get("/123"))["call_count"] == 37
    assert usage(caller.get("/no/such/path"))["call_count"] == 37


def test_a_fault_tells_it_too(caller):
    caller.steer("usage", calls=24_000)
    caller.set_faults("me:1:rate-limit")
    assert usage(caller.get("/me"))["call_count"] == 50


def test_each_account_has_its_own_use_whatever_its_token(caller, fan):
    caller.steer("usage", calls=24_000)
    assert usage(fan.get("/me"))["call_count"] == 0
    with caller.without("threads_delete") as same:
        assert usage(same.get("/me"))["call_count"] == 50


def test_nobody_has_used_nothing(server):
    with Caller(server.base_url, "") as nobody:
        assert usage(nobody.get("/me"))["call_count"] == 0


def test_too_many_calls_are_refused_until_a_day_has_gone(caller):
    caller.steer("usage", calls=47_999)
    assert caller.get("/me").is_success
    refused = caller.post("/me/threads", data={"media_type": "TEXT", "text": "x"})
    assert refusal(refused) == (400, 4, None)
    assert usage(refused)["call_count"] == 100
    caller.advance(86_400)
    assert caller.get("/me").is_success


@pytest.mark.parametrize("name", ["rate-limit", "rate-613"])
def test_a_rate_fault_may_say_when_to_come_again(caller, name):
    caller.set_faults(
        f"me:1:{name}:30", {"call": "me", "nth": 2, "fault": name, "options": {"seconds": 0.5}}
    )
    caller.set_faults(f"me:3:{name}-applied:7", f"me:4:{name}")
    seen = [caller.get("/me").headers.get("retry-after") for _ in range(4)]
    assert seen == ["30", "1", "7", None]


def test_a_rate_fault_is_listed_with_its_seconds(caller):
    caller.set_faults("me:1:rate-limit:30")
    listed = caller.get("/_sandbox/faults").json()["faults"]
    assert listed[0]["options"] == {"seconds": 30.0}


@pytest.mark.parametrize("value", ["soon", "-1", "nan"])
def test_a_rate_fault_takes_seconds_only(caller, value):
    answer = caller.post("/_sandbox/faults", json=[f"me:1:rate-limit:{value}"])
    assert answer.status_code == 400
