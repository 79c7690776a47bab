"""RSS and Atom files: feedparser reads them, each entry is a record; nothing is ever fetched."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.encoding import decode
from khabar.read.fields import make_record
from khabar.read.markup import plain
from khabar.read.source import Problem, Source, needed

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ADDRESS = re.compile(r"https?://\S+")


def read_feed(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the entries of a feed; an entry that has a headline only is a record of its headline.

    Raises InputError when the file is empty, too large, not text, or no feed.
    """
    feedparser = needed("feedparser", "RSS and Atom files")
    data = source.data()
    declared = _DECLARED.search(data[:200])
    try:
        text = decode(data, declared[1].decode() if declared else None)
    except ValueError as error:
        raise InputError(f"{source.name}: {error}") from None
    # bytes in a stream: given a string, feedparser would open what looks like an address or a path
    stream = BytesIO(_DECLARATION.sub("", text, count=1).encode())
    try:
        found = feedparser.parse(stream, resolve_relative_uris=False, sanitize_html=False)
    except Exception as error:  # the loose parser behind it trips over some broken files
        kind = type(error).__name__
        raise InputError(f"{source.name}: the feed cannot be read ({kind}); check that it is RSS or Atom") from None
    version = found.get("version")  # not there at all when nothing is left of the file
    if not found.entries or (found.bozo and not version):
        known = "holds no entries" if version else "is no RSS or Atom feed"
        raise InputError(f"{source.name}: the file {known}; export the feed again")
    for number, entry in enumerate(found.entries, 1):
        record = make_record(source, _values(entry, found.feed), problem, f"entry {number}")
        if record is not None:
            yield record
    if found.bozo and isinstance(found.bozo_exception, Exception) and _cut(found.bozo_exception):
        problem(f"{source.name}: the feed is broken XML, so its last entries may be missing; export it again")


def _cut(error: Exception) -> bool:
    return hasattr(error, "getLineNumber")  # a SAX error, not a note on encodings or namespaces


def _values(entry: dict[str, Any], feed: Mapping[str, Any]) -> dict[str, object]:
    title = _plain(entry.get("title_detail"))
    bodies = [_plain(part) for part in (*entry.get("content", ()), entry.get("summary_detail"))]
    body = max(bodies, key=len, default="")
    outlet = entry.get("source") or {}
    return {
        "text": body or title,
        "title": title,
        "id": _one(entry.get("id")),
        "url": _address(entry.get("link")),
        "date": _day(entry),
        "publisher": _one(outlet.get("title")) or _plain(feed.get("title_detail")),
        "licence": next(filter(None, map(_address, _rights(entry, feed))), None),
    }


def _rights(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Iterator[Any]:
    for one in (entry, feed):
        yield one.get("license")
        yield one.get("rights")


def _plain(part: Mapping[str, Any] | None) -> str:
    """The text of a feed's text construct, which may be HTML."""
    value = (part or {}).get("value")
    if not isinstance(value, str) or part is None:
        return ""
    return plain(value) if "html" in str(part.get("type")) else value.strip()


def _one(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _address(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and _ADDRESS.fullmatch(value.strip()) else None


def _day(entry: dict[str, Any]) -> str | None:
    """The day of publication by the outlet's own clock; of the last change where that is all it says."""
    for key in ("published", "updated"):
        written = dict.get(entry, key)  # its own `get` takes the one for the other, with a warning
        if not isinstance(written, str):
            continue
        if iso := _DAY.match(written.strip()):
            return iso[0]
        try:
            return parsedate_to_datetime(written).date().isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            parsed = entry.get(f"{key}_parsed")
            if parsed and parsed[0] > 0:
                return datetime.date(*parsed[:3]).isoformat()
    return None
