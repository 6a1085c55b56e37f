"""What a person does at the authorize window, with nothing but the standard library."""

from urllib import request
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit


class _Stay(request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def allow(address, url):
    """Press Allow; the address that the browser is sent back to. `address` takes Meta's place."""
    form = {**dict(parse_qsl(urlsplit(url).query)), "decision": "allow"}
    asked = request.Request(f"{address}/oauth/authorize", urlencode(form).encode(), method="POST")
    try:
        request.build_opener(_Stay).open(asked)
    except HTTPError as answer:
        return answer.headers["location"]
    raise SystemExit("the window did not send the browser back")
