"""Each example of an answer in `examples/` has a counterpart: the sandbox's has the same keys and types.

The examples hold made-up values in the shapes that Meta's pages and field reports show, read
2026-11-22. Errors must also have the same code, subcode, type and title.
"""

import json
from pathlib import Path

import pytest
from caller import JPEG, MP4, Caller
from test_sandbox_oauth import WISH, code_of, exchange, grant, long_token, refresh

EXAMPLES = {path.stem: path for path in Path(__file__).with_name("examples").glob("*.json")}
_EXPANDED = ("poll_attachment", "location")
PLACE = "123456789012345"
DAY_S = 86_400


def example(name):
    return json.loads(EXAMPLES[name].read_text(encoding="utf-8"))


def shape(value):
    """Keys and types, without values; a list has the shape of all its items together."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items() if key != "fbtrace_id"}
    if isinstance(value, list):
        return [_together([shape(one) for one in value])]
    return "number" if isinstance(value, float) else type(value).__name__


def _together(shapes):
    if shapes and all(isinstance(one, dict) for one in shapes):
        return {key: found for one in shapes for key, found in one.items()}
    return shapes[0] if shapes else None


def fields_of(value):
    """The fields that an example must have been asked for."""
    posts = value.get("data", [value])
    found = {name: inside for post in posts for name, inside in post.items()}
    names = [f"{n}{{{','.join(v)}}}" if n in _EXPANDED else n for n, v in found.items()]
    return ",".join(names)


class Stage:
    """A sandbox in which everything that the examples show can be made."""

    def __init__(self, caller, fan):
        self.caller, self.fan = caller, fan
        self.nobody = Caller(str(caller.base_url), "")

    def get(self, name, path, **params):
        """The answer to the request of an example, asked for the fields it has."""
        asked = {"fields": fields_of(example(name)), **params}
        return self.caller.get(f"/v1.0/{path}", params=asked)

    def post(self, name, text="x", **params):
        return self.get(name, self.caller.published(text, **params))

    def create(self, **params):
        data = {"media_type": "TEXT", "text": "x", **params}
        return self.caller.post("/v1.0/me/threads", data=data)

    def picture(self):
        return self.caller.put_media("i.jpg", JPEG)

    def video(self):
        return self.caller.put_media("v.mp4", MP4)

    def failed(self, error):
        self.caller.set_faults(f"create:1:container-error:{error}")
        return self.status(self.caller.create())

    def status(self, container):
        return self.caller.get(f"/{container}", params={"fields": "id,status,error_message"})

    def fault(self, name):
        self.caller.set_faults(f"publish:1:{name}")
        return self.caller.publish("1")

    def authorize(self, **wrong):
        return self.nobody.get("/oauth/authorize", params={**WISH, **wrong})

    def token(self, code):
        return self.nobody.post("/oauth/access_token", data=grant(code))

    def as_long_ago(self, days):
        self.caller.advance(days * DAY_S)


@pytest.fixture
def stage(caller, fan):
    stage = Stage(caller, fan)
    with stage.nobody:
        yield stage


def app_token(s):
    params = {**grant(""), "grant_type": "client_credentials"}
    return s.nobody.get("/oauth/access_token", params=params)


def expired(s):
    container = s.caller.create()
    s.as_long_ago(1)
    return s.status(container)


def published(s):
    container = s.caller.create()
    s.caller.publish(container)
    return s.status(container)


def conversation(s, name, edge):
    root = s.caller.published()
    first = s.fan.published("Nice!", reply_to_id=root)
    s.caller.published("Thank you", reply_to_id=first)
    return s.get(name, f"{root}/{edge}")


def pending(s):
    root = s.caller.published(enable_reply_approvals="true")
    s.fan.published("May I?", reply_to_id=root)
    return s.get("pending-replies", f"{root}/pending_replies")


def manage(s, call, **params):
    root = s.caller.published(enable_reply_approvals="true")
    reply = s.fan.published("x", reply_to_id=root)
    return s.caller.post(f"/v1.0/{reply}/{call}", params=params)


def carousel(s):
    items = [s.caller.item(s.picture()), s.caller.item(s.picture())]
    return s.post("media-carousel", media_type="CAROUSEL", children=",".join(items))


def repost(s):
    return s.caller.post(f"/{s.fan.published()}/repost")


def threads_list(s):
    s.caller.published("text")
    s.caller.published("video", media_type="VIDEO", video_url=s.video())
    return s.get("threads-list", "me/threads")


def reposted(s):
    return s.get("media-repost", repost(s).json()["id"])


def own_replies(s):
    s.caller.published("y", reply_to_id=s.caller.published("x"))
    return s.get("user-replies", "me/replies")


def mentions(s):
    s.fan.published("Hi @sandbox")
    return s.get("mentions", "me/mentions")


def ghosts(s):
    s.caller.published(is_ghost_post="true")
    return s.get("ghost-posts", "me/ghost_posts")


def found(s, name, path, **params):
    s.fan.published("A post about the keyword")
    return s.get(name, path, **params)


def insights(s, metric, **params):
    return s.caller.get("/v1.0/me/threads_insights", params={"metric": metric, **params})


def clicks(s):
    s.caller.steer("numbers", id=s.caller.published(), clicks={"https://example.com/a": 7})
    return insights(s, "clicks")


def demographics(s):
    facts = {"followers_count": 260, "demographics": {"country": {"US": 200, "DE": 60}}}
    s.caller.steer("numbers", username="sandbox", **facts)
    return insights(s, "follower_demographics", breakdown="country")


def media_insights(s, post):
    metric = "views,likes,replies,reposts,quotes,shares"
    return s.caller.get(f"/v1.0/{post}/insights", params={"metric": metric})


def searched(s):
    s.caller.get("/keyword_search", params={"q": "x"})
    return s.get("me-recently-searched", "me")


def oembed(s):
    link = s.caller.node(s.caller.published(), "permalink")["permalink"]
    return s.nobody.get("/v1.0/oembed", params={"url": link})


def user_id_text(s):
    s.nobody.steer("app", is_user_id_text=True)
    return s.token(code_of(s.nobody))


def refreshed(s):
    token = long_token(s.nobody)
    s.as_long_ago(1)
    return refresh(s.nobody, token)


def used_code(s):
    code = code_of(s.nobody)
    s.token(code)
    return s.token(code)


def debugged(s):
    params = {"access_token": "SANDBOX", "input_token": long_token(s.nobody)}
    return s.nobody.get("/v1.0/debug_token", params=params)


def old_token(s):
    s.caller.steer("accounts", username="sandbox", token="OLD", expires_in_s=0)
    return s.nobody.get("/me", params={"access_token": "OLD"})


def no_grant(s):
    s.caller.steer("accounts", username="sandbox", token="NONE", scopes=[])
    return s.nobody.get("/me", params={"access_token": "NONE"})


def no_delete(s):
    with s.caller.without("threads_delete") as less:
        return less.delete(f"/{s.caller.published()}")


def not_eligible(s):
    with s.caller.other("local", is_eligible_for_geo_gating=False) as local:
        data = {"media_type": "TEXT", "text": "x", "allowlisted_country_codes": "US"}
        return local.post("/me/threads", data=data)


def unregistered(s):
    s.nobody.steer("app", redirect_uris=["https://other.example/"])
    return s.authorize()


def gone_parent(s):
    gone = s.caller.published()
    s.caller.delete(f"/{gone}")
    return s.create(reply_to_id=gone)


LIMIT = "me/threads_publishing_limit"
LONG_TEXT = '{"plaintext": "A long text", "link_attachment_url": "https://example.com/source", '
LONG_TEXT += '"text_with_styling_info": [{"offset": 2, "length": 4, "styling_info": ["bold"]}]}'
SPOILER = '[{"entity_type": "SPOILER", "offset": 0, "length": 1}]'
POLL = '{"option_a": "Tabs", "option_b": "Spaces"}'
GIF = '{"gif_id": "abc123", "provider": "GIPHY"}'

CASES = {
    "app-token": app_token,
    "auto-publish-text": lambda s: s.create(auto_publish_text="true"),
    "container-status-error-failed-downloading-video": lambda s: s.failed(
        "FAILED_DOWNLOADING_VIDEO"
    ),
    "container-status-error-unknown": lambda s: s.failed("UNKNOWN"),
    "container-status-expired": expired,
    "container-status-finished": lambda s: s.status(s.caller.create()),
    "container-status-published": published,
    "conversation": lambda s: conversation(s, "conversation", "conversation"),
    "create-container": lambda s: s.create(),
    "debug-token": debugged,
    "delete": lambda s: s.caller.delete(f"/v1.0/{s.caller.published()}"),
    "ghost-posts": ghosts,
    "insights-media": lambda s: media_insights(s, s.caller.published()),
    "insights-media-empty": lambda s: media_insights(s, repost(s).json()["id"]),
    "insights-user-clicks": clicks,
    "insights-user-demographics": demographics,
    "insights-user-totals": lambda s: insights(s, "likes,replies,reposts,quotes,followers_count"),
    "insights-user-views": lambda s: insights(s, "views"),
    "keyword-search": lambda s: found(s, "keyword-search", "keyword_search", q="keyword"),
    "location": lambda s: s.get("location", PLACE),
    "location-search": lambda s: s.get("location-search", "location_search", q="Menlo Park"),
    "manage-pending-reply": lambda s: manage(s, "manage_pending_reply", approve="true"),
    "manage-reply": lambda s: manage(s, "manage_reply", hide="true"),
    "me": lambda s: s.get("me", "me"),
    "me-geo-eligibility": lambda s: s.get("me-geo-eligibility", "me"),
    "me-recently-searched": searched,
    "media-carousel": carousel,
    "media-geo-gated": lambda s: s.post("media-geo-gated", allowlisted_country_codes="US,CA"),
    "media-ghost": lambda s: s.post("media-ghost", is_ghost_post="true"),
    "media-gif": lambda s: s.post("media-gif", gif_attachment=GIF),
    "media-image": lambda s: s.post(
        "media-image", media_type="IMAGE", image_url=s.picture(), alt_text="A cube"
    ),
    "media-link-attachment": lambda s: s.post(
        "media-link-attachment", link_attachment="https://example.com/article"
    ),
    "media-location": lambda s: s.post("media-location", location_id=PLACE),
    "media-poll": lambda s: s.post("media-poll", poll_attachment=POLL),
    "media-quote": lambda s: s.post("media-quote", quote_post_id=s.fan.published()),
    "media-reply": lambda s: s.post("media-reply", reply_to_id=s.caller.published()),
    "media-repost": reposted,
    "media-spoiler": lambda s: s.post(
        "media-spoiler",
        media_type="IMAGE",
        image_url=s.picture(),
        is_spoiler_media="true",
        text_entities=SPOILER,
    ),
    "media-text-attachment": lambda s: s.post("media-text-attachment", text_attachment=LONG_TEXT),
    "media-text-post": lambda s: s.post("media-text-post", topic_tag="ThreadsAPI"),
    "media-video": lambda s: s.post(
        "media-video", media_type="VIDEO", video_url=s.video(), alt_text="A cube that turns"
    ),
    "mentions": mentions,
    "oauth-long-token": lambda s: exchange(
        s.nobody, s.token(code_of(s.nobody)).json()["access_token"]
    ),
    "oauth-refresh": refreshed,
    "oauth-short-token": lambda s: s.token(code_of(s.nobody)),
    "oauth-short-token-string-user-id": user_id_text,
    "oembed": oembed,
    "pending-replies": pending,
    "profile-lookup": lambda s: s.caller.get("/v1.0/profile_lookup", params={"username": "fan"}),
    "profile-posts": lambda s: found(s, "profile-posts", "profile_posts", username="fan"),
    "publish": lambda s: s.caller.publish(s.caller.create()),
    "publish-crossshare": lambda s: s.caller.publish(s.caller.create(crossreshare_to_ig="true")),
    "publishing-limit": lambda s: s.get("publishing-limit", LIMIT),
    "publishing-limit-reply-only": lambda s: s.get("publishing-limit-reply-only", LIMIT),
    "replies": lambda s: conversation(s, "replies", "replies"),
    "repost": repost,
    "threads-list": threads_list,
    "threads-list-empty": lambda s: s.caller.get("/me/threads"),
    "user-replies": own_replies,
}

ERRORS = {
    "error-1-2207052-media-fetch": lambda s: s.create(
        media_type="IMAGE", image_url=str(s.caller.base_url) + "/_sandbox/media/none.jpg"
    ),
    "error-1-unknown": lambda s: s.fault("unknown"),
    "error-10-4279067-access-tier": lambda s: s.fault("access-tier"),
    "error-10-no-permission": no_delete,
    "error-100-10-no-grant": no_grant,
    "error-100-33-not-found": lambda s: s.caller.get("/18000000000009999"),
    "error-100-4279004-carousel-children": lambda s: s.create(
        media_type="CAROUSEL", children="17900000000000011,17900000000000012"
    ),
    "error-100-invalid-creation-id": lambda s: s.caller.publish("abc"),
    "error-100-invalid-image-url": lambda s: s.create(media_type="IMAGE", image_url="cat.jpg"),
    "error-100-invalid-reply-to-id": lambda s: s.create(reply_to_id="abc"),
    "error-100-nonexisting-field-mentions": lambda s: s.fault("no-mentions"),
    "error-100-nonexisting-field-status": lambda s: s.caller.get(
        f"/{s.caller.published()}", params={"fields": "status"}
    ),
    "error-100-period-required": lambda s: s.fault("period-required"),
    "error-100-text-required": lambda s: s.create(text=""),
    "error-100-text-too-long": lambda s: s.create(text="x" * 501),
    "error-190-expired-463": old_token,
    "error-190-invalid-token": lambda s: s.nobody.get("/me", params={"access_token": "EAAB"}),
    "error-190-password-changed-460": lambda s: s.fault("password-changed"),
    "error-2-transient": lambda s: s.fault("transient"),
    "error-2207051-activity-restricted": lambda s: s.fault("activity-restricted"),
    "error-24-4279009": lambda s: s.caller.publish("17900000000009999"),
    "error-24-4279009-parent": gone_parent,
    "error-4-rate-limit": lambda s: s.fault("rate-limit"),
    "error-4279013-restricted": lambda s: s.fault("restricted"),
    "error-452-4279019": lambda s: exchange(s.nobody, long_token(s.nobody)),
    "error-613-rate": lambda s: s.fault("rate-613"),
    "error-authorize-1": lambda s: s.authorize(response_type="token"),
    "error-authorize-1349168": unregistered,
    "error-authorize-4476002": lambda s: s.authorize(client_id=""),
    "error-geo-gating": lambda s: s.create(allowlisted_country_codes="XX"),
    "error-geo-gating-not-available": not_eligible,
    "error-link-limit": lambda s: s.create(text=" ".join(f"https://{n}.example" for n in range(6))),
    "error-minus1-4279047-invalid-link": lambda s: s.fault("link-refused"),
    "error-oauth-code-used": lambda s: s.token("AQnothing"),
    "error-oauth-code-used-4279030": used_code,
}
_NOT_400 = {
    "error-10-no-permission",
    "error-100-invalid-image-url",
    "error-100-invalid-reply-to-id",
    "error-100-nonexisting-field-mentions",
    "error-100-text-required",
    "error-100-text-too-long",
    "error-2-transient",
}


def test_every_example_has_a_counterpart():
    assert CASES.keys() | ERRORS.keys() | {"container-status-in-progress"} == EXAMPLES.keys()


def test_a_container_in_progress_is_that_of_its_example(slow):
    url = slow.put_media("i.jpg", JPEG)
    status = slow.status(slow.create("", media_type="IMAGE", image_url=url))
    assert shape(status) == shape(example("container-status-in-progress"))
    assert status["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("name", CASES)
def test_an_answer_has_the_keys_and_types_of_its_example(stage, name):
    answer = CASES[name](stage)
    assert answer.status_code == 200, answer.text
    assert shape(answer.json()) == shape(example(name))


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_that_of_its_example(stage, name):
    answer = ERRORS[name](stage)
    assert answer.status_code == (500 if name in _NOT_400 else 400)
    ours, theirs = answer.json(), example(name)
    assert shape(ours) == shape(theirs)
    fixed = ("code", "error_subcode", "type", "is_transient", "error_user_title", "error_code")
    for value, wanted in ((ours, theirs), (ours.get("error", {}), theirs.get("error", {}))):
        assert {k: value.get(k) for k in fixed} == {k: wanted.get(k) for k in fixed}
