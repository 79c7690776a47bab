"""The table that a person reviews, and the user's own table that accepted changes go to; the shipped one stays."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path

from khabar.errors import InputError
from khabar.kb.records import SURE, Entry
from khabar.wikidata.items import QID, tidy
from khabar.wikidata.refresh import KINDS, Change, plain
from khabar.wikidata.refresh import Names as Meanings

COLUMNS = ("accept", *(f.name for f in fields(Change)))
"""Columns of the review; a row counts when its `accept` says yes."""

LOG = (*COLUMNS[1:], "by", "on")
"""Columns of the log of accepted changes: the change, who accepted it, which day."""

TABLE = ("key", "class", "name_ar", "name_en", "aliases_ar", "aliases_en", "qid", "qid_source", "context")
"""Columns of a user's table (`khabar build --actors`) that changes may fill; an empty cell changes nothing there."""

_YES, _NO = frozenset(("yes", "y", "x", "1", "true", "نعم")), frozenset(("", "no", "n", "0", "false", "لا"))
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a review: rows taken, of these the ones that only the log holds, rows left, bad lines."""

    taken: int
    logged: int
    left: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class _Table:
    """A user's table as it stands in its file: comments and rows in their order, rows by column."""

    header: list[str] = field(default_factory=lambda: list(TABLE))
    top: list[str] = field(default_factory=list)
    lines: list[str | dict[str, str]] = field(default_factory=list)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> _Table:
        table = cls()
        if not path.exists():
            return table
        header: list[str] | None = None
        for line in _text(path).splitlines():
            if not line.strip() or line.startswith("#"):
                (table.top if header is None else table.lines).append(line)
            elif header is None:
                header = [cell.strip() for cell in line.split("\t")]
                if "key" not in header:
                    raise InputError(f"{path}: the header lacks the column key; give a table of actors or a new file")
                table.header = [*header, *(column for column in TABLE if column not in header)]
            else:
                row = dict(zip(header, (cell.strip() for cell in line.split("\t")), strict=False))
                table.lines.append(row)
                table.rows[row.get("key", "")] = row
        return table

    def row(self, entry: Entry, context: str) -> dict[str, str]:
        """The row of an entry, a new one that says no more than it must when there is none."""
        if entry.key not in self.rows:
            row = {"key": entry.key, "class": entry.cls, "name_ar": entry.name_ar, "context": context}
            self.lines.append(row)
            self.rows[entry.key] = row
        return self.rows[entry.key]

    def text(self) -> str:
        lines = [*self.top, "\t".join(self.header)]
        for line in self.lines:
            lines.append(line if isinstance(line, str) else "\t".join(line.get(c, "") for c in self.header))
        return "".join(f"{line}\n" for line in lines)


def write_review(path: Path | None, changes: Iterable[Change]) -> None:
    """Write the table of changes, `accept` empty everywhere; to standard output when no file is given."""
    write(path, _tsv(COLUMNS, (("", *map(_cell, astuple(change))) for change in changes)))


def read_review(path: Path) -> Iterator[tuple[int, str, Change]]:
    """The rows of a review: line number, the word in `accept`, the change. InputError when it is no review."""
    for number, row in _read(path, COLUMNS):
        yield number, row["accept"].strip().lower(), Change(*(row[column] for column in COLUMNS[1:]))


def log_of(table: Path) -> Path:
    """Where the log of the changes accepted into a user's table lies: beside it."""
    return table.with_name(f"{table.stem}.accepted.tsv")


def news(changes: Iterable[Change], table: Path) -> list[Change]:
    """The changes without those that were accepted into the user's table before."""
    log = log_of(table)
    held = {(row["key"], row["field"], row["after"]) for _, row in _read(log, LOG)} if log.exists() else set()
    return [change for change in changes if (change.key, change.field, _cell(change.after)) not in held]


