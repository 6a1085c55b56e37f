"""PyThreads' README, "Authentication": a person logs in, the token is refreshed a day later."""

import json
import os
from urllib import request

from browser import allow

os.environ |= {
    "THREADS_REDIRECT_URI": "https://example.org/callback",
    "THREADS_APP_ID": "1",
    "THREADS_API_SECRET": "sandbox",
    "OAUTHLIB_INSECURE_TRANSPORT": "1",
}

from pythreads import threads
from pythreads.credentials import Credentials
from pythreads.threads import Threads

address = os.environ["SANDBOX"]
threads.GRAPH_API_BASE_URL = f"{address}/"

auth_url, state_key = Threads.authorization_url()
credentials = Threads.complete_authorization(allow(address, auth_url), state_key)
credentials = Credentials.from_json(credentials.to_json())

day = json.dumps({"advance_s": 86_400}).encode()
request.urlopen(request.Request(f"{address}/_sandbox/clock", day, method="POST"))
token, expiration = Threads.refresh_long_lived_token(credentials)

print(
    json.dumps(
        {
            "user_id": str(credentials.user_id),
            "short_lived": credentials.short_lived,
            "days": credentials.expires_in() // 86_400,
            "is_new": token != credentials.access_token,
        }
    )
)
