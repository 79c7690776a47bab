"""The table that a person reviews, and the user's own table that accepted changes go to; the shipped one stays."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from khabar.errors import InputError
from khabar.kb.records import Entry
from khabar.wikidata.items import QID, tidy
from khabar.wikidata.refresh import KINDS, Change

COLUMNS = ("accept", *(f.name for f in fields(Change)))
"""Columns of the review; a row counts when its `accept` says yes."""

OVERLAY = (
    *("key", "class", "name_ar", "name_en", "aliases_ar", "aliases_en", "country", "part_of"),
    *("active_from", "active_to", "qid", "qid_source", "lat", "lon", "types", "accepted"),
)
"""Columns of the user's table: those of a table of actors, whole entries, then what Wikidata adds and who took it."""

_YES, _NO = frozenset(("yes", "y", "x", "1", "true", "نعم")), frozenset(("", "no", "n", "0", "false", "لا"))
_LISTS = ("aliases_ar", "aliases_en", "types")


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a review: rows taken, rows not accepted, lines that could not be used."""

    taken: int
    left: int
    problems: tuple[str, ...]


def write_review(path: Path, changes: Iterable[Change]) -> None:
    """Write the table of changes, `accept` empty everywhere."""
    rows = ([("", *map(_cell, astuple(change)))] for change in changes)
    _write(path, COLUMNS, (row for one in rows for row in one))


def read_review(path: Path) -> Iterator[tuple[int, str, Change]]:
    """The rows of a review: line number, the word in `accept`, the change. InputError when it is no review."""
    for number, row in _read(path, COLUMNS):
        yield number, row["accept"].strip().lower(), Change(*(row[column] for column in COLUMNS[1:]))


def apply(
    review: Path,
    overlay: Path,
    entry: Callable[[str], Entry],
    *,
    by: str,
    on: str,
    kinds: Collection[str] = (),
) -> Applied:
    """Write the accepted changes of a review into the user's own table, and return what became of them.

    A row is accepted by `yes` in its first column; `kinds` accepts rows of these kinds that say nothing. `by` and `on`
    (who, which day) are noted beside each entry. A row whose `before` is not what the entry says now is a problem.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"there is no kind {kind!r} of change; there are {', '.join(KINDS)}")
    rows = {row["key"]: row for _, row in _read(overlay, OVERLAY)} if overlay.exists() else {}
    taken = left = 0
    problems: list[str] = []
    for number, word, change in read_review(review):
        if word not in _YES and not (word == "" and change.kind in kinds):
            left += 1
            if word not in _NO:
                problems.append(f"{review}:{number}: {word!r} is neither yes nor no; the row is left out")
            continue
        try:
            row = rows.get(change.key) or from_entry(entry(change.key))
            rows[change.key] = _changed(row, change, by, on)
            taken += 1
        except KeyError:
            problems.append(f"{review}:{number}: there is no entry {change.key!r} in the knowledge base")
        except ValueError as error:
            problems.append(f"{review}:{number}: {error}")
    if taken:
        _write(overlay, OVERLAY, ([row[column] for column in OVERLAY] for _, row in sorted(rows.items())))
    return Applied(taken, left, tuple(problems))


def from_entry(entry: Entry) -> dict[str, str]:
    """An entry as a row of the user's table."""
    country = entry.country or ""
    return dict.fromkeys(OVERLAY, "") | {
        "key": entry.key,
        "class": entry.cls,
        "name_ar": entry.name_ar,
        "name_en": entry.name_en,
        "aliases_ar": "|".join(entry.aliases_ar),
        "country": country.upper() if len(country) == 2 else country,
        "part_of": entry.part_of or "",
        "active_from": entry.active_from or "",
        "active_to": entry.active_to or "",
        "qid": entry.qid or "",
        "qid_source": entry.qid_source or "",
        "lat": "" if entry.lat is None else str(entry.lat),
        "lon": "" if entry.lon is None else str(entry.lon),
    }


