"""Servers with S3's API on loopback: moto, SeaweedFS, rclone, and what stands between or in their place.

SeaweedFS and rclone are programs of the extra `servers`; where they are not installed, the tests that
need them are skipped and say so.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sysconfig
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import answering
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

from threadsync.state.s3 import objects as s3_objects
from threadsync.state.s3.client import make_client

ACCESS_KEY = "AKIDTEST"
SECRET_KEY = "SECRET-KEY-THAT-NO-TEXT-MAY-HOLD"
START_S = 30.0
GRPC_OFFSET = 10_000
"""SeaweedFS listens on each of its ports and on one so much above it."""


@contextmanager
def moto():
    """The address of a moto server in this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def seaweed(folder, **more):
    """The address of a SeaweedFS with its data in `folder`; `more` are options of its own."""
    s3, *others = map(str, _free_ports(6))
    options = {
        "-ip": "127.0.0.1",
        "-ip.bind": "127.0.0.1",
        "-dir": str(folder),
        "-master.telemetry": "false",
        "-admin.ui": "false",
        "-webdav": "false",
        "-s3.port": s3,
        "-s3.port.iceberg": "0",
        "-s3.port.lance": "0",
        **dict(
            zip(
                ("-master.port", "-volume.port", "-filer.port", "-admin.port", "-metricsPort"),
                others,
                strict=True,
            )
        ),
    }
    words = [f"{name}={value}" for name, value in {**options, **more}.items()]
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with _running([_program("weed"), "mini", *words], folder, keys):
        yield _awaited(f"http://127.0.0.1:{s3}")


@contextmanager
def seaweed_tls(folder):
    """The https address of a SeaweedFS, and the file with the certificate to trust."""
    folder.mkdir()
    cert, key = make_certificate(folder)
    (https,) = map(str, _free_ports(1))
    data = folder / "data"
    data.mkdir()
    options = {"-s3.port.https": https, "-s3.cert.file": str(cert), "-s3.key.file": str(key)}
    with seaweed(data, **options):
        yield f"https://127.0.0.1:{https}", cert


def make_certificate(folder, name="IP:127.0.0.1"):
    """The files of a certificate that nobody has signed, and of its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    address = ["-addext", f"subjectAltName={name}", "-out", str(cert), "-keyout", str(key)]
    subprocess.run(["openssl", *words, *address], check=True, capture_output=True)
    return cert, key


@contextmanager
def rclone(folder):
    """The address of an rclone that serves `folder`: it takes writes whatever their condition."""
    (port,) = _free_ports(1)
    keys = f"{ACCESS_KEY},{SECRET_KEY}"
    words = ["serve", "s3", "--config", os.devnull, "--auth-key", keys]
    address = ["--addr", f"127.0.0.1:{port}", str(folder)]
    with _running([_program("rclone"), *words, *address], folder, {}):
        yield _awaited(f"http://127.0.0.1:{port}")


def make_bucket(endpoint, name):
    with closing(_client(endpoint)) as client:
        client.create_bucket(Bucket=name)
    return name


def make_public(endpoint, bucket):
    """Let everybody read the objects of a bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with closing(_client(endpoint)) as client:
        client.put_bucket_policy(Bucket=bucket, Policy=policy)
    return bucket


def keys_in(endpoint, bucket):
    """The keys of a bucket, sorted."""
    with closing(_client(endpoint)) as client:
        found = client.list_objects_v2(Bucket=bucket)
    return sorted(thing["Key"] for thing in found.get("Contents", ()))


def share_clients(monkeypatch):
    """Let vaults with the same keys and endpoint have one client: making one takes 0.1 s."""

    def make(settings):
        keys = tuple(
            os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        )
        return _shared(settings._replace(key=""), keys)

    monkeypatch.setattr(s3_objects, "make_client", make)


@functools.cache
def _shared(settings, keys):
    return make_client(settings)


def _client(endpoint, attempts=8):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(
            retries={"total_max_attempts": attempts}, request_checksum_calculation="when_required"
        ),
    )


def _program(name):
    """The path of a program that came with a package."""
    beside = Path(sysconfig.get_path("scripts"), name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; pip install 'threadsync[servers]' brings it")
    return found


@contextmanager
def _running(command, folder, environ):
    """A program in a process group of its own, stopped at the end."""
    environ = {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), **environ}
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            _stop(process)


