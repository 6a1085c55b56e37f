"""The requests of Meta's public Postman collection, as it sends them: all in the query, no version.

The table is ours; what is asked for is that of `postman/threads-api.postman_collection.json` in
github.com/fbsamples/threads_api, commit 0e41653c, read 2026-11-22. `{name}` is one of its variables.
"""

from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from sandboxed import DAY_S

POST_FIELDS = (
    "id,media_product_type,media_type,media_url,gif_url,permalink,owner,username,text,timestamp,"
    "shortcode,thumbnail_url,children,is_quote_post,quoted_post,reposted_post,has_replies,alt_text,"
    "link_attachment_url,poll_attachment{{option_a,option_b,option_c,option_d,"
    "option_a_votes_percentage,option_b_votes_percentage,option_c_votes_percentage,"
    "option_d_votes_percentage,expiration_timestamp}},location_id"
)
REPLY_FIELDS = (
    f"{POST_FIELDS.replace('owner,', '')},is_reply,is_reply_owned_by_me,root_post,replied_to,"
    "hide_status,reply_audience"
)
PROFILE_FIELDS = (
    "id,username,name,is_verified,threads_profile_picture_url,threads_biography,"
    "recently_searched_keywords,is_eligible_for_geo_gating"
)
QUOTA_FIELDS = (
    "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config,"
    "location_search_quota_usage,location_search_config"
)
PLACE_FIELDS = "id,address,city,country,name,latitude,longitude,postal_code"
POLL = '{{"option_a":"first","option_b":"second","option_c":"third","option_d":"fourth"}}'

REQUESTS = f"""
POST me/threads?text=This is a test post.&media_type=TEXT&auto_publish_text=true
POST me/threads?text=This is a test post.&media_type=TEXT&link_attachment=https://developers.facebook.com/
POST me/threads?text=This is a test post.&media_type=TEXT&poll_attachment={POLL}
POST me/threads?text=This is a test post.&media_type=TEXT&topic_tag=ThreadsAPI&location_id={{location_id}}
POST me/threads?text=This is an image.&media_type=IMAGE&image_url={{image_url}}&alt_text=An example image.
POST me/threads?text=This is a video.&media_type=VIDEO&video_url={{video_url}}&alt_text=An example video.
POST me/threads_publish?creation_id={{container_id}}
POST me/threads?media_type=IMAGE&image_url={{image_url}}&is_carousel_item=true&alt_text=An example image.
POST me/threads?media_type=VIDEO&video_url={{video_url}}&is_carousel_item=true&alt_text=An example video.
POST me/threads?media_type=CAROUSEL&children={{carousel_children_ids}}&text=This is a carousel.
POST me/threads?text=This is a quoted post.&media_type=TEXT&quote_post_id={{thread_id}}
POST me/threads?text=This is a quoted post.&media_type=TEXT&quote_post_id={{thread_id}}&alt_text=This is alt text.
POST {{thread_id}}/repost
GET location_search?q=Menlo Park&fields={PLACE_FIELDS}
GET {{location_id}}?fields={PLACE_FIELDS}
GET me?fields={PROFILE_FIELDS}
GET profile_lookup?username=threads
GET {{thread_id}}?fields={POST_FIELDS}
GET me/threads?fields={POST_FIELDS}&limit=50
GET profile_posts?username=threads&fields={POST_FIELDS}
GET {{thread_id}}/replies?fields={REPLY_FIELDS}&reverse=false
GET {{thread_id}}/conversation?fields={REPLY_FIELDS}&reverse=false
POST {{reply_thread_id}}/manage_reply?hide=true
POST me/threads?media_type=TEXT&text=Text&reply_to_id={{reply_thread_id}}
POST me/threads?media_type=TEXT&text=Text&reply_control=everyone
POST me/threads?media_type=TEXT&text=Text&reply_control=accounts_you_follow
POST me/threads?media_type=TEXT&text=Text&reply_control=mentioned_only
POST me/threads?media_type=TEXT&text=Text&reply_control=parent_post_author_only
POST me/threads?media_type=TEXT&text=Text&reply_control=followers_only
GET me/replies?fields={REPLY_FIELDS}&limit=50
DELETE {{thread_id}}
GET {{thread_id}}/insights?metric=views,likes,replies,reposts,quotes,shares
GET me/threads_insights?metric=views,likes,replies,reposts,quotes,clicks,followers_count,follower_demographics&breakdown=country
GET keyword_search?q=ThreadsAPI&search_type=TOP&fields={POST_FIELDS}
GET keyword_search?q=ThreadsAPI&search_type=TOP&fields={POST_FIELDS}&search_mode=TAG&limit=50&since=2025-01-01&until=2025-02-01
GET me/mentions?fields={POST_FIELDS}&limit=50
GET {{container_id}}/?fields=id,status,error_message
GET me/threads_publishing_limit?fields={QUOTA_FIELDS}
GET debug_token?input_token={{input_token}}
GET refresh_access_token?grant_type=th_refresh_token
""".strip().splitlines()

