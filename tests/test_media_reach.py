"""An address fetched as Meta does: what is refused, and what the message says to change."""

from __future__ import annotations

import pytest
from fronts import front
from pictures import a_jpeg
from servers import make_certificate

from threadsync.media.delivery.reach import USER_AGENT, Reach, expected_of

pytestmark = pytest.mark.anyio
JPEG = a_jpeg()


@pytest.fixture
def host():
    with front() as server:
        server.files["/cat.jpg"] = ("image/jpeg", JPEG)
        yield server


@pytest.fixture
def expected(tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(JPEG)
    return expected_of(path)


async def refusal(host, expected, path="/cat.jpg"):
    reach = Reach()
    found = await reach.refusal(host.url + path, expected)
    await reach.aclose()
    if found is not None:
        assert found.startswith(host.url.removeprefix("http://"))
    return found


@pytest.mark.parametrize("knows_ranges", [True, False])
async def test_what_can_be_fetched_is_fine(host, expected, knows_ranges):
    host.knows_ranges = knows_ranges
    assert await refusal(host, expected) is None


async def test_it_asks_as_the_crawler_does(host, expected):
    await refusal(host, expected)
    (robots, _), (path, headers) = host.asked
    assert (robots, path) == ("/robots.txt", "/cat.jpg")
    assert (headers["User-Agent"], headers["Range"]) == (USER_AGENT, "bytes=0-511")


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (301, "a redirect to other.example; set media.public_base_url to the address"),
        (401, "let everybody read the objects"),
        (403, "let this user agent pass any bot protection"),
        (404, "media.public_base_url does not lead to what is in the bucket"),
        (410, "does not lead to"),
        (429, "answered 429; run the command again later"),
        (500, "answered 500; run the command again later"),
        (204, "it has to answer 200 or 206"),
    ],
)
async def test_a_status_that_is_none_of_success(host, expected, status, change):
    host.status = status
    host.headers = {"Location": "https://other.example/cat.jpg?secret=1"}
    found = await refusal(host, expected)
    assert f" answered {status}" in found
    assert change in found
    assert "secret" not in found


@pytest.mark.parametrize(
    ("header", "value", "change"),
    [
        ("Content-Type", "text/html; charset=utf-8", "sends the type 'text/html' instead of image"),
        ("Content-Type", "", "sends the type 'none' instead of image/jpeg"),
        ("Content-Encoding", "gzip", "Content-Encoding 'gzip'; switch compression off"),
        ("Content-Range", "bytes 0-511/999999", "sends 999999 bytes instead of"),
    ],
)
async def test_a_header_that_is_wrong(host, expected, header, value, change):
    host.headers = {header: value}
    assert change in await refusal(host, expected)


async def test_a_file_of_another_length(host, expected):
    host.files["/cat.jpg"] = ("image/jpeg", JPEG + b"x")
    host.knows_ranges = False
    assert f"sends {len(JPEG) + 1} bytes instead of {len(JPEG)}" in await refusal(host, expected)


async def test_other_bytes(host, expected):
    host.files["/cat.jpg"] = ("image/jpeg", bytes(len(JPEG)))
    assert "sends other bytes than the file's" in await refusal(host, expected)


@pytest.mark.parametrize(
    ("robots", "is_kept_away"),
    [
        ("User-agent: *\nDisallow: /", True),
        ("User-agent: facebookexternalhit\nDisallow: /cat", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: facebookexternalhit\nAllow: /", False),
        ("User-agent: *\nDisallow: /other", False),
        ("<html>not found</html>", False),
    ],
)
async def test_robots_txt_is_kept_to(host, expected, robots, is_kept_away):
    host.robots = robots
    found = await refusal(host, expected)
    assert ("/robots.txt keeps facebookexternalhit away" in (found or "")) is is_kept_away
    assert host.paths() == ([] if is_kept_away else ["/cat.jpg"])


async def test_robots_txt_is_read_once(host, expected):
    reach = Reach()
    for _ in range(3):
        await reach.refusal(f"{host.url}/cat.jpg", expected)
    await reach.aclose()
    assert [path for path, _ in host.asked].count("/robots.txt") == 1


async def test_a_host_that_is_not_there(expected):
    reach = Reach()
    found = await reach.refusal("http://127.0.0.1:1/cat.jpg?X-Amz-Signature=abc", expected)
    assert found == (
        "127.0.0.1:1 cannot be reached (ConnectError); check media.public_base_url and its DNS"
    )
    await reach.aclose()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IP:127.0.0.1", "has a certificate that Meta would not trust either (self-signed certif"),
        ("DNS:other.example", "has a certificate for another name; correct media.public_base_url"),
    ],
)
async def test_a_certificate_that_nobody_trusts(expected, tmp_path, monkeypatch, name, words):
    cert, key = make_certificate(tmp_path, name)
    if name.startswith("DNS"):
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with front((cert, key)) as host:
        reach = Reach()
        found = await reach.refusal(f"{host.url}/cat.jpg", expected)
        await reach.aclose()
    assert words in found


async def test_a_port_without_tls(host, expected):
    reach = Reach()
    found = await reach.refusal(host.url.replace("http", "https") + "/cat.jpg", expected)
    await reach.aclose()
    assert "does not speak TLS there; correct the port of media.public_base_url" in found
