"""What is sent to a store: bytes that are digested once, for all that asks for their digest.

boto3 would digest each body again to sign it, and copy it while it is sent.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from botocore.auth import AUTH_TYPE_MAPS, S3SigV4Auth

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from mypy_boto3_s3 import S3Client

_SIGNER = "s3v4-threadsync"


class Body:
    """Bytes in memory, read like a file; `sha256` is their digest in hex."""

    def __init__(self, data: bytes) -> None:
        self.sha256 = hashlib.sha256(data).hexdigest()
        self._data = memoryview(data)
        self._position = 0

    def __len__(self) -> int:
        return len(self._data)

    def read(self, amount: int | None = None) -> memoryview:
        """The next `amount` bytes, or all that is left; empty at the end. No copy is made."""
        left = len(self) - self._position
        size_bytes = left if amount is None or amount < 0 else min(amount, left)
        start, self._position = self._position, self._position + size_bytes
        return self._data[start : self._position]

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to `offset` from the beginning, from here (1) or from the end (2)."""
        start = (0, self._position, len(self))[whence]
        self._position = min(max(start + offset, 0), len(self))
        return self._position

    def tell(self) -> int:
        return self._position


def sign_by_digest(client: S3Client) -> None:
    """Let `client` sign a `Body` with the digest that it has; other bodies as ever."""
    AUTH_TYPE_MAPS[_SIGNER] = _DigestAuth
    for operation in ("PutObject", "UploadPart"):
        client.meta.events.register(f"choose-signer.s3.{operation}", _chosen)


class _DigestAuth(S3SigV4Auth):
    def payload(self, request: AWSRequest) -> Any:
        body = request.data
        return body.sha256 if isinstance(body, Body) else super().payload(request)


def _chosen(signature_version: object, **_: object) -> Any:
    """Our signer in place of S3's usual one; None leaves the choice to boto3."""
    return _SIGNER if signature_version == "s3v4" else None