BACK = "https://www.domain.com/login"
EXCHANGE = (
    "POST oauth/access_token?client_id=1&client_secret=sandbox&code={code}"
    f"&grant_type=authorization_code&redirect_uri={BACK}"
)


@pytest.fixture
def call(world):
    """Sends a line of the table; an httpx answer."""
    with httpx.Client(base_url=world.base_url, verify=False, trust_env=False) as client:

        def call(line, token="LONG", **variables):
            method, _, target = line.partition(" ")
            path, _, query = target.format(**variables).partition("?")
            params = parse_qsl(query) + ([("access_token", token)] if token else [])
            body = b"" if method == "POST" else None
            return client.request(method, f"/{path}?{urlencode(params)}", content=body)

        yield call


@pytest.fixture
def variables(world, call):
    """What the collection's variables stand for after its requests before."""
    world.add_token("LONG", expires_in_s=60 * DAY_S)
    world.add_token("THREADS", username="threads", followers_count=1000)
    world.advance(DAY_S)
    image_url = f"{world.base_url}/_sandbox/media/cat.jpg"
    item = f"POST me/threads?media_type=IMAGE&image_url={image_url}&is_carousel_item=true"
    text = "POST me/threads?media_type=TEXT&text=ThreadsAPI"
    root = call(f"{text}&auto_publish_text=true").json()["id"]
    reply = call(f"{text}&auto_publish_text=true&reply_to_id={root}", token="THREADS")
    return {
        "image_url": image_url,
        "video_url": f"{world.base_url}/_sandbox/media/film.mp4",
        "location_id": "123456789012345",
        "container_id": call(text).json()["id"],
        "carousel_children_ids": ",".join(call(item).json()["id"] for _ in range(2)),
        "thread_id": root,
        "reply_thread_id": reply.json()["id"],
        "permalink": call(f"GET {root}?fields=permalink").json()["permalink"],
        "input_token": "LONG",
    }


@pytest.mark.parametrize("line", REQUESTS, ids=lambda line: line[:70])
def test_a_request_of_the_collection_is_answered(call, variables, line):
    answer = call(line, **variables)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "line",
    [
        "GET oembed?url={permalink}",
        "GET oauth/access_token?grant_type=client_credentials&client_id=1&client_secret=sandbox",
    ],
    ids=["oembed", "app token"],
)
def test_a_request_without_a_token_is_answered(call, variables, line):
    answer = call(line, token=None, **variables)
    assert answer.status_code == 200, answer.text


def test_a_code_becomes_a_short_token_and_that_a_long_one(world, call):
    asked = urlencode({"client_id": "1", "redirect_uri": BACK, "scope": "threads_basic"})
    returned = world.allow(f"{world.base_url}/oauth/authorize?response_type=code&{asked}")
    code = returned.partition("code=")[2].partition("#_")[0]
    short = call(EXCHANGE, token=None, code=code).json()["access_token"]
    line = "GET access_token?grant_type=th_exchange_token&client_secret=sandbox"
    assert call(line, token=short).json()["expires_in"] == 60 * DAY_S
