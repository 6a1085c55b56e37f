"""The authorize window: what an app asks for, the page with Allow and Deny, and the way back.

Meta's page "Get access tokens", read 2026-11-22. A program needs no page: it posts the form's
fields, `decision` and, where there are several accounts, `username`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urlencode

from threadsync.sandbox.errors.envelopes import (
    NO_APP_ID,
    URL_BLOCKED,
    WINDOW_UNKNOWN,
    WindowError,
)
from threadsync.sandbox.errors.graph import Answer, Refusal
from threadsync.sandbox.model import SCOPES
from threadsync.sandbox.oauth import apps, authorize_page, tokens
from threadsync.sandbox.storage.records import DEFAULT_USERNAME
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from threadsync.sandbox.calls.exchange import Question
    from threadsync.sandbox.model import Account

ALLOW, DENY = "allow", "deny"
_AFTER_CODE = "#_"
"""Meta puts it behind every code, where it is no part of it."""
_DENIED = {
    "error": "access_denied",
    "error_reason": "user_denied",
    "error_description": "The user denied your request",
}
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an app asks a person for, checked."""

    app: apps.App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None


def ask(q: Question) -> Answer:
    """The page on which a person decides."""
    wish = _read_wish(q)
    page = authorize_page.render(
        app_name=wish.app.name,
        scopes=wish.scopes,
        usernames=[account.username for account in q.records.accounts()],
        hidden={
            "client_id": wish.app.id,
            "redirect_uri": wish.redirect_uri,
            "scope": ",".join(wish.scopes),
            "response_type": "code",
            **({} if wish.state is None else {"state": wish.state}),
        },
    )
    headers = authorize_page.headers(wish.redirect_uri)
    return Answer(200, page.encode(), "text/html; charset=utf-8", headers)


def decide(q: Question) -> Answer:
    """Send the person back to the app, with a code or with their refusal."""
    wish = _read_wish(q)
    decision = q.params.get("decision")
    if decision == DENY:
        return _back(wish, _DENIED, "")
    account = _account(q)
    if decision != ALLOW or account is None:
        raise Refusal(_unknown("send decision=allow or deny, and the username of an account"))
    code = tokens.Code(
        account_id=account.id,
        redirect_uri=wish.redirect_uri,
        scopes=wish.scopes,
        issued_at=q.now,
    )
    return _back(wish, {"code": tokens.issue_code(q.records, code)}, _AFTER_CODE)


def _read_wish(q: Question) -> Wish:
    """Unlike elsewhere, parameters that Threads does not know are left aside, as browsers need it."""
    app = apps.load(q.records)
    if q.params.get("client_id") != app.id:
        raise Refusal(NO_APP_ID)
    redirect_uri = q.params.get("redirect_uri", "")
    is_registered = redirect_uri in app.redirect_uris if app.redirect_uris else True
    if not is_registered or not values.is_uri(redirect_uri):
        raise Refusal(URL_BLOCKED)
    if q.params.get("response_type", "code") != "code":
        raise Refusal(_unknown("response_type must be code"))
    return Wish(
        app=app,
        redirect_uri=redirect_uri,
        scopes=_scopes(q.params.get("scope", "")),
        state=q.params.get("state"),
    )


def _scopes(text: str) -> tuple[str, ...]:
    """Separated by commas or white space, each once, in the order given."""
    asked = tuple(dict.fromkeys(text.replace(",", " ").split()))
    unknown = sorted(set(asked) - set(SCOPES))
    if unknown:
        raise Refusal(_unknown(f"there is no scope {unknown[0]}"))
    if tokens.BASIC not in asked:
        raise Refusal(_unknown(f"scope must have {tokens.BASIC} in it"))
    return asked


def _account(q: Question) -> Account | None:
    return q.records.account_named(q.params.get("username") or DEFAULT_USERNAME)


def _back(wish: Wish, result: dict[str, str], fragment: str) -> Answer:
    state = {} if wish.state is None else {"state": wish.state}
    address = urldefrag(wish.redirect_uri).url
    mark = "&" if "?" in address else "?"
    url = f"{address}{mark}{urlencode({**result, **state})}{fragment}"
    location = quote(url, safe=_URL_CHARACTERS)
    return Answer(302, b"", "text/plain", (("location", location), ("cache-control", "no-store")))


def _unknown(detail: str) -> WindowError:
    """Meta says no more than that something is wrong; the sandbox adds what."""
    return WindowError(f"{WINDOW_UNKNOWN.message} ({detail})", WINDOW_UNKNOWN.code)