def settled(entries: Iterable[Entry], overlay: Path) -> list[Entry]:
    """The entries as the user's table has them, where it has them."""
    rows = {row["key"]: row for _, row in _read(overlay, OVERLAY)} if overlay.exists() else {}
    return [_laid(entry, rows[entry.key]) if entry.key in rows else entry for entry in entries]


def news(changes: Iterable[Change], overlay: Path) -> list[Change]:
    """The changes without those that the user's table holds already."""
    rows = {row["key"]: row for _, row in _read(overlay, OVERLAY)} if overlay.exists() else {}

    def held(change: Change) -> bool:
        row = rows.get(change.key)
        if row is None or change.field not in _LISTS:
            return False
        return change.after == row["types"] if change.field == "types" else change.after in row[change.field].split("|")

    return [change for change in changes if not held(change)]


def _laid(entry: Entry, row: Mapping[str, str]) -> Entry:
    try:
        lat, lon = (float(row[column]) if row[column] else None for column in ("lat", "lon"))
    except ValueError as error:
        point = f"{row['lat']!r}, {row['lon']!r}"
        raise InputError(f"{entry.key}: {point} are no coordinates; correct your table") from error
    return replace(
        entry,
        name_ar=row["name_ar"],
        name_en=row["name_en"],
        aliases_ar=tuple(name for name in row["aliases_ar"].split("|") if name),
        qid=row["qid"] or None,
        qid_source=row["qid_source"] or None,
        lat=lat,
        lon=lon,
    )


def _changed(row: Mapping[str, str], change: Change, by: str, on: str) -> dict[str, str]:
    """The row with the change in it; ValueError when the change does not fit."""
    if change.kind not in KINDS:
        raise ValueError(f"there is no kind {change.kind!r} of change")
    new = dict(row)
    column, before, after = change.field, change.before, tidy(change.after)
    if change.kind != "types-new" and column in _LISTS:
        names = [name for name in row[column].split("|") if name]
        if not after or "|" in after:
            raise ValueError(f"{after!r} is no alias")
        new[column] = "|".join(dict.fromkeys([*names, after]))
    elif column == "coordinates":
        new["lat"], new["lon"] = _coordinates(after)
    elif column == "qid":
        if row["qid"] not in (before, after):
            raise ValueError(f"the entry has {row['qid'] or 'no id'} now, not {before}; ask Wikidata again")
        if after and not QID.fullmatch(after):
            raise ValueError(f"{after!r} is no Wikidata id")
        new["qid"] = after
        new["qid_source"] = f"wikidata: {before} redirects there ({on})" if after else ""
    elif column in ("name_ar", "name_en"):
        if row[column] not in (before, after):
            raise ValueError(f"the entry is called {row[column]!r} now, not {before!r}; ask Wikidata again")
        if not after:
            raise ValueError("the new name is empty")
        new[column] = after
        if column == "name_ar" and before and before != after:  # what it was called is still a name in the news
            new["aliases_ar"] = "|".join(dict.fromkeys([*filter(None, row["aliases_ar"].split("|")), before]))
    elif column == "types":
        new["types"] = after
    else:
        raise ValueError(f"there is no column {column!r} to change")
    note = f"{change.kind} by {_cell(by)} on {on}"
    new["accepted"] = "|".join(dict.fromkeys([*filter(None, row["accepted"].split("|")), note]))
    return new


def _coordinates(text: str) -> tuple[str, str]:
    lat, _, lon = text.partition(",")
    try:
        if not (-90 <= float(lat) <= 90 and -180 <= float(lon) <= 180):
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} is not latitude,longitude") from None
    return lat.strip(), lon.strip()


def _cell(value: str) -> str:
    return " ".join(value.split())


def _read(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the table cannot be read ({error}); give a UTF-8 file") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", restval="")
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise InputError(f"{path}: the column {missing[0]!r} is missing; its first line must be {' '.join(columns)}")
    for row in reader:
        yield reader.line_num, {column: row[column] or "" for column in columns}


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[str]]) -> None:
    """Write a table whole or not at all."""
    there = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with there.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        os.replace(there, path)
    except OSError as error:
        raise InputError(f"{path}: the table cannot be written ({error}); choose another place") from error
