"""Media: fetched over real HTTP, told by their bytes, kept and served again."""

import struct
import zlib

import pytest
from caller import GIF, JPEG, MP4, PNG, Caller, refusal
from pictures import a_jpeg, a_png


@pytest.fixture
def host(elsewhere):
    elsewhere.files = {
        "/cat.jpg": JPEG,
        "/cat.png": PNG,
        "/cat.gif": GIF,
        "/moved.jpg": None,
        "/big.jpg": JPEG + bytes(8 * 1024 * 1024),
        "/cut.jpg": a_jpeg()[:-200],
        "/cut.png": a_png()[:-200],
        "/bomb.png": a_png_that_claims(60_000, 60_000),
        "/film.mp4": MP4,
    }
    return elsewhere


def a_png_that_claims(width, height):
    at = PNG.index(b"IHDR")
    header = b"IHDR" + struct.pack(">II", width, height) + PNG[at + 12 : at + 17]
    return PNG[:at] + header + struct.pack(">I", zlib.crc32(header)) + PNG[at + 21 :]


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


@pytest.mark.parametrize(
    "name",
    ["none.jpg", "moved.jpg", "cat.gif", "film.mp4", "big.jpg", "cut.jpg", "cut.png", "bomb.png"],
)
def test_a_bad_picture_is_refused_at_once(caller, host, name):
    url = f"{host.url}/{name}"
    answer = create(caller, "IMAGE", url)
    assert refusal(answer) == (400, 1, 2207052)
    assert url in answer.json()["error"]["error_user_msg"]


def test_an_address_without_a_server_is_a_failed_fetch(caller):
    assert refusal(create(caller, "IMAGE", "http://127.0.0.1:1/cat.jpg")) == (400, 1, 2207052)


@pytest.mark.parametrize("size", [(300, 30), (30, 300)])
def test_a_picture_may_be_ten_times_as_long(caller, size):
    url = caller.put_media("long.png", a_png(size=size))
    container_id = create(caller, "IMAGE", url).json()["id"]
    assert caller.status(container_id)["status"] == "FINISHED"


@pytest.mark.parametrize("size", [(301, 30), (30, 301)])
def test_a_longer_picture_shows_in_the_containers_status(caller, size):
    url = caller.put_media("long.jpg", a_jpeg(size=size))
    container_id = create(caller, "IMAGE", url).json()["id"]
    status = caller.status(container_id)
    assert (status["status"], status["error_message"]) == ("ERROR", "INVALID_ASPEC_RATIO")


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
