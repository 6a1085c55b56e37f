"""What is said when TLS to a store fails: whose certificate it is, and what to do."""

from __future__ import annotations

from contextlib import closing

import pytest
from fronts import front
from servers import ACCESS_KEY, SECRET_KEY, make_certificate

from threadsync.config import MediaSettings
from threadsync.errors import MediaError
from threadsync.media.delivery import bucket as media_bucket
from threadsync.media.delivery.bucket import MediaBucket


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setattr(media_bucket, "MANNER", media_bucket.MANNER._replace(attempts=1))


def refusal(endpoint):
    settings = MediaSettings("s3", "my-media", region="us-east-1", endpoint_url=endpoint)
    with closing(MediaBucket(settings)) as bucket, pytest.raises(MediaError) as caught:
        list(bucket.listed("threadsync/"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "bundle", "words"),
    [
        (
            "IP:127.0.0.1",
            None,
            "is not trusted here (self-signed certificate); if its CA is one of",
        ),
        ("IP:127.0.0.1", "cert.pem", "the store answered 404 to ListObjectsV2"),
        ("DNS:other.example", "cert.pem", "a certificate for another name; correct media.endpoint"),
        ("IP:127.0.0.1", "none.pem", ": AWS_CA_BUNDLE names no file with certificates; correct it"),
        ("IP:127.0.0.1", "text.pem", ": AWS_CA_BUNDLE names no file with certificates; correct it"),
        ("IP:127.0.0.1", ".", ": AWS_CA_BUNDLE names no file with certificates; correct it"),
    ],
)
def test_what_is_said_of_a_certificate(tmp_path, monkeypatch, name, bundle, words):
    certificate = make_certificate(tmp_path, name)
    (tmp_path / "text.pem").write_text("no certificate\n")
    if bundle:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / bundle))
    with front(certificate) as store:
        assert words in refusal(store.url)


def test_a_port_without_tls():
    with front() as store:
        said = refusal(store.url.replace("http", "https"))
    assert "does not speak TLS there; correct the port of media.endpoint_url, or its https" in said
