"""The app of the sandbox: its id and secret, and how its part of OAuth behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from threadsync.sandbox.storage.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What Meta's dashboard holds of an app."""

    id: str = "1"
    secret: str = "sandbox"  # noqa: S105 - a name for the sandbox, not a secret
    name: str = "threadsync sandbox"
    redirect_uris: tuple[str, ...] = ()
    """The registered ones; with none, every http(s) address is taken."""
    is_user_id_text: bool = False
    """Whether the code exchange tells `user_id` as text, as Meta's Postman collection has it."""

    @property
    def token(self) -> str:
        """The app's access token, which anybody who knows the secret can write down."""
        return f"TH|{self.id}|{self.secret}"


def load(records: Records) -> App:
    """The app as it was set last, or the default one."""
    row = records.connection.execute("SELECT value FROM app").fetchone()
    return msgspec.json.decode(row[0], type=App) if row else App()


def save(records: Records, app: App) -> None:
    records.connection.execute("DELETE FROM app")
    row = (app.id, msgspec.json.encode(app))
    records.connection.execute("INSERT INTO app VALUES (?, ?)", row)
