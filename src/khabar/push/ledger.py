"""What was sent: one SQLite file for each external store, beside the quads and no part of the graph.

A graph is struck out before it is sent and written in when it has arrived, each in a transaction of its own: whatever
kills a run, no row says more than is true.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from khabar import iri
from khabar.errors import StoreError

_FORMAT = 1
_TABLES = f"""
CREATE TABLE graph(name TEXT PRIMARY KEY, digest TEXT NOT NULL, triples INTEGER NOT NULL);
CREATE TABLE target(url TEXT NOT NULL);
PRAGMA user_version = {_FORMAT};
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A graph as it was sent: a digest of its triples (empty: nobody knows) and how many the store should count."""

    digest: str
    triples: int


UNSURE = Sent("", 0)
"""A graph that was about to be sent or deleted, or that was found to differ."""


class Ledger:
    """The ledger of one external store, by the address of its Graph Store Protocol; use it as a context manager.

    While it is open no other process can open it. StoreError when another one does, or when it cannot be written.
    """

    def __init__(self, store: Path, address: str) -> None:
        self.folder = store / "push"
        self.path = self.folder / f"{iri.digest(address)}.sqlite"
        self.fresh = not self.path.exists()
        try:
            self.folder.mkdir(exist_ok=True)
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=0)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path}: the ledger cannot be written ({error}); check its permissions") from error
        try:
            with self._guard():
                self._prepare(address)
        except StoreError:
            self._db.close()
            raise

    def _prepare(self, address: str) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # What a power cut loses is sent again; a killed process loses nothing.
        self._db.execute("PRAGMA synchronous = NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._db.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
            self._db.execute("INSERT INTO target VALUES (?)", (address,))
        elif version != _FORMAT:
            raise StoreError(f"{self.path}: a newer khabar wrote this ledger; install it")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def rows(self) -> dict[str, Sent]:
        """All graphs that were ever sent and not deleted since, by name."""
        with self._guard():
            found = self._db.execute("SELECT name, digest, triples FROM graph ORDER BY name")
            return {name: Sent(digest, triples) for name, digest, triples in found}

    def note(self, name: str, sent: Sent) -> None:
        """Write in what is there now."""
        with self._guard():
            self._db.execute("INSERT OR REPLACE INTO graph VALUES (?, ?, ?)", (name, sent.digest, sent.triples))

    def strike(self, name: str) -> None:
        """Say that nobody knows what is there."""
        self.note(name, UNSURE)

    def strike_all(self) -> None:
        """Say that nobody knows what is there, of any graph."""
        with self._guard():
            self._db.execute("UPDATE graph SET digest = '', triples = 0")

    def remove(self, name: str) -> None:
        """Say that nothing is there."""
        with self._guard():
            self._db.execute("DELETE FROM graph WHERE name = ?", (name,))

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreError(f"{self.path}: another khabar is pushing there; wait for it or stop it") from error
            raise StoreError(f"{self.path}: the ledger cannot be written ({error}); is the disk full?") from error
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: the ledger is damaged ({error}); delete it, then --again") from error


def rows_of(store: Path, address: str) -> dict[str, Sent]:
    """The rows of a ledger that need not be there, for who only looks."""
    if not (store / "push" / f"{iri.digest(address)}.sqlite").exists():
        return {}
    with Ledger(store, address) as ledger:
        return ledger.rows()
