"""All that an error can show of what our own code had at hand, for tests that secrets stay secret."""

from __future__ import annotations

import traceback
from pathlib import Path

import threadsync

_OURS = str(Path(threadsync.__file__).parent)


def shown(error) -> str:
    """The error and its causes with message, repr, fields, and the locals of our frames."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return f"{error!r} {vars(error)} {''.join(_texts(told))}"


def _texts(told):
    yield from told.format_exception_only()
    for frame in told.stack:
        if frame.filename.startswith(_OURS):
            yield f"{frame.name} {frame.line} {frame.locals}\n"
    for cause in (told.__cause__, None if told.__suppress_context__ else told.__context__):
        if cause is not None:
            yield from _texts(cause)
