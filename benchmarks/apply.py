"""How long an apply takes: against bare httpx making the same calls, and while Meta processes media.

The sandbox is a process of its own. Bare httpx makes the same calls for other texts, one after the
other, over one kept-alive connection: with its blocking client, which is quicker, and with its async
one, which the client of threadsync uses. They take turns, a day's quota each.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import timing
from PIL import Image

DAYS, A_DAY = 4, 250
"""1,000 entries: what Meta's quota of a day allows, on four days."""
QUOTA_USED_UP = 7
IMAGES, PROCESSING_S = 40, 2.0


@contextmanager
def sandbox(folder, *options):
    """A sandbox and a client on it."""
    command = [timing.THREADSYNC, "sandbox", "--port", "0", "--data", str(folder), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip()
            with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
                client.headers["Authorization"] = "Bearer SANDBOX"
                yield client
        finally:
            process.terminate()


def project(root, entries):
    (root / "posts").mkdir(parents=True)
    (root / "threadsync.yaml").write_text("policy: {max_publish: 10000, alt_text: 'off'}\n")
    for n, text in enumerate(entries):
        (root / "posts" / f"{n:04}.yaml").write_text(text)


def applied(root, client):
    """Seconds that an apply of the project takes, whatever it leaves for another day."""
    environ = timing.environment() | {
        "THREADS_API_BASE_URL": str(client.base_url),
        "THREADS_ACCESS_TOKEN": "SANDBOX",
    }
    started = time.perf_counter()
    command = [timing.THREADSYNC, "-C", str(root), "-q", "apply", "--auto-approve"]
    done = subprocess.run(command, check=False, env=environ, stdout=subprocess.DEVNULL)
    assert done.returncode in {0, QUOTA_USED_UP}, done.returncode
    return time.perf_counter() - started


FIELDS = {"fields": "id,status,error_message"}
SEEN = {"fields": "id,permalink,replied_to"}


def repeated(client):
    """Seconds that bare httpx takes to make a day's posts by the same calls, one by one."""
    started = time.perf_counter()
    for n in range(A_DAY):
        post = {"media_type": "TEXT", "text": f"Bare {n}"}
        made = client.post("/v1.0/me/threads", data=post).json()["id"]
        assert client.get(f"/v1.0/{made}", params=FIELDS).json()["status"] == "FINISHED"
        sent = client.post("/v1.0/me/threads_publish", data={"creation_id": made}).json()["id"]
        assert client.get(f"/v1.0/{sent}", params=SEEN).json()["id"] == sent
    return time.perf_counter() - started


async def repeated_async(client):
    """The same by the async client of httpx."""
    url, headers = client.base_url, client.headers
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as bare:
        started = time.perf_counter()
        for n in range(A_DAY):
            post = {"media_type": "TEXT", "text": f"Bare async {n}"}
            made = (await bare.post("/v1.0/me/threads", data=post)).json()["id"]
            status = (await bare.get(f"/v1.0/{made}", params=FIELDS)).json()["status"]
            assert status == "FINISHED"
            data = {"creation_id": made}
            sent = (await bare.post("/v1.0/me/threads_publish", data=data)).json()["id"]
            assert (await bare.get(f"/v1.0/{sent}", params=SEEN)).json()["id"] == sent
        return time.perf_counter() - started


def a_day_later(client):
    """Make room in the quota."""
    client.post("/_sandbox/clock", json={"advance_s": 90_000})


def texts(folder):
    ours = theirs = of_async = 0.0
    with sandbox(folder / "world") as client:
        project(folder / "project", [f"text: Number {n}\n" for n in range(DAYS * A_DAY)])
        for _ in range(DAYS):
            ours += applied(folder / "project", client)
            a_day_later(client)
            theirs += repeated(client)
            a_day_later(client)
            of_async += asyncio.run(repeated_async(client))
            a_day_later(client)
    name, most = f"apply, {DAYS * A_DAY} texts", 1.5
    for kind, seconds in ((name, theirs), (f"{name}, async httpx", of_async)):
        timing.row(kind, ours * 1000, seconds * 1000, f"{most} x", verdict=ours <= most * seconds)


def images(folder, processing_s):
    """Seconds for entries with a picture each, that Meta takes so long to process."""
    with sandbox(folder / "world", "--processing-delay", str(processing_s)) as client:
        picture = io.BytesIO()
        Image.new("RGB", (320, 320), "red").save(picture, "JPEG")
        name = "/_sandbox/media/red.jpg"
        client.put(name, content=picture.getvalue()).raise_for_status()
        media = f"media: [{{url: '{client.base_url.join(name)}', type: image}}]\n"
        project(folder / "project", [f"text: Picture {n}\n{media}" for n in range(IMAGES)])
        return applied(folder / "project", client)


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        timing.header("bare httpx")
        texts(root / "texts")
        quick, slow = images(root / "quick", 0), images(root / "slow", PROCESSING_S)
        most = PROCESSING_S + 1.5 * quick
        word = "ok" if slow <= most else "MISSED"
        print(
            f"apply, {IMAGES} pictures of {PROCESSING_S:g} s each: {slow:.1f} s, "
            f"without processing {quick:.1f} s, one by one {IMAGES * PROCESSING_S:g} s; "
            f"goal {PROCESSING_S:g} s + 1.5 x = {most:.1f} s  {word}"
        )


if __name__ == "__main__":
    sys.exit(main())
