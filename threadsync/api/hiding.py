"""Texts that are sent but not shown: tokens, secrets, codes. Pure."""

from __future__ import annotations

import re
from hmac import compare_digest
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, quote_plus

from threadsync.api.answers import UnfitError

if TYPE_CHECKING:
    from collections.abc import Callable


# What stands behind an address may be a signature that opens a file of a private bucket.
_QUERY = re.compile(r"(https?:[\\/]+[^\s?#'\"<>]+\?)[^\s'\"<>)]+", re.IGNORECASE)


class Hidden(str):
    """A text that is sent as it is, but shows as *** where values are shown, as in a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def hider(*secrets: str) -> Callable[[str], str]:
    """What takes the secrets out of a text, also as they stand in an address, and all queries."""
    ways = {way(secret) for secret in secrets if secret for way in (str, _quoted, _quoted_plus)}
    longest_first = sorted(ways, key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, "***")
        return _QUERY.sub(r"\1***", text)

    return hide


def is_same(given: str, secret: str) -> bool:
    """Compared in a time that tells nothing; never the same as an empty secret."""
    wanted = secret.encode(errors="backslashreplace")
    return bool(secret) and compare_digest(given.encode(errors="backslashreplace"), wanted)


def _quoted(secret: str) -> str:
    return quote(secret, safe="", errors="replace")


def _quoted_plus(secret: str) -> str:
    return quote_plus(secret, errors="replace")


def _hidden(raw: Any) -> Hidden:
    if isinstance(raw, str) and raw:
        return Hidden(raw)
    raise UnfitError("this is no token")


Token = Annotated[Hidden, _hidden]
"""A token in an answer of Meta's, read as Hidden."""
