"""The folder of a store: what makes it one, and who may use it.

It holds `khabar.json` (its format), `quads/` (Oxigraph) and a lock.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import IO

from khabar import __version__
from khabar.errors import StoreError

FORMAT = 1
"""Raised whenever an older khabar could misread the store."""

META, QUADS, LOCK = "khabar.json", "quads", "lock"


def create(path: Path) -> None:
    """Make an empty store of a folder; StoreError when that cannot be."""
    try:
        (path / QUADS).mkdir(parents=True)
        meta = {"format": FORMAT, "khabar": __version__}
        (path / META).write_text(json.dumps(meta) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot make a store here ({one_line(error)}); choose another folder") from error


def check(path: Path) -> None:
    """Raise StoreError when there is no store, or when a newer khabar wrote it."""
    if not path.exists():
        raise StoreError(f"{path}: there is no store; make one with `khabar build SOURCE --store {path}`")
    try:
        meta = json.loads((path / META).read_text(encoding="utf-8"))
        found = int(meta["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: this is not a khabar store; give a folder that `khabar build` made") from error
    if found > FORMAT:
        made = meta.get("khabar", "a newer version")
        raise StoreError(f"{path}: written by khabar {made}, this is {__version__}; install the newer one")


def take_lock(path: Path, *, write: bool) -> IO[bytes] | None:
    """Lock the store: alone to write, together with others to read.

    Oxigraph must not read what another process writes, and only guards against two writers. None where the system
    has no such locks, or the folder cannot be written to, in which case nobody writes.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        lock = (path / LOCK).open("ab")
    except OSError as error:
        if write:
            why = one_line(error)
            raise StoreError(f"{path}: the store cannot be written ({why}); check its permissions") from error
        return None
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError as error:
        with suppress(OSError):
            lock.close()
        raise StoreError(f"{path}: another khabar is using this store; wait for it or stop it") from error
    return lock


def one_line(error: Exception) -> str:
    """An error's message on one line."""
    return " ".join(str(error).split())
