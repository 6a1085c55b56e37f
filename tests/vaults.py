"""A vault in memory, whose writes can be watched, disturbed and refused."""

from __future__ import annotations

import itertools
import threading

from threadsync.state.remote.vault import Document, LostRaceError


class MemoryVault:
    """Documents by name. `before_write`, `after_write` and `after_read` get a name and may raise."""

    place = "memory://state"

    def __init__(self):
        self.documents = {}
        self.written = []
        """Name and bytes of each write, in order."""
        self.before_write = self.after_write = self.after_read = lambda _: None
        self._tags = itertools.count()
        self._turn = threading.Lock()

    def read(self, name):
        found = self.documents.get(name)
        self.after_read(name)
        return found

    def write(self, name, data, tag):
        self.before_write(name)
        with self._turn:
            there = self.documents.get(name)
            if (there.tag if there else None) != tag:
                raise LostRaceError(f"{self.place}: {name} was written by another")
            new = self.put(name, data)
        self.after_write(name)
        return new

    def put(self, name, data):
        """Write whatever is there, as nobody should; the tag."""
        self.documents[name] = Document(data, f"v{next(self._tags)}")
        self.written.append((name, data))
        return self.documents[name].tag

    def names(self, prefix):
        return [name for name in self.documents if name.startswith(prefix)]

    def remove(self, name):
        self.documents.pop(name, None)
