"""A typed client for the Threads API that stands alone; names are loaded when first used.

`API` is the async client, `Threads` gets access tokens, the rest are the values they take and give.
The names of PyThreads are all here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threadsync.api.answers import Answer as Answer
    from threadsync.api.client import API as API
    from threadsync.api.credentials import Configuration as Configuration
    from threadsync.api.credentials import Credentials as Credentials
    from threadsync.api.intents import follow_intent as follow_intent
    from threadsync.api.intents import post_intent as post_intent
    from threadsync.api.oauth import Threads as Threads
    from threadsync.api.pages import Listing as Listing
    from threadsync.api.pages import Page as Page
    from threadsync.api.parameters import Gif as Gif
    from threadsync.api.parameters import Media as Media
    from threadsync.api.parameters import MediaType as MediaType
    from threadsync.api.parameters import Post as Post
    from threadsync.api.parameters import ReplyControl as ReplyControl
    from threadsync.api.parameters import create_params as create_params
    from threadsync.api.types import Account as Account
    from threadsync.api.types import ContainerStatus as ContainerStatus
    from threadsync.api.types import Created as Created
    from threadsync.api.types import Deleted as Deleted
    from threadsync.api.types import Insight as Insight
    from threadsync.api.types import Location as Location
    from threadsync.api.types import OEmbed as OEmbed
    from threadsync.api.types import PublicProfile as PublicProfile
    from threadsync.api.types import PublishedPost as PublishedPost
    from threadsync.api.types import PublishingError as PublishingError
    from threadsync.api.types import PublishingLimit as PublishingLimit
    from threadsync.api.types import PublishingStatus as PublishingStatus
    from threadsync.api.types import Styling as Styling
    from threadsync.api.types import Success as Success
    from threadsync.api.types import TextAttachment as TextAttachment
    from threadsync.api.types import TextEntity as TextEntity
    from threadsync.api.types import TokenInfo as TokenInfo
    from threadsync.api.webhooks import DeletedPost as DeletedPost
    from threadsync.api.webhooks import WebhookEvent as WebhookEvent
    from threadsync.api.webhooks import answer_challenge as answer_challenge
    from threadsync.api.webhooks import is_signed as is_signed
    from threadsync.api.webhooks import read_webhook as read_webhook
    from threadsync.errors import AccountRestrictedError as AccountRestrictedError
    from threadsync.errors import AmbiguousError as AmbiguousError
    from threadsync.errors import ApiError as ApiError
    from threadsync.errors import InvalidParameterError as InvalidParameterError
    from threadsync.errors import MediaRejectedError as MediaRejectedError
    from threadsync.errors import NotFoundError as NotFoundError
    from threadsync.errors import NotReadyError as NotReadyError
    from threadsync.errors import NotSentError as NotSentError
    from threadsync.errors import PermissionDeniedError as PermissionDeniedError
    from threadsync.errors import QuotaExceededError as QuotaExceededError
    from threadsync.errors import RateLimitError as RateLimitError
    from threadsync.errors import RejectedError as RejectedError
    from threadsync.errors import TemporaryError as TemporaryError
    from threadsync.errors import TokenError as TokenError
    from threadsync.errors import TokenExpiredError as TokenExpiredError

    # What PyThreads calls them; an import by another name is not exported to type checkers.
    Attachment = Media
    ThreadsAccessTokenExpired = TokenExpiredError
    ThreadsAuthenticationError = TokenError
    ThreadsInvalidParameter = InvalidParameterError
    ThreadsResponseError = ApiError

_ERRORS = """AccountRestrictedError AmbiguousError ApiError InvalidParameterError MediaRejectedError
NotFoundError NotReadyError NotSentError PermissionDeniedError QuotaExceededError RateLimitError
RejectedError TemporaryError TokenError TokenExpiredError"""
_NAMES = {
    "api.answers": "Answer",
    "api.client": "API",
    "api.credentials": "Configuration Credentials",
    "api.intents": "follow_intent post_intent",
    "api.oauth": "Threads",
    "api.pages": "Listing Page",
    "api.parameters": "Gif Media MediaType Post ReplyControl create_params",
    "api.types": "Account ContainerStatus Created Deleted Insight Location OEmbed PublicProfile"
    " PublishedPost PublishingError PublishingLimit PublishingStatus Styling Success TextAttachment"
    " TextEntity TokenInfo",
    "api.webhooks": "DeletedPost WebhookEvent answer_challenge is_signed read_webhook",
    "errors": _ERRORS,
}
_HOMES = {name: (module, name) for module, names in _NAMES.items() for name in names.split()} | {
    # What PyThreads calls them.
    "Attachment": ("api.parameters", "Media"),
    "ThreadsAccessTokenExpired": ("errors", "TokenExpiredError"),
    "ThreadsAuthenticationError": ("errors", "TokenError"),
    "ThreadsInvalidParameter": ("errors", "InvalidParameterError"),
    "ThreadsResponseError": ("errors", "ApiError"),
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names above, in one list only


def __dir__() -> list[str]:
    return list(__all__)


if not TYPE_CHECKING:
    # Out of the sight of type checkers, which else take any misspelt name.
    def __getattr__(name: str) -> Any:
        try:
            module, attribute = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        return getattr(import_module(f"threadsync.{module}"), attribute)
