"""Snapshots: whole copies of a store, of one moment, that servers read while the store is written.

They lie in DIR/snapshots/<number>; Oxigraph makes them of hard links, so one costs milliseconds and little room.
Whoever writes the store publishes them, but only while some server watches. All marks are file locks, which the system
takes back when a process dies, however it dies: `watched` is held by servers, `<number>/used` by whoever reads a
snapshot.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where nothing is served
    fcntl = None  # type: ignore[assignment]

FOLDER = "snapshots"
_WATCHED, _PUBLISHING, _USED, _PART = "watched", "publishing", "used", ".part"


class Snapshots:
    """The snapshots of one store, or another series of them, in a folder of its own."""

    def __init__(self, store: Path, folder: str = FOLDER) -> None:
        self.folder = store / folder

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Ask writers to publish, as long as the context lasts; OSError when the folder cannot be written to."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / _WATCHED).open("ab") as mark:
            fcntl.flock(mark, fcntl.LOCK_SH)
            yield

    def watched(self) -> bool:
        """Whether some server wants snapshots."""
        if fcntl is not None:
            with suppress(OSError), (self.folder / _WATCHED).open("rb") as mark:
                return not _taken(mark)
        return False

    def newest(self) -> Path | None:
        """The last snapshot that was published."""
        return max(self._all(), key=_number, default=None)

    def publish(self, copy: Callable[[Path], None]) -> Path:
        """Make a new snapshot: `copy` gets the folder to fill; it appears under its number when it is whole."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / _PUBLISHING).open("ab") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            for stale in self.folder.glob("*" + _PART):
                shutil.rmtree(stale)
            number = 1 + max((_number(path) for path in self._all()), default=0)
            part, whole = self.folder / f"{number:08d}{_PART}", self.folder / f"{number:08d}"
            try:
                copy(part)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
            (part / _USED).touch()
            return part.rename(whole)

    @staticmethod
    def use(snapshot: Path) -> IO[bytes]:
        """Mark a snapshot as in use until the file that this returns is closed; OSError when it is gone."""
        mark = (snapshot / _USED).open("rb")
        fcntl.flock(mark, fcntl.LOCK_SH)
        return mark

    def tidy(self) -> None:
        """Remove the snapshots that nobody uses, but for the newest."""
        newest = self.newest()
        for path in self._all():
            if path == newest:
                continue
            with suppress(FileNotFoundError), (path / _USED).open("rb") as mark:
                if _taken(mark):
                    shutil.rmtree(path, ignore_errors=True)

    def clear(self) -> None:
        """Remove all that nobody uses; for the last server to go."""
        self.tidy()
        if (newest := self.newest()) is not None and not self.watched():
            with suppress(FileNotFoundError), (newest / _USED).open("rb") as mark:
                if _taken(mark):
                    shutil.rmtree(newest, ignore_errors=True)

    def _all(self) -> list[Path]:
        with suppress(FileNotFoundError):
            return [path for path in self.folder.iterdir() if path.name.isdigit()]
        return []


def _number(path: Path) -> int:
    return int(path.name)


def _taken(mark: IO[bytes]) -> bool:
    """Take the lock for oneself alone; False when others hold it."""
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
