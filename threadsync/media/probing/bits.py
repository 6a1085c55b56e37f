"""Reading bit by bit, as the headers of codecs are written. No I/O."""

from __future__ import annotations


class Bits:
    """Some bytes as a row of bits, read from the front; ValueError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._left = len(data) * 8
        self._value = int.from_bytes(data, "big")

    def read(self, count: int) -> int:
        """The next `count` bits as a number."""
        if count > self._left:
            raise ValueError("there are no more bits")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.read(1) == 1

    def exp_golomb(self) -> int:
        """A number with as many zeros before it as it has bits behind the first (ITU-T H.264, 9.1)."""
        zeros = 0
        while not self.flag():
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)
