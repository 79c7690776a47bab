"""Web archives (.warc, .warc.gz): each page that was answered with 200 is read as `web` reads one."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.encoding import decode
from khabar.read.fields import make_record
from khabar.read.source import LIMIT, Problem, Source, hush, needed
from khabar.read.web import read_page

_PAGES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_CUT = "the archive ends in the middle of a record; what stands before it was read; fetch the file again"


def read_warc(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the pages of an archive one by one, so that it may be larger than memory; its date is the page's own.

    The day of the crawl is not the article's, so it is not used. Raises InputError when the file is no archive or is
    cut off; the pages before that are given all the same.
    """
    archives = needed("warcio.archiveiterator", "WARC files")
    hush("warcio")
    pages = bare = 0
    for number, record in _responses(source, archives):
        pages += 1
        try:
            page = _page(record, source)
        except ValueError as error:
            problem(f"{source.name}:record {number}: {error}")
            continue
        values = read_page(page) if page.strip() else None
        if values is None:
            bare += 1
            continue
        values["url"] = record.rec_headers.get_header("WARC-Target-URI")
        made = make_record(source, values, problem, f"record {number}")
        if made is not None:
            yield made
    if not pages:
        raise InputError(f"{source.name}: the archive holds no page that was answered with 200; nothing to read in it")
    if bare:
        problem(f"{source.name}: {bare:,} pages hold no article text, so they are left out; no need to do anything")


def _responses(source: Source, archives: Any) -> Iterator[tuple[int, Any]]:
    """Records that hold a page, numbered among all records of the archive from 1."""
    packed = source.stream.peek(2)[:2] == b"\x1f\x8b"
    records = archives.ArchiveIterator(_Unpacked(source) if packed else source.stream)
    records.INC_RECORD = ""  # it writes this to standard error for each record that is not as long as it says
    number = 0
    while True:
        try:
            record = next(records, None)
        except InputError:
            raise
        except Exception as error:  # broken headers fail in many places
            if number == 0:
                raise InputError(f"{source.name}: this is no WARC file; check that it is one") from None
            kind = type(error).__name__
            fault = f"the archive is broken after record {number} ({kind}); what stands before it was read"
            raise InputError(f"{source.name}: {fault}; fetch the file again") from None
        if record is None:
            break
        number += 1
        if _is_page(record):
            yield number, record
        _skip(record, source)
    if records.next_line and number:  # a record began and its head is not whole
        raise InputError(f"{source.name}: {_CUT}")
    if number == 0:
        raise InputError(f"{source.name}: the archive is empty; remove it or fetch it again")


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if record.rec_type != "response" or headers is None or headers.get_statuscode() != "200":
        return False
    return str(headers.get_header("Content-Type", "")).partition(";")[0].strip().lower() in _PAGES


def _skip(record: Any, source: Source) -> None:
    """Go to the end of a record. Raises InputError when the archive ends before it does, or within its head."""
    while record.raw_stream.read(1 << 16):
        pass
    if record.length is None or getattr(record.raw_stream, "limit", 0) > 0:
        raise InputError(f"{source.name}: {_CUT}")


def _page(record: Any, source: Source) -> str:
    """The text of a page. Raises ValueError, with a message for the user, when it is too large or not text."""
    try:
        data = record.content_stream().read(LIMIT + 1)
    except InputError:
        raise
    except Exception as error:  # whatever its server or crawler packed wrongly
        kind = type(error).__name__
        raise ValueError(f"the page cannot be unpacked ({kind}), so it is left out; fetch it again") from None
    _skip(record, source)
    if len(data) > LIMIT:
        raise ValueError(f"the page is over {LIMIT // 1_000_000} MB, so it is left out; save its text as .txt")
    declared = _CHARSET.search(str(record.http_headers.get_header("Content-Type", "")))
    declared = declared or _CHARSET.search(data[:2048].decode("ascii", "replace"))
    return decode(data, declared[1] if declared else None)


class _Unpacked:
    """A gzip file as its bytes: one cut off, or broken, gives what it holds and then an InputError."""

    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._stream: BinaryIO = gzip.GzipFile(fileobj=source.stream)  # type: ignore[assignment]

    def read(self, size: int = -1) -> bytes:
        try:
            # one piece at a time: `read` would throw away what came before the break
            return self._stream.read1(size if size > 0 else 1 << 16)  # type: ignore[attr-defined, no-any-return]
        except EOFError:
            raise InputError(f"{self._name}: {_CUT}") from None
        except (zlib.error, gzip.BadGzipFile) as error:
            fault = f"the archive is broken ({error}); what stands before the break was read"
            raise InputError(f"{self._name}: {fault}; fetch the file again") from None
