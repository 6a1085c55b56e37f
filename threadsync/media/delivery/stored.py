"""How a medium is named and read while it is stored; the same for every store of media."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from threadsync.errors import MediaFileError
from threadsync.media.probing.probe import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

CACHE_CONTROL = "public, max-age=31536000, immutable"
"""The name holds the digest, so what stands under a name never changes."""


class StoredType(NamedTuple):
    """How a format is named in a store; `suffix` has its dot."""

    suffix: str
    content_type: str


_TYPES = {
    "JPEG": StoredType(".jpg", "image/jpeg"),
    "PNG": StoredType(".png", "image/png"),
    "MP4": StoredType(".mp4", "video/mp4"),
    "MOV": StoredType(".mov", "video/quicktime"),
}
_UNKNOWN = StoredType("", "application/octet-stream")


def stored_type(path: Path) -> StoredType:
    """Suffix and content type by the file's first bytes; its name does not count."""
    try:
        with path.open("rb") as file:
            return _TYPES.get(sniff(file.read(HEAD_BYTES)), _UNKNOWN)
    except OSError as exc:
        raise unreadable(path, exc) from exc


def type_by_name(name: str) -> str:
    """The content type of the object called `name`, which has its suffix."""
    types = {kind.suffix: kind.content_type for kind in _TYPES.values()}
    return types.get("." + name.rpartition(".")[2], _UNKNOWN.content_type)


def stem_of(digest: str) -> str:
    """What the object of an unchanged file is named by, for a `digest` of `sha256:…`."""
    return digest.removeprefix("sha256:")


def stored_name(path: Path, stem: str) -> str:
    """`<stem>.jpg` and so on; a stem with a suffix is a name already, and the file is not read."""
    return stem if "." in stem else stem + stored_type(path).suffix


class CheckedFile:
    """A file for sending that raises MediaFileError instead of its last bytes when the digest is wrong.

    So a request with a wrong body is never completed. It is as long as it was when it was opened;
    reading starts at the beginning, and again after `seek(0)`. Close it, or use `with`.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._digest = digest.removeprefix("sha256:")
        self._hash = hashlib.sha256()
        self._position = 0
        try:
            self._file = path.open("rb")
        except OSError as exc:
            raise unreadable(path, exc) from exc
        self.size_bytes = self._file.seek(0, 2)
        self._file.seek(0)

    def __enter__(self) -> CheckedFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, amount: int | None = -1) -> bytes:
        left = self.size_bytes - self._position
        wanted = left if amount is None or amount < 0 else min(amount, left)
        try:
            data = self._file.read(wanted)
        except OSError as exc:
            raise unreadable(self._path, exc) from exc
        self._hash.update(data)
        self._position += len(data)
        is_short = len(data) < wanted
        is_wrong = self._position == self.size_bytes and self._hash.hexdigest() != self._digest
        if is_short or is_wrong:
            raise changed(self._path)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Start anew, or go to the end to learn the length; there is no reading from between."""
        self._position = self._file.seek(offset, whence)
        self._hash = hashlib.sha256()
        return self._position

    def tell(self) -> int:
        return self._position


def changed(path: Path) -> MediaFileError:
    return MediaFileError(path, "changed while it was uploaded; run the command again")


def unreadable(path: Path, exc: OSError) -> MediaFileError:
    return MediaFileError(path, f"cannot be read: {exc.strerror}; check the file, then run again")
