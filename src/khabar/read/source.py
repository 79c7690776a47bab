"""What a reader is given and what it must be."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any, Protocol

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.encoding import decode

Problem = Callable[[str], None]

LIMIT = 50_000_000
"""Bytes that one document (a file, or one line of JSONL) may have: a book is 2 MB, more is no article."""


FILE_LIMIT = 4 * LIMIT
"""Bytes that a file with pictures in it (PDF, Word) may have, packed or unpacked."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What records have that do not say it themselves."""

    date: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An open file: its name for messages, its place below the SOURCE it was found in, what its records lack."""

    name: str
    place: str | None
    stream: BufferedReader
    defaults: Defaults = field(default_factory=Defaults)

    def data(self, limit: int = 0) -> bytes:
        """Read the file as bytes. Raises InputError when it has none, or more than `limit` (LIMIT unless told)."""
        limit = limit or LIMIT
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(
                f"{self.name}: the file is over {limit // 1_000_000} MB, too large for one document; "
                "split it or write it as JSONL, one record a line"
            )
        if not data:
            raise InputError(f"{self.name}: the file is empty; remove it or fill it")
        return data

    def whole(self) -> str:
        """Read the file as one text. Raises InputError when it is empty, too large or not text."""
        data = self.data()
        try:
            text = decode(data)
        except ValueError as error:
            raise InputError(f"{self.name}: {error}") from None
        if not text.strip():
            raise InputError(f"{self.name}: the file is empty; remove it or fill it")
        return text


class MissingLibraryError(InputError):
    """Files of a whole format cannot be read."""


def needed(module: str, files: str) -> Any:
    """Import the optional library that reads such files; MissingLibraryError when it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        fault = f"{files} are left out: reading them needs {library}"
        raise MissingLibraryError(f"{fault}; run: pip install 'khabar[files]'") from None


def hush(library: str) -> None:
    """Keep a library's remarks on single pages off standard error, unless the program has asked for them."""
    log = logging.getLogger(library)
    if not log.handlers:
        log.addHandler(logging.NullHandler())


class Reader(Protocol):
    """Reads one file of one format.

    It reports what concerns single records through `problem` and goes on; it raises InputError or OSError
    when nothing more can be read.
    """

    def __call__(self, source: Source, problem: Problem) -> Iterator[Record]:
        """Give the records of `source` in order."""
        ...
