"""Keeps answers on disk: one SQLite file, each batch in one transaction, so that a kill loses at most one batch."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from khabar.errors import ServiceError

_FORMAT = 1
_TABLES = """
CREATE TABLE item(endpoint TEXT, qid TEXT, fetched REAL, body TEXT, before TEXT, PRIMARY KEY (endpoint, qid));
CREATE TABLE answer(name TEXT PRIMARY KEY, fetched REAL, body TEXT);
PRAGMA user_version = 1;
"""


def default_path() -> Path:
    """Where the cache lies when nobody says: the user's folder of caches."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "khabar" / "wikidata.sqlite"


class Cache:
    """Answers that are not older than `days`; use it as a context manager.

    Raises ServiceError when the file cannot be used.
    """

    def __init__(self, path: Path, *, days: float = 30.0, now: Callable[[], float] = time.time) -> None:
        self._path, self._now, self._age = path, now, days * 86_400
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        except (OSError, sqlite3.Error) as error:
            raise ServiceError(f"{path}: the cache cannot be opened ({error}); give another with --cache") from error
        try:
            with self._guard():
                (version,) = self._db.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    self._db.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
                elif version != _FORMAT:
                    raise ServiceError(f"{path}: a newer khabar made this cache; delete it or give another")
        except ServiceError:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def items(self, endpoint: str, qids: Sequence[str]) -> dict[str, str]:
        """Of these items, the bodies of those that are fresh."""
        oldest = self._now() - self._age
        found = {}
        with self._guard():
            for qid in qids:
                row = self._db.execute(
                    "SELECT body FROM item WHERE endpoint = ? AND qid = ? AND fetched >= ?", (endpoint, qid, oldest)
                ).fetchone()
                if row:
                    found[qid] = row[0]
        return found

    def put(self, endpoint: str, bodies: Mapping[str, str]) -> None:
        """Keep items, all or none; what an item was before it changed is kept too."""
        with self._guard(), self._transaction():
            for qid, body in bodies.items():
                self._db.execute(
                    "INSERT INTO item VALUES (?, ?, ?, ?, NULL) ON CONFLICT (endpoint, qid) DO UPDATE SET "
                    "before = CASE WHEN body = excluded.body THEN before ELSE body END, "
                    "body = excluded.body, fetched = excluded.fetched",
                    (endpoint, qid, self._now(), body),
                )

    def previous(self, endpoint: str, qid: str) -> str | None:
        """What was kept of an item before it changed, or None."""
        with self._guard():
            row = self._db.execute("SELECT before FROM item WHERE endpoint = ? AND qid = ?", (endpoint, qid)).fetchone()
        return row[0] if row else None

    def answer(self, *question: str) -> str | None:
        """The fresh answer to a question, or None."""
        with self._guard():
            row = self._db.execute(
                "SELECT body FROM answer WHERE name = ? AND fetched >= ?", (_name(question), self._now() - self._age)
            ).fetchone()
        return row[0] if row else None

    def put_answer(self, body: str, *question: str) -> None:
        """Keep the answer to a question."""
        with self._guard():
            self._db.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (_name(question), self._now(), body))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ServiceError(f"{self._path}: the cache is of no use ({error}); delete it or give another") from error


def _name(question: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(question).encode()).hexdigest()
