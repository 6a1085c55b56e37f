"""The lock of a remote state as a document: who holds it, until when, and how it is broken.

It is overwritten when it is released, never removed: not every store can remove on a condition.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.errors import StateError
from threadsync.state.local.lockfile import this_user
from threadsync.state.remote.vault import LostRaceError
from threadsync.state.store import LockInfo, rfc3339
from threadsync.state.strict_json import load_json, to_line

if TYPE_CHECKING:
    from threadsync.state.remote.vault import Document, Vault

NAME = "lock.json"
LEASE = timedelta(minutes=3)
"""How long a lock holds that nobody renews."""
_BREAK_ATTEMPTS = 5


class Lease(NamedTuple):
    """A lock as it was written. `epoch` grows by one each time another run takes it."""

    info: LockInfo
    expires: str
    """RFC 3339, UTC."""
    epoch: int
    renewals: int = 0
    is_released: bool = False
    """Its holder gave it back in order."""
    broken_by: str | None = None
    """`name@host` of who broke it."""

    def holds(self, now: datetime) -> bool:
        is_over = self.is_released or self.broken_by is not None
        return not is_over and self.ends > now

    @property
    def ends(self) -> datetime:
        return datetime.fromisoformat(self.expires)

    def renewed(self, now: datetime) -> Lease:
        return self._replace(expires=rfc3339(now + LEASE), renewals=self.renewals + 1)

    def to_json(self) -> bytes:
        raw = {
            **self.info._asdict(),
            "expires": self.expires,
            "epoch": self.epoch,
            "renewals": self.renewals,
            "released": self.is_released,
            "broken_by": self.broken_by,
        }
        return to_line(raw) + b"\n"


class WrittenLease(NamedTuple):
    """A lease as the vault has it, with the tag of this version of the document."""

    lease: Lease
    tag: str


def next_lease(info: LockInfo, last: Lease | None, now: datetime) -> Lease:
    """The lease of `info` from `now` on, after `last`."""
    epoch = 1 if last is None else last.epoch + 1
    return Lease(info._replace(created=rfc3339(now)), rfc3339(now + LEASE), epoch)


def read_lease(vault: Vault) -> WrittenLease | None:
    """The lease as it is, None when there never was one; StateError when it is damaged."""
    document = vault.read(NAME)
    return (
        None
        if document is None
        else WrittenLease(_lease(document, lock_place(vault)), document.tag)
    )


def holder_of(vault: Vault, now: datetime) -> LockInfo | None:
    """Who holds the lock now."""
    found = read_lease(vault)
    return found.lease.info if found is not None and found.lease.holds(now) else None


def break_lease(vault: Vault, lock_id: str) -> LockInfo:
    """Break the lock `lock_id`, whoever holds it; StateError when it is another or none."""
    for _ in range(_BREAK_ATTEMPTS):
        found = read_lease(vault)
        lease = _breakable(found, lock_id, lock_place(vault))
        broken = lease.lease._replace(broken_by=this_user())
        try:
            vault.write(NAME, broken.to_json(), lease.tag)
        except LostRaceError:  # it was renewed meanwhile
            continue
        return lease.lease.info
    msg = f"{lock_place(vault)}: lock {lock_id} changes all the time; end that run, or try again"
    raise StateError(msg)


def lock_place(vault: Vault) -> str:
    return f"{vault.place} ({NAME})"


def _breakable(found: WrittenLease | None, lock_id: str, place: str) -> WrittenLease:
    if found is None or found.lease.is_released or found.lease.broken_by is not None:
        raise StateError(f"{place}: the state is not locked; there is nothing to unlock")
    info = found.lease.info
    if info.id != lock_id:
        what = f"is lock {info.id} of {info.who}, not {lock_id}"
        raise StateError(f"{place}: {what}; run: threadsync state unlock {info.id}")
    return found


def _lease(document: Document, place: str) -> Lease:
    try:
        return _checked(load_json(document.data))
    except ValueError as exc:
        msg = f"{place}: is damaged; when no other run is under way, delete it"
        raise StateError(msg) from exc


def _checked(raw: Any) -> Lease:
    match raw:
        case {
            "id": str(), "who": str(), "operation": str(), "created": str(created),
            "host": str(), "pid": int(), "expires": str(expires), "epoch": int(epoch),
        } if type(raw.get("renewals", 0)) is int:  # fmt: skip
            for moment in (created, expires):
                if datetime.fromisoformat(moment).tzinfo is None:
                    raise ValueError("a time without its offset")
            info = LockInfo(**{name: raw.get(name) for name in LockInfo._fields})
            return Lease(info, expires, epoch, raw.get("renewals", 0), *_end(raw))
        case _:
            raise ValueError("is no lock")


def _end(raw: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether the lock was released, and who broke it."""
    broken_by = raw.get("broken_by")
    return raw.get("released") is True, None if broken_by is None else str(broken_by)
