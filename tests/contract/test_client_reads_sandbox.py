"""What the client reads and finds on a real server, and what it says when it may not.

The calls that PyThreads has too are in `test_pythreads_programs`.
"""

from __future__ import annotations

import re

import pytest
from sandboxed import DAY_S

from threadsync.api import (
    API,
    AmbiguousError,
    Credentials,
    PermissionDeniedError,
    Threads,
    TokenError,
)
from threadsync.sandbox.model import SCOPES

pytestmark = pytest.mark.anyio

ACCOUNT = "17841400000000001"
AN_ID = "18000000000000001"
BERLIN = "123456789012346"


async def texts(listing):
    return [post.text async for post in listing]


async def test_user_replies(api, ana):
    root = await ana.publish("Root")
    await api.publish("First", reply_to_id=root.id)
    await api.publish("Second", reply_to_id=root.id)
    assert await texts(api.user_replies(limit=1)) == ["Second", "First"]


async def test_replies_the_other_way_round(api):
    root = await api.publish("Root")
    for text in ("First", "Second"):
        await api.publish(text, reply_to_id=root.id)
    assert await texts(api.replies(root.id, reverse=False)) == ["First", "Second"]
    assert await texts(api.conversation(root.id, limit=1)) == ["Second", "First"]


async def test_mentions(api, ana):
    await ana.publish("Ask @sandbox about it")
    await ana.publish("Nothing to see")
    mentions = await api.mentions()
    assert [(post.text, post.username) for post in mentions] == [("Ask @sandbox about it", "ana")]


async def test_ghost_posts(world, api):
    await api.publish("Here to stay")
    await api.publish("Boo", is_ghost_post=True)
    world.advance(DAY_S)
    (ghost,) = await api.ghost_posts()
    assert (ghost.text, ghost.ghost_post_status) == ("Boo", "ARCHIVED")
    assert ghost.ghost_post_expiration_timestamp > ghost.timestamp


async def test_replies_are_approved_or_ignored(api, ana):
    root = await api.publish("Be kind", enable_reply_approvals=True)
    for text in ("Spam", "Thanks"):
        await ana.publish(text, reply_to_id=root.id)
    thanks, spam = await api.pending_replies(root.id, "pending")

    assert (await api.manage_pending_reply(thanks.id, approve=True)).success
    assert (await api.manage_pending_reply(spam.id, approve=False)).success

    assert await texts(api.replies(root.id)) == ["Thanks"]
    assert await texts(api.pending_replies(root.id, "ignored")) == ["Spam"]
    assert await texts(api.pending_replies(root.id, "pending")) == []


async def test_keyword_search(api, ana, picture):
    await ana.publish("Python in a tree", topic_tag="Snakes")
    await api.publish("A python", [picture])
    await ana.publish("A cat")
    assert await texts(api.keyword_search("python", search_type="RECENT")) == [
        "A python",
        "Python in a tree",
    ]
    assert await texts(api.keyword_search("Snakes", search_mode="TAG")) == ["Python in a tree"]
    assert await texts(api.keyword_search("python", media_type="IMAGE")) == ["A python"]
    assert await texts(api.keyword_search("python", author_username="ana")) == ["Python in a tree"]
    account = await api.account(fields="recently_searched_keywords")
    assert {search.query for search in account.recently_searched_keywords} == {"python", "Snakes"}


async def test_profile_lookup(world, api, ana):
    world.set_numbers(username="ana", name="Ana", biography="Hi", followers_count=120)
    await ana.publish("Hello")
    profile = await api.profile_lookup("ana")
    assert (profile.username, profile.name, profile.biography) == ("ana", "Ana", "Hi")
    assert (profile.follower_count, profile.likes_count) == (120, 0)


async def test_profile_posts(api, ana):
    for n in range(3):
        await ana.publish(f"Post {n}")
    assert await texts(api.profile_posts("ana", limit=2)) == ["Post 2", "Post 1", "Post 0"]
    page = await api.profile_posts("ana", limit=2)
    assert (len(page), page[0].owner) == (2, None)


async def test_places(api):
    (found,) = await api.location_search("berlin")
    (near,) = await api.location_search(latitude=52.5, longitude=13.4)
    assert found == near == await api.location(BERLIN)
    assert (found.name, found.country, found.postal_code) == ("Berlin", "Germany", "10117")


