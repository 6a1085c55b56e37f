"""When containers are looked at again."""

from __future__ import annotations

from itertools import islice

from threadsync.api.polling import Polling, waits_s


def test_often_at_first_then_seldom():
    waits = list(islice(waits_s(3600), 40))
    assert waits[:8] == [1, 2, 3, 5, 5, 10, 10, 15]
    assert sum(wait for wait in waits if wait <= 15) >= 300
    assert waits[-1] == 60


def test_never_longer_than_the_limit():
    for limit in (0, 1, 60, 300, 301, 600, 3600):
        assert sum(waits_s(limit)) <= limit
    assert list(waits_s(0)) == []


def test_waits_of_ones_own():
    polling = Polling(waits_s=(2.0, 4.0))
    assert list(islice(polling.waits(3600), 4)) == [2, 4, 4, 4]
    assert list(polling.waits(9)) == [2, 4]
