"""Work that must not be broken off halfway, such as a write whose outcome has to be known."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which runs to its end even when whoever waits for it is cancelled.

    Then the cancellation is raised after the end, whatever became of the work.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # looked at, so that nobody is told that nobody did
        raise


async def in_thread(work: Callable[[], T]) -> T:
    """The result of blocking `work`, done in a thread and always to its end."""
    return await unbroken(asyncio.to_thread(work))
