"""What is done to files of media before they are sent, as settings and entries ask for it. Pure."""

from __future__ import annotations

from typing import NamedTuple


class Treatment(NamedTuple):
    """What may be done to a file."""

    is_fixed: bool = False
    """Whether `fix` is `auto`."""
    is_stripped: bool = True
    """Whether metadata are taken out."""

    def asked(self, fix: object) -> Treatment:
        """This one, as an entry that says `fix` wants it; None when it does not say."""
        return self if fix is None else self._replace(is_fixed=fix == "auto")
