"""CSV that spreadsheets open rightly: what tables and the formats of other tools are written with."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO, TypeVar

BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_EVERY = 1000

Row = TypeVar("Row")

Cell = str | int | float | bool | datetime | Sequence[str] | None


class Sheet:
    """Rows of CSV as they come: commas, quotes where needed, CRLF, UTF-8.

    A time is ISO 8601 in UTC, a list is parted by `|`, None is an empty cell. With `guard`, for spreadsheets, the file
    begins with a byte order mark, without which Excel misreads Arabic, and a text that would be taken for a formula
    gets an apostrophe before it; numbers stay as they are.
    """

    def __init__(self, output: IO[bytes], columns: Iterable[str], *, guard: bool = True) -> None:
        self._output = output
        self._guard = guard
        self._line = io.StringIO()
        self._csv = csv.writer(self._line, lineterminator="\r\n")
        if guard:
            output.write(BOM)
        self.write(columns)

    def write(self, cells: Iterable[Cell]) -> None:
        """Write one row."""
        self._csv.writerow([self._text(cell) for cell in cells])
        self._output.write(self._line.getvalue().encode())
        self._line.seek(0)
        self._line.truncate()

    def _text(self, cell: Cell) -> str | int | float:
        if cell is None:
            return ""
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, int | float):
            return cell
        if isinstance(cell, datetime):
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        text = cell if isinstance(cell, str) else joined(cell)
        text = text.replace("\0", "�")  # which few readers of CSV get over
        return f"'{text}" if self._guard and text.startswith(_FORMULA) else text


def joined(values: Iterable[str]) -> str:
    """A list in one cell; the sign that parts it is taken out of its values."""
    return "|".join(value.replace("|", "/") for value in values)


def counted(rows: Iterable[Row], progress: Callable[[int], None]) -> Iterator[Row]:
    """The rows; `progress` is told of every thousand."""
    count = 0
    for count, row in enumerate(rows, 1):
        yield row
        if count % _EVERY == 0:
            progress(_EVERY)
    progress(count % _EVERY)
