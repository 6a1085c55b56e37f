"""What a token allows, as Meta sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.api.hiding import Hidden
from threadsync.api.sender import Sender
from threadsync.api.types import TokenInfo
from threadsync.api.wire import Call, inside_data

if TYPE_CHECKING:
    from threadsync.api.credentials import Credentials


class Tokens(Sender):
    """The calls about tokens; getting and refreshing one is in `oauth`."""

    credentials: Credentials

    async def debug_token(self, input_token: str | None = None) -> TokenInfo:
        """What is known of a token of the same app; of the client's own when none is given."""
        input_token = Hidden(input_token or self.credentials.access_token)
        secrets = {"input_token": input_token}
        reads = inside_data(TokenInfo)
        return await self.send(Call("inspect token", "GET", "debug_token", reads, secrets=secrets))
