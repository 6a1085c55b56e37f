"""Media: fetched over real HTTP, told by their bytes, kept and served again."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from caller import GIF, JPEG, MOV, MP4, PNG, Caller, refusal


@pytest.fixture
def host():
    """A web server elsewhere; it remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.path, self.headers["user-agent"]))
            status, body = server.files.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("location", "/cat.jpg")
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    server.files = {
        "/cat.jpg": (200, JPEG),
        "/cat.png": (200, PNG),
        "/cat.gif": (200, GIF),
        "/moved.jpg": (302, b""),
        "/big.jpg": (200, JPEG + bytes(8 * 1024 * 1024)),
        "/film.mp4": (200, MP4),
        "/film.mov": (200, MOV),
    }
    server.url = f"http://127.0.0.1:{server.server_port}"
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def create(caller, kind, url):
    data = {"media_type": kind, f"{kind.lower()}_url": url}
    return caller.post("/me/threads", data=data)


def test_media_are_fetched_as_meta_does(caller, host):
    assert create(caller, "IMAGE", f"{host.url}/cat.jpg?sig=1%2F2").status_code == 400
    assert create(caller, "IMAGE", f"{host.url}/cat.jpg").is_success
    paths = [path for path, _ in host.asked]
    assert paths == ["/cat.jpg?sig=1%2F2", "/cat.jpg"]
    assert all(agent.startswith("facebookexternalhit/1.1") for _, agent in host.asked)


@pytest.mark.parametrize("name", ["cat.jpg", "cat.png"])
def test_a_picture_is_told_by_its_bytes(caller, host, name):
    assert create(caller, "IMAGE", f"{host.url}/{name}").is_success


@pytest.mark.parametrize("name", ["none.jpg", "moved.jpg", "cat.gif", "film.mp4", "big.jpg"])
def test_a_bad_picture_is_refused_at_once(caller, host, name):
    url = f"{host.url}/{name}"
    answer = create(caller, "IMAGE", url)
    assert refusal(answer) == (400, 1, 2207052)
    assert url in answer.json()["error"]["error_user_msg"]


def test_an_address_without_a_server_is_a_failed_fetch(caller):
    assert refusal(create(caller, "IMAGE", "http://127.0.0.1:1/cat.jpg")) == (400, 1, 2207052)


@pytest.mark.parametrize("name", ["film.mp4", "film.mov"])
def test_a_video_is_published_with_its_own_address(caller, host, name):
    container_id = create(caller, "VIDEO", f"{host.url}/{name}").json()["id"]
    media_id = caller.publish(container_id).json()["id"]
    post = caller.node(media_id, "media_type,media_url")
    assert post["media_type"] == "VIDEO"
    assert caller.get(post["media_url"]).content == host.files[f"/{name}"][1]


@pytest.mark.parametrize(
    ("name", "error"), [("none.mp4", "FAILED_DOWNLOADING_VIDEO"), ("cat.jpg", "UNKNOWN")]
)
def test_a_bad_video_shows_in_the_containers_status(caller, host, name, error):
    container_id = create(caller, "VIDEO", f"{host.url}/{name}").json()["id"]
    status = caller.status(container_id)
    assert status == {"id": container_id, "status": "ERROR", "error_message": error}
    assert refusal(caller.publish(container_id)) == (400, 24, 4279009)


def test_nothing_is_fetched_for_a_call_that_is_refused(server, caller, host):
    url = f"{host.url}/cat.jpg"
    with Caller(server.base_url, "WRONG") as stranger:
        create(stranger, "IMAGE", url)
    caller.post("/me/threads", data={"media_type": "IMAGE", "image_url": url, "what": "x"})
    caller.set_faults("create:1:drop-before")
    with pytest.raises(Exception, match=r"disconnected|reset"):
        create(caller, "IMAGE", url)
    assert host.asked == []


def test_bytes_handed_in_are_served_with_their_type(caller):
    url = caller.put_media("sha256:abc.jpg", JPEG)
    answer = caller.get(url)
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert caller.head(url).headers["content-length"] == str(len(JPEG))


def test_head_tells_what_is_not_there(caller):
    assert caller.head("/_sandbox/media/cat.jpg").status_code == 404


def test_unknown_bytes_are_never_served_as_a_page(caller):
    url = caller.put_media("x.html", b"<script>alert(1)</script>")
    answer = caller.get(url)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_bytes_handed_in_again_take_the_place_of_the_first(caller):
    caller.put_media("a", JPEG)
    assert caller.get(caller.put_media("a", PNG)).content == PNG


@pytest.mark.parametrize("name", ["..%2Fworld.sqlite3", ".hidden", "a%20b", "x" * 201])
def test_names_stay_in_their_folder(caller, name):
    assert caller.put(f"/_sandbox/media/{name}", content=b"x").status_code in {400, 404}


def test_local_media_can_be_posted(caller, picture):
    media_id = caller.published("Cat", media_type="IMAGE", image_url=picture, alt_text="A cat")
    post = caller.node(media_id, "alt_text,media_type,media_url")
    assert (post["alt_text"], post["media_type"]) == ("A cat", "IMAGE")
    assert caller.get(post["media_url"]).content == JPEG