def apply(
    review: Path,
    table: Path,
    entry: Callable[[str], Entry],
    *,
    by: str,
    on: str,
    kinds: Collection[str] = (),
    known: Mapping[str, str],
    context: Callable[[Entry, str], str] = lambda entry, name: "",
) -> Applied:
    """Write the accepted changes of a review into the user's own table and its log; return what became of them.

    A row is accepted by `yes` in its first column; `kinds` accepts rows of these kinds that say nothing. `by` and `on`
    (who, which day) go to the log, which also keeps what the table has no column for. `known` maps the QIDs of all
    entries to their keys, `context` says what a name needs to mean the entry. A row whose `before` is not what the
    entry says is a problem. Shipped files are not touched.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"there is no kind {kind!r} of change; there are {', '.join(KINDS)}")
    own = _Table.read(table)
    log = (
        [tuple(row[column] for column in LOG) for _, row in _read(log_of(table), LOG)] if log_of(table).exists() else []
    )
    done = {line[: len(LOG) - 2] for line in log}
    taken = logged = left = 0
    problems: list[str] = []
    for number, word, change in read_review(review):
        if word not in _YES and not (word == "" and change.kind in kinds):
            left += 1
            if word not in _NO:
                problems.append(f"{review}:{number}: {word!r} is neither yes nor no; the row is left out")
            continue
        try:
            there = entry(change.key)
            _check(change, there, known)
        except KeyError:
            problems.append(f"{review}:{number}: there is no entry {change.key!r} in the knowledge base")
            continue
        except ValueError as error:
            problems.append(f"{review}:{number}: {error}")
            continue
        if change.field in TABLE:
            row = own.row(there, context(there, there.name_ar))
            _fill(row, change, on, context(there, tidy(change.after)))
        else:
            logged += 1
        taken += 1
        line = tuple(map(_cell, astuple(change)))
        if line not in done:
            log.append((*line, _cell(by), on))
    if taken:
        write(log_of(table), _tsv(LOG, log))
        write(table, own.text())
    return Applied(taken, logged, left, tuple(problems))


def context_of(entry: Entry, name: str, kb: Meanings) -> str:
    """What a user's table should say that a name needs to mean the entry: `country` where others bear it too.

    Without it the name would mean this entry everywhere, whatever the text speaks of.
    """
    if not entry.country or entry.cls == "Country":
        return ""
    candidates = kb.meanings(plain(name))
    alone = all(c.key == entry.key and c.tier == SURE for c in candidates)
    return "" if alone and candidates else "country"


def _check(change: Change, entry: Entry, known: Mapping[str, str]) -> None:
    """Raise ValueError when a change does not fit the entry, or is not one that refresh proposes."""
    before, after = change.before, tidy(change.after)
    if change.kind not in KINDS:
        raise ValueError(f"there is no kind {change.kind!r} of change")
    if change.field == "qid":
        if (entry.qid or "") != before:
            raise ValueError(f"the entry has {entry.qid or 'no id'} now, not {before}; ask Wikidata again")
        if after and not QID.fullmatch(after):
            raise ValueError(f"{after!r} is no Wikidata id")
        if (other := known.get(after)) and other != entry.key:
            raise ValueError(f"{after} is the id of {other!r}; two entries cannot be one item")
    elif change.field in ("name_ar", "name_en"):
        if (now := getattr(entry, change.field) or "") != before:
            raise ValueError(f"the entry is called {now!r} now, not {before!r}; ask Wikidata again")
        if not after:
            raise ValueError("the new name is empty")
    elif change.field in ("aliases_ar", "aliases_en"):
        if not after or "|" in after:
            raise ValueError(f"{after!r} is no alias")
    elif change.field == "coordinates":
        _coordinates(after)
    elif change.field != "types":
        raise ValueError(f"there is no column {change.field!r} to change")


def _fill(row: dict[str, str], change: Change, on: str, context: str) -> None:
    """Put a change that fits into a row of the user's table."""
    after = tidy(change.after)
    if change.field == "qid":
        row["qid"] = after or _NOTHING
        row["qid_source"] = f"wikidata: {change.before} redirects there ({on})" if after else ""
    elif change.field in ("aliases_ar", "aliases_en"):
        row[change.field] = "|".join(dict.fromkeys([*filter(None, row.get(change.field, "").split("|")), after]))
    else:
        row[change.field] = after
    if context and change.field in ("name_ar", "aliases_ar"):
        row["context"] = context


def _coordinates(text: str) -> None:
    lat, _, lon = text.partition(",")
    try:
        if not (-90 <= float(lat) <= 90 and -180 <= float(lon) <= 180):
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} is not latitude,longitude") from None


def _cell(value: str) -> str:
    return " ".join(value.split())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the table cannot be read ({error}); give a UTF-8 file") from error


def _read(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), delimiter="\t", restval="")
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise InputError(f"{path}: the column {missing[0]!r} is missing; its first line must be {' '.join(columns)}")
    for row in reader:
        yield reader.line_num, {column: row[column] or "" for column in columns}


def _tsv(columns: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path | None, text: str) -> None:
    """Write a file whole or not at all, or to standard output; InputError when that cannot be."""
    if path is None:
        sys.stdout.write(text)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="")
        os.replace(part, path)
    except OSError as error:
        raise InputError(f"{path}: the table cannot be written ({error}); choose another place") from error
