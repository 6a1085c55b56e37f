"""ThreadsPipePy's README: the authorize window, both tokens, and the refresh a day later."""

import json
import os
import webbrowser
from urllib import request

from browser import allow
from threadspipepy.threadspipe import ThreadsPipe

address = os.environ["SANDBOX"]
opened = []
webbrowser.open = opened.append

api = ThreadsPipe(user_id=0, access_token="", disable_logging=True)
api.get_auth_token("1", "https://example.org/callback", state="abc")
back = allow(address, opened[0])
code = back.partition("code=")[2].partition("&")[0].removesuffix("#_")
tokens = api.get_access_tokens("1", "sandbox", code, "https://example.org/callback")

day = json.dumps({"advance_s": 86_400}).encode()
request.urlopen(request.Request(f"{address}/_sandbox/clock", day, method="POST"))
refreshed = api.refresh_token(tokens["tokens"]["long_lived"]["access_token"])
again = api.get_access_tokens("1", "sandbox", code, "https://example.org/callback")

print(
    json.dumps(
        {
            "user_id": tokens["user_id"],
            "expires_in": tokens["tokens"]["long_lived"]["expires_in"],
            "refreshed": refreshed["token_type"],
            "again": again["message"],
        }
    )
)
