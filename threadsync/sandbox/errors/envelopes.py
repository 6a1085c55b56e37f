"""The answers to a mistake that have another shape than the Graph's error object: those of OAuth,
and the empty one; and the errors of tokens and codes.

Meta's pages "Get access tokens" and field reports, read 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass

from threadsync.sandbox.errors.graph import OAUTH, Answer, GraphError


@dataclass(frozen=True, slots=True)
class FlatError:
    """An error of the code exchange: its keys stand at the top, without an `error` round them."""

    message: str
    code: int = 400
    status: int = 400

    def answer(self, _trace_id: str) -> Answer:
        value = {"error_type": OAUTH, "code": self.code, "error_message": self.message}
        return Answer.of(value, self.status)


@dataclass(frozen=True, slots=True)
class WindowError:
    """What the authorize window shows, instead of a way back, when the app is set up wrong."""

    message: str
    code: int
    status: int = 400

    def answer(self, _trace_id: str) -> Answer:
        return Answer.of({"error_message": self.message, "error_code": self.code}, self.status)


@dataclass(frozen=True, slots=True)
class EmptyError:
    """A status and nothing else; `message` is for us alone."""

    message: str
    status: int = 500

    def answer(self, _trace_id: str) -> Answer:
        return Answer(self.status, b"")


NO_REPLY_SCOPE = EmptyError("threads_manage_replies is missing")

URL_BLOCKED = WindowError(
    "URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app’s "
    "Client OAuth Settings. Make sure Client and Web OAuth Login are on and add all your app domains "
    "as Valid OAuth Redirect URIs.",
    1349168,
)
NO_APP_ID = WindowError("No app ID was provided in the request.", 4476002)
WINDOW_UNKNOWN = WindowError("An unknown error has occurred.", 1)

CODE_UNKNOWN = FlatError("Matching code was not found or was already used")
BAD_REDIRECT = FlatError("Invalid redirect_uri")
CODE_USED = GraphError(
    "Invalid parameter",
    100,
    OAUTH,
    error_subcode=4279030,
    is_transient=False,
    error_user_title="Invalid authorization code specified",
    error_user_msg="The authorization code is invalid. Reason: used_authorization_code.",
)
SESSION_KEY = GraphError(
    "Session key invalid. This could be because the session key has an incorrect format, or because "
    "the user has revoked this session",
    452,
    OAUTH,
    error_subcode=4279019,
)
# The Graph's generic answers to a wrong app id and a wrong app secret.
BAD_APP_ID = GraphError("Error validating application. Invalid application ID.", 101, OAUTH)
BAD_SECRET = GraphError("Error validating client secret.", 104, OAUTH)
# Nobody has published what Threads answers here.
TOO_YOUNG = GraphError(
    "Invalid parameter",
    100,
    OAUTH,
    is_transient=False,
    error_user_title="Token Too Young",
    error_user_msg="A long-lived token can be refreshed when it is 24 hours old.",
)
# The Graph's generic answer to an app token where a user is needed.
NO_USER = GraphError(
    "An active access token must be used to query information about the current user.", 2500, OAUTH
)
