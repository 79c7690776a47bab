"""Reads sources of every format into records; whatever cannot be read becomes one clear line and the rest goes on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.fields import parse_date
from khabar.read.jsonl import read_jsonl
from khabar.read.markdown import read_markdown
from khabar.read.plain import read_plain
from khabar.read.source import Problem, Reader, Source
from khabar.read.table import read_table
from khabar.read.web import read_web

__all__ = ["FORMATS", "Problem", "Reader", "Source", "read_sources"]

FORMATS: dict[str, Reader] = {
    ".csv": read_table,
    ".htm": read_web,
    ".html": read_web,
    ".jsonl": read_jsonl,
    ".md": read_markdown,
    ".txt": read_plain,
}


def read_sources(sources: Sequence[str], *, date: str | None = None, problem: Problem) -> Iterator[Record]:
    """Read files, folders (recursively, in sorted order) and `-` (standard input) one record at a time.

    `date` (ISO day, month or year) is given to records that state none. Each thing that cannot be read makes one
    call of `problem` with one line. Raises InputError when `date` itself is not a date.
    """
    if date is not None:
        date = _checked(date)
    for name in sources:
        if name == "-":
            yield from _read_stdin(date, problem)
            continue
        top = Path(name)
        if top.is_dir():
            yield from _read_folder(top, date, problem)
        elif not top.exists():
            problem(f"{name}: there is no such file or folder; check the path")
        else:
            yield from _read_file(top, top.name, date, problem)


def _checked(date: str) -> str:
    found = parse_date(date)
    if found is None:
        raise InputError(f"{date!r} is not a date; write it as 2019-10-28, 2019-10 or 2019")
    return found


def _read_folder(top: Path, date: str | None, problem: Problem) -> Iterator[Record]:
    """Read all files of a known format below `top`; hidden files and other formats are passed over."""
    seen = False

    def unreadable(error: OSError) -> None:
        problem(f"{error.filename}: the folder cannot be read ({error.strerror}); check its permissions")

    for folder, subfolders, files in os.walk(top, onerror=unreadable):
        subfolders[:] = sorted(sub for sub in subfolders if not sub.startswith("."))
        for file in sorted(files):
            path = Path(folder, file)
            if not file.startswith(".") and path.suffix.lower() in FORMATS:
                seen = True
                yield from _read_file(path, path.relative_to(top).as_posix(), date, problem)
    if not seen:
        problem(f"{top}: the folder holds nothing to read; khabar reads {' '.join(FORMATS)}")


def _read_file(path: Path, place: str, date: str | None, problem: Problem) -> Iterator[Record]:
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        problem(f"{path}: the format is not known by its ending; khabar reads {' '.join(FORMATS)}")
    elif not path.is_file():  # a pipe or device would block
        problem(f"{path}: this is not a file; give a file or a folder")
    else:
        yield from _read(reader, lambda: path.open("rb"), str(path), place, date, problem)


def _read_stdin(date: str | None, problem: Problem) -> Iterator[Record]:
    """Read standard input: JSONL when it begins with `{`, HTML when with `<`, else one plain document."""
    stream: io.BufferedReader = io.BufferedReader(_Unclosed(sys.stdin.buffer))
    start = stream.peek(64).removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")[:1]
    reader = {b"{": read_jsonl, b"<": read_web}.get(start, read_plain)
    yield from _read(reader, lambda: stream, "standard input", None, date, problem)


def _read(
    reader: Reader,
    opened: Callable[[], io.BufferedReader],
    name: str,
    place: str | None,
    date: str | None,
    problem: Problem,
) -> Iterator[Record]:
    try:
        with closing(opened()) as stream:
            yield from reader(Source(name, place, stream, date), problem)
    except InputError as error:
        problem(str(error))
    except OSError as error:
        problem(f"{name}: it cannot be read ({error.strerror or error}); check its permissions and its disk")


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
