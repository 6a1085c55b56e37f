"""What keeps a test from seeing the machine or the person that runs it; `conftest` sets it up."""

from __future__ import annotations

import contextlib
import ipaddress
import socket as real_socket

import pytest

_FOREIGN_PREFIXES = ("THREADS_", "THREADSYNC_", "AWS_", "GITHUB_", "GIT_")
_FOREIGN_NAMES = frozenset(
    {"CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "XDG_CONFIG_HOME", "APPDATA"}
)
_PROXY_NAMES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})


def is_foreign(name) -> bool:
    """Whether a variable of the person who runs the tests could change what a test sees."""
    upper = name.upper()
    return upper.startswith(_FOREIGN_PREFIXES) or upper in _FOREIGN_NAMES | _PROXY_NAMES


class OutsideConnectionError(AssertionError):
    """A test tried to reach another machine. No OSError: nothing may mistake it for bad luck."""


def is_loopback(host) -> bool:
    """Whether `host`, a name or an address as text or bytes, stays on this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    return False


@contextlib.contextmanager
def loopback_only(socket):
    """While open, connections and look-ups in `socket` reach this machine only.

    Names under `.invalid` fail as unknown without a question to any server.
    """
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        patch.setattr(socket.socket, "sendto", _guarded_sendto(socket.socket.sendto))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(connect):
    def guarded(sock, address):
        _refuse_outside(sock, address)
        return connect(sock, address)

    return guarded


def _guarded_sendto(sendto):
    def guarded(sock, data, *rest):
        _refuse_outside(sock, rest[-1])
        return sendto(sock, data, *rest)

    return guarded


def _guarded_lookup(getaddrinfo):
    def guarded(host, *args, **kwargs):
        if isinstance(host, str) and host.endswith(".invalid"):
            raise real_socket.gaierror(real_socket.EAI_NONAME, "Name or service not known")
        if not is_loopback(host) and not _is_any_address(host):
            raise OutsideConnectionError(f"a test looked up {host!r}; only loopback is allowed")
        return getaddrinfo(host, *args, **kwargs)

    return guarded


def _refuse_outside(sock, address):
    is_internet = sock.family in {real_socket.AF_INET, real_socket.AF_INET6}
    if is_internet and not is_loopback(address[0]):
        raise OutsideConnectionError(f"a test connected to {address!r}; only loopback is allowed")


def _is_any_address(host) -> bool:
    return host in {"0.0.0.0", "::"}
