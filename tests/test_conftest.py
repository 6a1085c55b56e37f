import os
import socket

import httpx
import pytest
from traps import OutsideConnectionError, is_foreign, is_loopback

ELSEWHERE = "192.0.2.1"  # reserved for documentation, belongs to nobody


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connecting_to_another_machine_is_refused(method):
    with socket.socket() as sock, pytest.raises(OutsideConnectionError):
        getattr(sock, method)((ELSEWHERE, 80))


def test_sending_a_datagram_to_another_machine_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(OutsideConnectionError):
        sock.sendto(b"", (ELSEWHERE, 53))


def test_looking_up_a_name_is_refused():
    with pytest.raises(OutsideConnectionError):
        socket.create_connection(("graph.threads.net", 443))


def test_an_invalid_name_is_unknown_as_it_would_be_outside():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("bucket.invalid", 443)


def test_the_http_client_cannot_leave_the_machine():
    with pytest.raises(OutsideConnectionError):
        httpx.get(f"http://{ELSEWHERE}/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1])).close()


@pytest.mark.parametrize(
    ("host", "stays"),
    [("::1", True), (b"127.0.0.2", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_what_counts_as_loopback(host, stays):
    assert is_loopback(host) is stays


@pytest.mark.parametrize("name", ["THREADS_ACCESS_TOKEN", "AWS_PROFILE", "CI", "https_proxy"])
def test_variables_that_would_change_a_test_are_foreign(name):
    assert is_foreign(name)


def test_no_variable_of_the_person_who_runs_the_tests_is_left():
    ours = {"AWS_EC2_METADATA_DISABLED", "GIT_CONFIG_NOSYSTEM"}
    assert [name for name in os.environ if is_foreign(name) and name not in ours] == []


def test_home_is_empty_and_nobodys(tmp_path_factory):
    assert os.environ["HOME"].startswith(str(tmp_path_factory.getbasetemp()))
    assert os.listdir(os.environ["HOME"]) == []  # noqa: PTH208  the name, not the entries


def test_the_clock_moves_only_when_told(clock):
    before = clock()
    assert clock() == before
    clock.advance(hours=25)
    assert (clock() - before).total_seconds() == 25 * 3600
