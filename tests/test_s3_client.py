"""Clients for buckets: what they share, and what they do not."""

from botocore.loaders import JSONFileLoader

from threadsync.s3.client import Manner, Place, make_client

MANNER = Manner(attempts=1, connections=1, connect_timeout_s=1, read_timeout_s=1)


def a_client(region="auto"):
    return make_client(Place("bucket", region, "http://127.0.0.1:9"), MANNER)


def test_what_is_known_of_the_api_is_read_once(monkeypatch):
    a_client()
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda *_: 1 / 0)
    assert a_client("elsewhere").meta.region_name == "elsewhere"


def test_each_client_has_credentials_of_its_own(monkeypatch):
    found = []
    for key in ("ONE", "TWO"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        found.append(a_client()._request_signer._credentials.access_key)
    assert found == ["ONE", "TWO"]
