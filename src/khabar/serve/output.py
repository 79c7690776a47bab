"""Where a worker writes: what fits is sent whole, more goes out in pieces, and too much is a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from khabar.serve import frames

_S = TypeVar("_S")

WHOLE = 1 << 16
"""Bytes that are held back before an answer is begun: whatever fails until then still gets its own status."""


class Faulty(Exception):  # noqa: N818 (an answer, not an error of ours)
    """A job that gets an HTTP status and a line instead of its answer."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


class Output:
    """A writable file that frames what it is given, and counts bytes and rows."""

    def __init__(self, channel: frames.Channel, most_bytes: int, most_rows: int) -> None:
        self._channel = channel
        self._most_bytes, self._most_rows = most_bytes, most_rows
        self._held = bytearray()
        self._bytes = self._rows = 0
        self._started = False
        self._media = ""
        self._mark = self._tail = b""

    def begin(self, media: str, *, counts: str = "") -> None:
        """Say what the answer will be; `counts` names the format whose rows are counted as they are written."""
        self._media = media
        self._mark = _MARKS.get(counts, b"")
        self._rows = _BEFORE.get(counts, 0)

    def write(self, data: bytes) -> int:
        """Take bytes; Faulty when there are too many."""
        self._bytes += len(data)
        if self._bytes > self._most_bytes:
            raise Faulty(413, f"the answer is longer than {self._most_bytes:,} bytes; ask for less, or use LIMIT")
        if self._mark:
            self._count(data)
        self._held += data
        if len(self._held) > WHOLE:
            self._send()
        return len(data)

    def count(self, rows: int = 1) -> None:
        """Count rows that the bytes do not tell; Faulty when there are too many."""
        self._rows += rows
        if self._rows > self._most_rows:
            raise Faulty(413, f"the answer has more than {self._most_rows:,} rows; ask for less, or use LIMIT")

    def flush(self) -> None:
        """Nothing to do: pieces go out when they are large enough."""

    def end(self) -> None:
        """Send what is left, and that it is all."""
        if self._started:
            self._send()
            self._channel.sendall(frames.frame(frames.END))
        else:
            head = frames.headed(frames.WHOLE, {"media": self._media, "rows": self._rows})
            self._channel.sendall(head + frames.frame(frames.DATA, bytes(self._held)))

    def fault(self, status: int, line: str) -> None:
        """Send, in place of what is missing, that there will be no more of it."""
        self._channel.sendall(frames.headed(frames.FAULT, {"status": status, "line": line}))

    def _send(self) -> None:
        if not self._started:
            self._started = True
            self._channel.sendall(frames.headed(frames.START, {"media": self._media}))
        self._channel.sendall(frames.frame(frames.DATA, bytes(self._held)))
        self._held.clear()

    def _count(self, data: bytes) -> None:
        """Count what stands between rows; a mark may lie across two writes."""
        joined = self._tail + data
        self.count(joined.count(self._mark))
        kept = len(self._mark) - 1
        self._tail = joined[-kept:] if kept else b""


def counted(statements: Iterable[_S], output: Output) -> Iterator[_S]:
    """Triples or quads, counted as they pass."""
    for statement in statements:
        output.count()
        yield statement


# What stands once for each row; more often only where a value holds it: in JSON what parts two rows, in CSV a line end.
_MARKS = {"json": b"},{", "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}
_BEFORE = {"json": 1, "csv": -1, "tsv": -1}
