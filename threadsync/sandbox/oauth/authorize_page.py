"""The page of the authorize window as HTML: pure functions, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 10vh auto; padding: 0 1rem;
  color-scheme: light dark; }
fieldset { border: 1px solid #8888; border-radius: .75rem; margin: 1rem 0; }
label { display: block; padding: .25rem 0; }
button { font: inherit; padding: .6rem 1.5rem; border-radius: .75rem; border: 1px solid #8888; }
button[value=allow] { background: #111; color: #fff; border-color: #888; }
button:focus-visible { outline: 3px solid #36c; outline-offset: 2px; }
"""
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Threads sandbox: allow $app?</title>
<style>$style</style>
</head>
<body>
<main>
<h1>Allow “$app”?</h1>
<p>This is a sandbox. Nothing here reaches Threads.</p>
<p>The app asks for:</p>
<ul>
$scopes
</ul>
<form method="post" action="authorize">
$hidden
<fieldset>
<legend>As which account?</legend>
$accounts
</fieldset>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>
</main>
</body>
</html>
""")
_STYLE_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")


def render(
    *, app_name: str, scopes: Sequence[str], usernames: Sequence[str], hidden: Mapping[str, str]
) -> str:
    """The page; the first account is chosen, and `hidden` comes back with the form."""
    accounts = (_account(name, is_chosen=not n) for n, name in enumerate(usernames))
    return _PAGE.substitute(
        app=escape(app_name),
        style=_STYLE,
        scopes="\n".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes),
        hidden="\n".join(_hidden(name, value) for name, value in hidden.items()),
        accounts="\n".join(accounts),
    )


def headers(redirect_uri: str) -> tuple[tuple[str, str], ...]:
    """The headers of the page. Its form may lead to the redirect address, and nowhere else."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; "
        f"form-action 'self' {_source(redirect_uri)}; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    )


def _source(url: str) -> str:
    """The address as a content policy can name it; an IPv6 address it can name by scheme only."""
    parts = urlsplit(url)
    is_plain = _PLAIN_HOST.fullmatch(parts.netloc) is not None
    return f"{parts.scheme}://{parts.netloc}" if is_plain else f"{parts.scheme}:"


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _account(username: str, *, is_chosen: bool) -> str:
    checked = " checked" if is_chosen else ""
    name = escape(username)
    return f'<label><input type="radio" name="username" value="{name}"{checked}> @{name}</label>'
