"""A plain HTTP caller of the sandbox, which knows nothing of threadsync's own client."""

import httpx
from clips import a_clip
from pictures import a_jpeg, a_png

from threadsync.sandbox.model import SCOPES
from threadsync.sandbox.storage.records import DEFAULT_TOKEN

JPEG = a_jpeg(size=(32, 24))
PNG = a_png(size=(32, 24))
MP4 = a_clip()
MOV = a_clip(brand=b"qt  ")
GIF = b"GIF89a" + bytes(60)


class Caller(httpx.Client):
    """Calls with a token; `http://127.0.0.1:PORT` is its base URL. Close it when done."""

    def __init__(self, base_url, token=DEFAULT_TOKEN, timeout=10):
        # No certificates to load: that alone would take longer than most tests.
        super().__init__(base_url=base_url, timeout=timeout, headers=bearer(token), verify=False)

    def create(self, text="Hello", **params):
        """The id of a new container, its video fetched; TEXT unless a media_type is given."""
        answer = self.post("/v1.0/me/threads", data={"media_type": "TEXT", "text": text, **params})
        assert answer.status_code == 200, answer.text
        if "video_url" in params:
            self.settle()
        return answer.json()["id"]

    def publish(self, container_id):
        return self.post("/v1.0/me/threads_publish", data={"creation_id": container_id})

    def published(self, text="Hello", **params):
        """The id of a new post."""
        return self.publish(self.create(text, **params)).json()["id"]

    def status(self, container_id):
        return self.node(container_id, "id,status,error_message")

    def node(self, object_id, fields):
        return self.get(f"/v1.0/{object_id}", params={"fields": fields}).json()

    def listed(self, edge, **params):
        """The texts of a list, in its order."""
        answer = self.get(f"/v1.0/{edge}", params={"fields": "text", **params}).json()
        return [post["text"] for post in answer["data"]]

    def listed_ids(self, edge, **params):
        answer = self.get(f"/v1.0/{edge}", params=params).json()
        return [post["id"] for post in answer["data"]]

    def put_media(self, name, content):
        """The URL under which `content` is served."""
        url = str(self.base_url).rstrip("/") + f"/_sandbox/media/{name}"
        assert self.put(url, content=content).status_code == 200
        return url

    def item(self, url):
        return self.create("", media_type="IMAGE", image_url=url, is_carousel_item="true")

    def advance(self, seconds):
        assert self.post("/_sandbox/clock", json={"advance_s": seconds}).status_code == 200

    def settle(self):
        """Wait until the videos of the containers made so far are fetched."""
        self.advance(0)

    def set_faults(self, *faults):
        answer = self.post("/_sandbox/faults", json=list(faults))
        assert answer.status_code == 200, answer.text

    def steer(self, what, **body):
        answer = self.post(f"/_sandbox/{what}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def other(self, username, **more):
        """A caller with an account of its own. Close it when done."""
        token = f"TOKEN-OF-{username}"
        self.steer("accounts", username=username, token=token, **more)
        return Caller(str(self.base_url), token)

    def without(self, scope):
        """A caller with the same account and every scope but one. Close it when done."""
        scopes = [one for one in SCOPES if one != scope]
        self.steer("accounts", username="sandbox", token=f"NO-{scope}", scopes=scopes)
        return Caller(str(self.base_url), f"NO-{scope}")

    def log(self):
        return self.get("/_sandbox/requests").json()["requests"]


def bearer(token):
    return {"authorization": f"Bearer {token}"} if token else {}


def refusal(answer):
    """HTTP status, code and subcode of an error answer."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")
