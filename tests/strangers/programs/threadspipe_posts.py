"""ThreadsPipePy's README: a chain, files, a reply, lists, insights, hiding, reposting."""

import json
import os

from threadspipepy.threadspipe import ThreadsPipe

address = os.environ["SANDBOX"]
media = f"{address}/_sandbox/media"
api = ThreadsPipe(
    user_id=17841400000000001,
    access_token="SANDBOX",
    disable_logging=True,
    post_publish_wait_time=1,
    media_item_publish_wait_time=1,
)

text = api.pipe(
    "A text", who_can_reply="accounts_you_follow", link_attachments=["https://e.com/a?b=1"]
)
root = text["data"]["media_ids"][0]
picture = api.pipe("A cat #cats", files=[f"{media}/cat.jpg"], file_captions=["A cat & a mat"])
carousel = api.pipe(
    "All",
    files=[f"{media}/cat.jpg", f"{media}/film.mp4", f"{media}/dog.png"],
    file_captions=["A cat", None, "A dog"],
    allowed_country_codes=["US", "CA"],
)
chain = api.pipe("word " * 250)
reply = api.pipe("A reply", reply_to_id=root)
quote = api.pipe("See this", quote_post_id=root)
reply_id = reply["data"]["media_ids"][0]

print(
    json.dumps(
        {
            "infos": [one["info"] for one in (text, picture, carousel, chain, reply, quote)],
            "parts": len(chain["data"]["media_ids"]),
            "profile": api.get_profile()["username"],
            "listed": len(api.get_posts(limit=50)["data"]),
            "post": api.get_post(root)["text"],
            "own_replies": len(api.get_user_replies()["data"]),
            "replies": len(api.get_post_replies(root)["data"]),
            "conversation": len(api.get_post_replies(root, top_levels=False)["data"]),
            "hidden": api.hide_reply(reply_id, True),
            "insights": len(api.get_post_insights(root)["data"]),
            "user_insights": [one["name"] for one in api.get_user_insights()["data"]],
            "quota": api.get_quota_usage()["data"][0]["quota_usage"],
            "countries": [
                post["allowlisted_country_codes"]
                for post in api.get_allowlisted_country_codes(limit=50)["data"]
                if "allowlisted_country_codes" in post
            ],
            "reposted": "id" in api.repost_post(root),
        }
    )
)
