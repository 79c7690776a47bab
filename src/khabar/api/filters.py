"""Tests that rows of records pass or not, made of what a caller asks for and checked before anything is read."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any

from khabar.errors import QueryError
from khabar.ontology import shipped
from khabar.read.fields import parse_date

Test = Callable[[Any], bool]
Words = str | Iterable[str] | None
"""One word or more of a closed list; None asks for nothing."""
Day = str | date | None
"""A day, month or year (`2019-10-28`, `2019-10`, `2019`), or a date of Python."""


def among(field: str, wanted: Words, known: Collection[str]) -> list[Test]:
    """Rows whose field is one of these; QueryError that lists the known words when one is not among them."""
    if wanted is None:
        return []
    words = {wanted} if isinstance(wanted, str) else set(wanted)
    words = {word.removeprefix(":") for word in words}
    if strange := sorted(words - set(known)):
        raise QueryError(f"{field} cannot be {strange[0]!r}; choose of: {', '.join(sorted(known))}")
    return one_of(field, words)


def one_of(field: str, values: Collection[str]) -> list[Test]:
    """Rows whose field is one of these."""
    return [lambda row: getattr(row, field) in values]


def of_class(field: str, wanted: Words, top: str) -> list[Test]:
    """Rows whose field is one of these classes below `top`, or a subclass."""
    if wanted is None:
        return []
    known = {name for name in shipped().classes if shipped().is_a(name, top)}
    among(field, wanted, known)
    words = [wanted] if isinstance(wanted, str) else list(wanted)
    below = {name for word in words for name in shipped().subclasses(word.removeprefix(":"))}
    return one_of(field, below)


def of_predicate(wanted: Words) -> list[Test]:
    """Rows whose predicate is one of these, or a sub-property: who supplies supports; `type` is that of events."""
    if wanted is None:
        return []
    terms = shipped()
    ties = terms.relations | terms.roles
    words = {wanted} if isinstance(wanted, str) else set(wanted)
    words = {word.removeprefix(":") for word in words}
    among("predicate", words, ties | {"type"})
    below = {name for name in ties if name in words or terms.parents(name) & words}
    return [lambda row: row.predicate in below or row.predicate in words]


def is_true(field: str, wanted: bool | None) -> list[Test]:
    """Rows whose field is this truth value."""
    return [] if wanted is None else [lambda row: getattr(row, field) is wanted]


def sure(least: float | None) -> list[Test]:
    """Rows of at least this confidence."""
    return [] if least is None else [lambda row: row.confidence >= least]


def told_of(since: Day, until: Day) -> list[Test]:
    """Rows about this time: where the text dates it by that date, which may be a span, else by the document's."""
    first, last = _moment(since), _moment(until, end=True)
    if first is None and last is None:
        return []

    def overlaps(row: Any) -> bool:
        begin, end = row.not_before or row.not_after, row.not_after or row.not_before
        if begin is None and row.date:
            begin, end = _moment(row.date), _moment(row.date, end=True)
        return begin is not None and (last is None or begin <= last) and (first is None or end >= first)

    return [overlaps]


def passing(rows: Iterable[Any], *tests: list[Test]) -> Iterable[Any]:
    """The rows that pass all tests."""
    flat = [test for some in tests for test in some]
    return (row for row in rows if all(test(row) for test in flat))


def _moment(day: Day, *, end: bool = False) -> datetime | None:
    """The first or last second of a day, month or year; QueryError when it is none."""
    if day is None:
        return None
    text = parse_date(day.isoformat() if isinstance(day, date) else day)
    if text is None:
        raise QueryError(f"{day!r} is no date; write it as 2019-10-28, 2019-10 or 2019")
    year, month, dom = (int(part) for part in (*text.split("-"), "0", "0")[:3])
    if not end:
        return datetime(year, month or 1, dom or 1, tzinfo=UTC)
    month = month or 12
    return datetime(year, month, dom or monthrange(year, month)[1], 23, 59, 59, tzinfo=UTC)