async def test_oembed_is_sent_without_the_token(world, api):
    published = await api.publish("Show me <b>")
    permalink = (await api.thread(published.id)).permalink
    shown = await api.oembed(permalink, maxwidth=400)
    assert "Show me &lt;b&gt;" in shown.html
    assert (shown.provider_name, shown.width) == ("Threads", 400)
    assert (world.requests()[-1]["call"], world.requests()[-1]["account_id"]) == ("oembed", None)


async def test_debug_token(world, api):
    world.add_token("SMALL", scopes=["threads_basic"], expires_in_s=3600)
    own, other = await api.debug_token(), await api.debug_token("SMALL")
    unknown = await api.debug_token("NO-SUCH")
    assert (own.is_valid, set(own.scopes)) == (True, set(SCOPES))
    assert (other.scopes, other.user_id) == (("threads_basic",), ACCOUNT)
    assert (other.expires_at - other.issued_at).total_seconds() == 3600
    assert (unknown.is_valid, unknown.error["code"]) == (False, 190)
    assert {request["params"]["input_token"] for request in world.requests()} == {"***"}


async def test_the_apps_own_token_inspects_tokens(world, monkeypatch):
    monkeypatch.setenv("THREADS_API_BASE_URL", world.base_url)
    config = Threads.load_configuration(
        app_id="1", api_secret="sandbox", redirect_uri="https://example.org/"
    )
    async with API(Credentials.of_token(Threads.fetch_app_token(config))) as app:
        assert (await app.debug_token("SANDBOX")).user_id == ACCOUNT
        assert (await app.debug_token()).type == "APP"


async def test_an_unknown_token_is_refused_and_not_shown(world):
    async with API(Credentials.of_token("NO-SUCH"), base_url=world.base_url) as stranger:
        with pytest.raises(TokenError, match="token") as caught:
            await stranger.account()
    assert "NO-SUCH" not in f"{caught.value}{caught.value.response}"


async def test_pages_backwards(api):
    for n in range(5):
        await api.publish(f"Post {n}")
    last = [page async for page in api.threads(limit=2).pages()][-1]
    pages = [page async for page in api.threads(limit=2, before=last.before).pages()]
    assert [[post.text for post in page] for page in pages] == [
        ["Post 2", "Post 1"],
        ["Post 4", "Post 3"],
    ]


@pytest.mark.parametrize(
    ("call", "scope"),
    [
        (lambda api: api.create_container("Hello"), "content_publish"),
        (lambda api: api.create_container("Hi", location_id=BERLIN), "location_tagging"),
        (lambda api: api.create_container("Hi", crossreshare_to_ig=True), "share_to_instagram"),
        (lambda api: api.publishing_limit(), "content_publish"),
        (lambda api: api.publishing_limit(), "manage_replies"),
        (lambda api: api.publishing_limit("delete_quota_usage"), "delete"),
        (lambda api: api.delete(AN_ID), "delete"),
        (lambda api: api.user_replies(), "read_replies"),
        (lambda api: api.replies(AN_ID), "read_replies"),
        (lambda api: api.conversation(AN_ID), "read_replies"),
        (lambda api: api.pending_replies(AN_ID), "read_replies"),
        (lambda api: api.manage_reply(AN_ID, True), "manage_replies"),
        (lambda api: api.manage_pending_reply(AN_ID, approve=True), "manage_replies"),
        (lambda api: api.mentions(), "manage_mentions"),
        (lambda api: api.insights(AN_ID), "manage_insights"),
        (lambda api: api.user_insights("views"), "manage_insights"),
        (lambda api: api.keyword_search("cat"), "keyword_search"),
        (lambda api: api.profile_lookup("ana"), "profile_discovery"),
        (lambda api: api.profile_posts("ana"), "profile_discovery"),
        (lambda api: api.location_search("Berlin"), "location_tagging"),
        (lambda api: api.location(BERLIN), "location_tagging"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_missing_scope_is_named(world, call, scope):
    name = f"threads_{scope}"
    world.add_token("LESS", scopes=[known for known in SCOPES if known != name])
    async with API(Credentials.of_token("LESS"), base_url=world.base_url) as api:
        with pytest.raises(PermissionDeniedError, match=re.escape(name)) as caught:
            await call(api)
    assert name in caught.value.scopes


@pytest.mark.parametrize("call", [API.publish_container, API.repost], ids=["publish", "repost"])
async def test_a_missing_scope_of_what_publishes_leaves_it_open(world, call):
    """Meta has answered 500 with code 10 to posts that were published all the same."""
    world.add_token("LESS", scopes=["threads_basic"])
    async with API(Credentials.of_token("LESS"), base_url=world.base_url) as api:
        with pytest.raises(AmbiguousError, match="permission"):
            await call(api, AN_ID)
