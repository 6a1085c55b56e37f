"""Projects whose media lie in a bucket, for the tests of the command line."""

from __future__ import annotations

import json

from builders import write
from command_line import CommandLine
from pictures import a_jpeg


def a_bucket_project(project, capsys, monkeypatch, meta):
    """The command line in a project with a post with a cat; Meta is a sandbox at the address `meta`."""
    monkeypatch.setenv("THREADS_API_BASE_URL", meta)
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    write(project, "posts/cat.jpg", a_jpeg())
    write(project, "posts/hello.md", "![A cat](cat.jpg)\n\nMy cat\n")
    return CommandLine(project, capsys, sandbox=False)


def configure(cli, store, bucket, more=None, **media):
    """Write settings: media in `bucket`, which is reached through `store` itself unless they say."""
    place = {"store": "s3", "bucket": bucket, "region": "us-east-1", "endpoint_url": store}
    if not media.keys() & {"public_base_url", "presign_expires"}:
        place["public_base_url"] = f"{store}/{bucket}"
    settings = {"version": 1, "media": {**place, **media}, **(more or {})}
    write(cli.root, "threadsync.yaml", json.dumps(settings))
