"""What a reader is given and what it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Protocol

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.encoding import decode

Problem = Callable[[str], None]

LIMIT = 50_000_000
"""Bytes that one document (a file, or one line of JSONL) may have: a book is 2 MB, more is no article."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file: its name for messages, its place below the SOURCE it was found in, its default date."""

    name: str
    place: str | None
    stream: BufferedReader
    date: str | None = None

    def whole(self) -> str:
        """Read the file as one text. Raises InputError when it is empty, too large or not text."""
        data = self.stream.read(LIMIT + 1)
        if len(data) > LIMIT:
            raise InputError(
                f"{self.name}: the file is over {LIMIT // 1_000_000} MB, too large for one document; "
                "split it or write it as JSONL, one record a line"
            )
        try:
            text = decode(data)
        except ValueError as error:
            raise InputError(f"{self.name}: {error}") from None
        if not text.strip():
            raise InputError(f"{self.name}: the file is empty; remove it or fill it")
        return text


class Reader(Protocol):
    """Reads one file of one format.

    It reports what concerns single records through `problem` and goes on; it raises InputError or OSError
    when nothing more can be read.
    """

    def __call__(self, source: Source, problem: Problem) -> Iterator[Record]:
        """Give the records of `source` in order."""
        ...
