"""Ctrl-C and SIGTERM: the first lets the current step end, the second ends the process."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, TypeVar

from threadsync.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from threadsync.cli.shell import Shell

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
T = TypeVar("T")


class Stopping:
    """While it is entered, signals set `event` instead of breaking off what is under way."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.event = asyncio.Event()

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *error: object) -> None:
        self._ignore()

    def interruptible(self, ask: Callable[[], T]) -> T:
        """Call `ask`, which blocks on a person; each signal breaks it off as Ctrl-C does."""
        self._ignore()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return ask()
        finally:
            self._listen()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._stop)

    def _ignore(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    def _stop(self) -> None:
        if self.event.is_set():
            # Everything that must last is in the journal already.
            os._exit(ExitCode.INTERRUPTED)
        self.event.set()
        self._shell.warn("stopping after the current step; once more stops at once")