def _stop(process):
    """At once: nobody needs what it holds, and SeaweedFS waits for its clients."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _awaited(endpoint):
    """`endpoint`, once it answers; BotoCoreError or ClientError when it does not."""
    deadline = time.monotonic() + START_S
    with closing(_client(endpoint, attempts=1)) as client:
        while time.monotonic() < deadline:
            with suppress(BotoCoreError, ClientError):
                client.list_buckets()
                return endpoint
            threading.Event().wait(0.1)
        client.list_buckets()
    return endpoint


def _free_ports(count):
    """Ports on which nobody listens, nor on those GRPC_OFFSET above."""
    found, open_sockets = [], []
    while len(found) < count:
        low = socket.create_server(("127.0.0.1", 0))
        open_sockets.append(low)
        port = low.getsockname()[1]
        if port + GRPC_OFFSET > 65_535:
            continue
        with suppress(OSError):
            open_sockets.append(socket.create_server(("127.0.0.1", port + GRPC_OFFSET)))
            found.append(port)
    for each in open_sockets:
        each.close()
    return found


# --- between client and server, and in the server's place -----------------------------------------


class LossyProxy(socketserver.ThreadingTCPServer):
    """Passes bytes on to `endpoint`; `lose_answers` is how many of the next answers get lost."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, endpoint):
        super().__init__(("127.0.0.1", 0), _Lossy)
        host, _, port = endpoint.removeprefix("http://").partition(":")
        self.target = host, int(port)
        self.lose_answers = 0
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"


class _Lossy(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(self.server.target) as target:
            forth = threading.Thread(target=self._pass_on, args=(self.request, target), daemon=True)
            forth.start()
            with suppress(OSError):
                while data := target.recv(65536):
                    if self.server.lose_answers:
                        self.server.lose_answers -= 1
                        break
                    self.request.sendall(data)
            with suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
            forth.join()

    @staticmethod
    def _pass_on(source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)


class StandIn(ThreadingHTTPServer):
    """A small store that keeps conditions; each of `faults` strikes one of the next writes.

    A fault is `(status, code)`, `(status, code, "applied")`, or "dropped" for a connection that ends
    without an answer, before the write is done.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _StandIn)
        self.turn = threading.Lock()
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.reset()

    def reset(self):
        self.objects = {}
        self.faults = []
        self.puts = []
        """The headers of each PUT."""
        self.gets_fail = None
        """Status and code with which each GET is refused."""
        self.ignored = None
        """The name of a condition that is not looked at."""


class _StandIn(answering.Answering, BaseHTTPRequestHandler):
    def do_GET(self):
        data = self.server.objects.get(self.path.partition("?")[0])
        if self.server.gets_fail:
            status, code = self.server.gets_fail
            self.answer(status, _error(code))
        elif data is None:
            self.answer(404, _error("NoSuchKey"))
        else:
            self.answer(200, data, ETag=_etag(data))

    def do_PUT(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.turn:
            self.server.puts.append(dict(self.headers))
            fault = self.server.faults.pop(0) if self.server.faults else None
            if fault == "dropped":
                self.close_connection = True
            elif fault is None:
                self._put(data)
            else:
                if fault[2:]:
                    self.server.objects[self.path] = data
                self.answer(fault[0], _error(fault[1]))

    def do_DELETE(self):
        self.server.objects.pop(self.path, None)
        self.answer(204)

    def _put(self, data):
        there = self.server.objects.get(self.path)
        condition = "If-None-Match" if "If-None-Match" in self.headers else "If-Match"
        is_met = self.headers.get("If-Match") == (None if there is None else _etag(there))
        if not is_met and condition != self.server.ignored:
            self.answer(412, _error("PreconditionFailed"))
            return
        self.server.objects[self.path] = data
        self.answer(200, ETag=_etag(data))


@contextmanager
def serving(server):
    """`server`, answering in a thread while open."""
    with answering.serving(server):
        yield server
    _shared.cache_clear()  # its port may be used again


def _etag(data):
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _error(code):
    return f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode()
