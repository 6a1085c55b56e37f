"""Which of our errors a code of Meta's stands for: the only place that knows codes. Pure.

By code and subcode, never by HTTP status or by words that are translated. Sources: Meta's error
pages and publishers' reports, gathered 2026-11-22; Instagram's table for the 2207… subcodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadsync.errors import (
    AccountRestrictedError,
    AmbiguousError,
    ApiError,
    InvalidParameterError,
    MediaRejectedError,
    NotFoundError,
    NotReadyError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    RejectedError,
    TemporaryError,
    TokenError,
    TokenExpiredError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# A subcode says more than its code, which may differ from report to report.
_BY_SUBCODE: dict[int, type[RejectedError]] = {
    463: TokenExpiredError,
    **dict.fromkeys((458, 459, 460, 464, 467), TokenError),
    **dict.fromkeys((4279019, 4279030), TokenError),
    4279067: PermissionDeniedError,
    33: NotFoundError,
    # Not visible yet, or gone. 4279004: a carousel's child is not finished, for instance.
    **dict.fromkeys((4279009, 4279004, 2207006, 2207008, 2207027), NotReadyError),
    **dict.fromkeys((4279013, 2207050, 2207051), AccountRestrictedError),
    2207042: QuotaExceededError,
    **dict.fromkeys((4279047, 2207010, 2207023, 2207028), InvalidParameterError),
    **dict.fromkeys(
        (2207003, 2207004, 2207005, 2207009, 2207020, 2207026, 2207052, 2207053, 2207057),
        MediaRejectedError,
    ),
}
_BY_CODE: dict[int | str, type[RejectedError]] = {
    **dict.fromkeys((101, 102, 104, 190, 452, 467, 1349168, 4476002), TokenError),
    **dict.fromkeys((10, *range(200, 300)), PermissionDeniedError),
    "THREADS_API__FEATURE_NOT_AVAILABLE": PermissionDeniedError,
    **dict.fromkeys((24, 9007), NotReadyError),
    9: QuotaExceededError,
    **dict.fromkeys((4, 17, 32, 341, 613), RateLimitError),
    **dict.fromkeys((25, 368), AccountRestrictedError),
    **dict.fromkeys((352, 9004, 36000, 36001, 36003), MediaRejectedError),
    **dict.fromkeys((100, 2500, 36004), InvalidParameterError),
    "THREADS_API__LINK_LIMIT_EXCEEDED": InvalidParameterError,
    "THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES": InvalidParameterError,
}
_SAY_NOTHING = frozenset({1, 2, -1, -2})
"""Codes that only say that something went wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an error object says, read without trust in its types."""

    code: int | str | None
    subcode: int | None
    trace_id: str | None
    is_transient: bool | None
    words: str

    @property
    def name(self) -> str:
        number = f"code {self.code}/{self.subcode}" if self.subcode else f"code {self.code}"
        return f"{number}, trace {self.trace_id}" if self.trace_id else number


def told(answer: Mapping[str, Any]) -> Told:
    """Read either envelope: `{"error": {…}}`, or flat with `error_message`."""
    nested = answer.get("error")
    error: Mapping[str, Any] = nested if isinstance(nested, dict) else _flat(answer)
    trace_id, is_transient = error.get("fbtrace_id"), error.get("is_transient")
    return Told(
        code=_code(error.get("code")),
        subcode=_number(error.get("error_subcode")),
        trace_id=trace_id if isinstance(trace_id, str) else None,
        is_transient=is_transient if isinstance(is_transient, bool) else None,
        words=_words(error),
    )


def error_kind(said: Told, status: int, *, is_repeatable: bool, publishes: bool) -> type[ApiError]:
    """The class of the error; AmbiguousError only for a call that must not be sent twice.

    A refusal with 4xx was not done. With any other status that is only sure of a code that says so.
    """
    is_refusal = 400 <= status < 500
    if not is_refusal and not is_repeatable and _leaves_doubt(said, publishes=publishes):
        return AmbiguousError
    return _known(said) or _unknown(said, is_repeatable=is_repeatable)


def _leaves_doubt(said: Told, *, publishes: bool) -> bool:
    if said.subcode in _BY_SUBCODE:
        return False
    # Code 10 came with posts that were published all the same (threads-go#30, read 2026-11-22).
    denied_or_done = publishes and said.code == 10
    return _known(said) is None or said.is_transient is True or denied_or_done


def _known(said: Told) -> type[RejectedError] | None:
    if (said.code, said.subcode) == (100, 10):
        return PermissionDeniedError
    if said.subcode in _BY_SUBCODE:
        return _BY_SUBCODE[said.subcode]
    return _BY_CODE.get(said.code) if said.code is not None else None


def _unknown(said: Told, *, is_repeatable: bool) -> type[ApiError]:
    is_temporary = said.code in _SAY_NOTHING or said.is_transient is True
    return TemporaryError if is_temporary and is_repeatable else RejectedError


def _flat(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    error = answer.get("error")
    message = answer.get("error_message") or (error if isinstance(error, str) else None)
    return {"message": message, "code": answer.get("error_code", answer.get("code"))}


def _code(raw: Any) -> int | str | None:
    if isinstance(raw, str) and _number(raw) is None:
        # An older page of Meta's writes ErrorCode::THREADS_API__….
        return raw.removeprefix("ErrorCode::")
    return _number(raw)


def _number(raw: Any) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None
    try:
        return int(raw)
    except ValueError:
        return None


def _words(error: Mapping[str, Any]) -> str:
    message = _text(error, "message") or "no reason given"
    detail = _text(error, "error_user_msg") or _text(error, "error_user_title")
    return f"{message} ({detail})" if detail else message


def _text(error: Mapping[str, Any], name: str) -> str:
    words = error.get(name)
    return words if isinstance(words, str) else ""
