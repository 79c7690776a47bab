"""Checks the fields of a record, whichever format they come from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from khabar.model import Record
from khabar.read.source import Problem, Source

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]\d\d:\d\d\S*(?: \S+)?)?)?)?", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_OPTIONAL = ("id", "title", "url", "date", "publisher", "licence")
# what programs call a file that nobody gave a title
_UNTITLED = re.compile(
    r"\s*(?:microsoft |word document|untitled|(?:document|presentation|slide) ?\d*\s*$|"
    r".*\.(?:docx?|odt|rtf|indd|qxp|pdf|html?)\s*$)",
    re.IGNORECASE,
)


def parse_date(value: str) -> str | None:
    """Read an ISO day, month or year; a time after the day is cut off. None for anything else."""
    match = _DATE.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        datetime.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def sane_title(value: str | None) -> str | None:
    """A title out of a file's properties; None for what a program wrote there by itself."""
    return None if not value or not value.strip() or _UNTITLED.match(value) else value.strip()


def make_record(
    source: Source, values: Mapping[str, object], problem: Problem, part: int | str | None = None
) -> Record | None:
    """Make a record of the known keys of `values`; others are ignored, and `license` is `licence`.

    Without usable text it reports the problem and gives None; another bad field is reported and left out. `part`, a
    line or "entry 3", is set for files of many records: there the record's own id joins its path, so that two records
    never share one.
    """
    where = source.name if part is None else f"{source.name}:{part}"
    label = values.get("id")
    named = f"{where}: record {label!r}" if isinstance(label, str | int) and not isinstance(label, bool) else where
    text = values.get("text")
    fault = _fault_of_text(text)
    if fault or not isinstance(text, str):
        problem(f"{named}: {fault}")
        return None
    fields = _optional(values, named, problem)
    path = source.place
    if part is not None:
        path = f"{source.place or ''}#{fields['id']}" if "id" in fields else None
    return Record(
        text=text,
        where=where,
        id=fields.get("id"),
        title=fields.get("title"),
        url=fields.get("url"),
        date=fields.get("date", source.defaults.date),
        publisher=fields.get("publisher"),
        path=path,
        licence=fields.get("licence", source.defaults.licence),
    )


def _optional(values: Mapping[str, object], named: str, problem: Problem) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key in _OPTIONAL:
        value = values.get(key)
        if key == "licence" and value is None:
            value = values.get("license")
        if key == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if not isinstance(value, str) or _SURROGATE.search(value):
            problem(f"{named}: {key!r} is {_kind(value)}, so it is left out; write it as a string")
        elif key != "date":
            fields[key] = value.strip()
        elif found := parse_date(value):
            fields[key] = found
        else:
            problem(f"{named}: {value[:40]!r} is no date, so it is left out; write it as 2019-10-28, 2019-10 or 2019")
    return fields


def _fault_of_text(text: object) -> str | None:
    if text is None:
        return "it has no text; give it a 'text' field"
    if not isinstance(text, str):
        return f"'text' is {_kind(text)}; write it as a string"
    if not text.strip():
        return "its text is empty; fill it or remove the record"
    if _SURROGATE.search(text):
        return "its text holds half a character (a lone surrogate); write it again as UTF-8"
    return None


def _kind(value: object) -> str:
    kinds = {list: "a list", dict: "an object", bool: "true or false", str: "a broken string"}
    return kinds.get(type(value), "a number")
