"""The embedding of a post, which needs no token."""

import pytest
from caller import Caller, refusal

from threadsync.sandbox.storage.store import Store


@pytest.fixture
def reader(server):
    """A caller without a token."""
    with Caller(server.base_url, "") as caller:
        yield caller


def embed(reader, url, **params):
    return reader.get("/v1.0/oembed", params={"url": url, **params})


def link(caller, post, fields="permalink"):
    return caller.node(post, fields)[fields]


def test_a_post_is_embedded_by_both_of_its_addresses(caller, reader):
    post = caller.published("a < b")
    long, short = link(caller, post), f"https://www.threads.com/t/{link(caller, post, 'shortcode')}"
    answer = embed(reader, long).json()
    assert answer == embed(reader, short).json()
    assert answer == embed(reader, long.replace("threads.com", "threads.net") + "/?x=1").json()
    assert f'data-text-post-permalink="{long}"' in answer["html"]
    assert "a &lt; b" in answer["html"]
    assert answer["width"] == 658


def test_the_width_can_be_chosen(caller, reader):
    url = link(caller, caller.published())
    assert embed(reader, url, maxwidth="320").json()["width"] == 320
    for width in ("319", "659", "wide"):
        assert refusal(embed(reader, url, maxwidth=width)) == (400, 100, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.threads.com/@sandbox/post/DNothing",
        "https://evil.example/t/D1",
        "https://www.threads.com/t/D1/../..",
        "%00",
    ],
)
def test_what_is_no_post_is_not_embedded(reader, url):
    assert refusal(embed(reader, url)) == (400, 100, 33)


def test_an_address_is_needed(reader):
    assert refusal(reader.get("/oembed")) == (500, 100, None)


def test_posts_for_some_countries_only_and_deleted_ones_are_not_embedded(caller, reader):
    gated = link(caller, caller.published(allowlisted_country_codes="US"))
    post = caller.published()
    gone = link(caller, post)
    caller.delete(f"/{post}")
    assert [refusal(embed(reader, url)) for url in (gated, gone)] == [(400, 100, 33)] * 2


def test_a_thousand_in_an_hour_is_all(server, caller, reader, tmp_path):
    url = link(caller, caller.published())
    with Store(tmp_path / "world") as store, store.write() as records:
        records.add_usage("", "oembed", records.now(), 999)
    assert embed(reader, url).is_success
    assert refusal(embed(reader, url)) == (400, 613, None)
    caller.advance(3600)
    assert embed(reader, url).is_success
