"""Reads sources of every format into records; whatever cannot be read becomes one clear line and the rest goes on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.docx import read_docx
from khabar.read.feed import read_feed
from khabar.read.fields import parse_date
from khabar.read.jsonfile import read_json
from khabar.read.jsonl import read_jsonl
from khabar.read.markdown import read_markdown
from khabar.read.pdf import read_pdf
from khabar.read.plain import read_plain
from khabar.read.source import Defaults, MissingLibraryError, Problem, Reader, Source
from khabar.read.table import read_table
from khabar.read.warc import read_warc
from khabar.read.web import read_web

__all__ = ["FORMATS", "Problem", "Reader", "Source", "read_sources"]

FORMATS: dict[str, Reader] = {
    ".atom": read_feed,
    ".csv": read_table,
    ".docx": read_docx,
    ".htm": read_web,
    ".html": read_web,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".rss": read_feed,
    ".txt": read_plain,
    ".warc": read_warc,
    ".warc.gz": read_warc,
    ".xml": read_feed,
}

_REFUSED = {".doc": "this is an old Word file; save it as .docx"}


def read_sources(
    sources: Sequence[str], *, date: str | None = None, licence: str | None = None, problem: Problem
) -> Iterator[Record]:
    """Read files, folders (recursively, in sorted order) and `-` (standard input) one record at a time.

    `date` (ISO day, month or year) and `licence` are given to records that state none. Each thing that cannot be read
    makes one call of `problem` with one line. Raises InputError when `date` itself is not a date.
    """
    defaults = Defaults(_checked(date) if date is not None else None, (licence or "").strip() or None)
    reading = _Reading(defaults, problem)
    for name in sources:
        top = Path(name)
        if name == "-":
            yield from reading.stdin()
        elif top.is_dir():
            yield from reading.folder(top)
        elif not top.exists():
            problem(f"{name}: there is no such file or folder; check the path")
        else:
            yield from reading.file(top, top.name)


def _checked(date: str) -> str:
    found = parse_date(date)
    if found is None:
        raise InputError(f"{date!r} is not a date; write it as 2019-10-28, 2019-10 or 2019")
    return found


def _ending(path: Path) -> str | None:
    """The ending that tells the format, None when it is not known."""
    name = path.name.lower()
    return next((ending for ending in (*FORMATS, *_REFUSED) if name.endswith(ending)), None)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One call of `read_sources`; `missing` are the lines about libraries that are not installed, said once each."""

    defaults: Defaults
    problem: Problem
    missing: set[str] = field(default_factory=set)

    def folder(self, top: Path) -> Iterator[Record]:
        """Read all files of a known format below `top`; hidden files and other formats are passed over."""
        seen = False

        def unreadable(error: OSError) -> None:
            self.problem(f"{error.filename}: the folder cannot be read ({error.strerror}); check its permissions")

        for folder, subfolders, files in os.walk(top, onerror=unreadable):
            subfolders[:] = sorted(sub for sub in subfolders if not sub.startswith("."))
            for file in sorted(files):
                path = Path(folder, file)
                if not file.startswith(".") and _ending(path) is not None:
                    seen = True
                    yield from self.file(path, path.relative_to(top).as_posix())
        if not seen:
            self.problem(f"{top}: the folder holds nothing to read; khabar reads {' '.join(FORMATS)}")

    def file(self, path: Path, place: str) -> Iterator[Record]:
        """Read one file; `place` is its path below the SOURCE."""
        ending = _ending(path)
        if ending is None:
            self.problem(f"{path}: the format is not known by its ending; khabar reads {' '.join(FORMATS)}")
        elif ending in _REFUSED:
            self.problem(f"{path}: {_REFUSED[ending]}")
        elif not path.is_file():  # a pipe or device would block
            self.problem(f"{path}: this is not a file; give a file or a folder")
        else:
            yield from self._read(FORMATS[ending], lambda: path.open("rb"), str(path), place)

    def stdin(self) -> Iterator[Record]:
        """Read standard input: JSONL when it begins with `{`, HTML when with `<`, else one plain document."""
        stream: io.BufferedReader = io.BufferedReader(_Unclosed(sys.stdin.buffer))
        start = stream.peek(64).removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")[:1]
        reader = {b"{": read_jsonl, b"<": read_web}.get(start, read_plain)
        yield from self._read(reader, lambda: stream, "standard input", None)

    def _read(
        self, reader: Reader, opened: Callable[[], io.BufferedReader], name: str, place: str | None
    ) -> Iterator[Record]:
        try:
            with closing(opened()) as stream:
                yield from reader(Source(name, place, stream, self.defaults), self.problem)
        except MissingLibraryError as error:
            if str(error) not in self.missing:
                self.missing.add(str(error))
                self.problem(str(error))
        except InputError as error:
            self.problem(str(error))
        except OSError as error:
            reason = error.strerror or error
            self.problem(f"{name}: it cannot be read ({reason}); check its permissions and its disk")


class _Unclosed(io.RawIOBase):
    """Hands on a stream that is not ours to close."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        read1 = getattr(self._stream, "read1", self._stream.read)
        data: bytes = read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)
