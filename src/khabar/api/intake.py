"""What a caller hands over (texts, records, files) as records, each checked like a line of a file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isnan
from os import PathLike, fspath
from typing import cast

from khabar.errors import InputError
from khabar.model import Record
from khabar.read import FORMATS, Problem, Source, read_sources
from khabar.read.fields import make_record, parse_date
from khabar.read.source import Defaults

Item = str | PathLike[str] | Mapping[str, object] | Record
"""A text, a file or folder, a Record, or a mapping: `text`, and if known id, title, url, date, publisher, licence."""


_ARABIC = re.compile("[ء-ي]")


def records(
    items: Item | Iterable[Item], *, day: str | date | None, licence: str | None, problem: Problem
) -> Iterator[Record]:
    """The records of one item or many, in their order; `day` and `licence` are for those that state none.

    What cannot be used makes one call of `problem`. InputError when `day` is no date, or an item none of these.
    """
    default = day_of(day)
    many = cast("Iterable[Item]", [items] if isinstance(items, str | PathLike | Mapping | Record) else items)
    for number, item in enumerate(many, 1):
        if isinstance(item, PathLike):
            yield from read_sources([fspath(item)], date=default, licence=licence, problem=problem)
        elif isinstance(item, Record):
            yield item
        elif isinstance(item, str) and _is_path(item):
            problem(f"{item[:60]!r} holds no Arabic text; give a file as pathlib.Path({item[:60]!r})")
        else:
            values = {"text": item} if isinstance(item, str) else item
            if not isinstance(values, Mapping):
                kinds = "a text, a pathlib.Path, a mapping with `text`, or a Record"
                raise InputError(f"item {number} is of type {type(item).__name__}; give {kinds}")
            if (record := _record(values, f"item {number}", Defaults(default, licence), problem)) is not None:
                yield record


def record(text: str, fields: Mapping[str, object]) -> Record:
    """One record; InputError, one line, when its text or a field cannot be used."""
    if isinstance(text, str) and _is_path(text):
        raise InputError(f"{text[:60]!r} holds no Arabic text; give the text itself, or a file to Graph.add")
    faults: list[str] = []
    made = _record({"text": text, **fields}, "the text", Defaults(), faults.append)
    if faults or made is None:
        raise InputError(faults[0])
    return made


def day_of(day: str | date | None) -> str | None:
    """A day, month or year as ISO; InputError when it is no date."""
    if day is None:
        return None
    found = parse_date(day.isoformat() if isinstance(day, date) else day)
    if found is None:
        raise InputError(f"{day!r} is not a date; write it as 2019-10-28, 2019-10 or 2019")
    return found


def _is_path(item: str) -> bool:
    """Whether a text looks like a path: whoever forgets pathlib.Path should not add a file's name as an article."""
    named = "\n" not in item and item.rstrip().lower().endswith(tuple(FORMATS))
    return bool(item.strip()) and (named or _ARABIC.search(item) is None)


def _record(values: Mapping[str, object], name: str, defaults: Defaults, problem: Problem) -> Record | None:
    given = {key: _plain(value) for key, value in values.items()}
    return make_record(Source(name, None, io.BufferedReader(io.BytesIO()), defaults), given, problem)


def _plain(value: object) -> object:
    """A cell of a data frame as a record has it: dates as ISO, what is missing as None."""
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and isnan(value)):
        return None
    return value.isoformat() if isinstance(value, date) else value
