"""Writes figures, tables and errors for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from khabar.evaluate.align import Aligned
from khabar.evaluate.breakdown import VIEWS, Table
from khabar.evaluate.errors import KINDS, Error, list_errors
from khabar.evaluate.score import Row, count, figures

FORMATS = ("text", "json", "tsv", "md")
_COLUMNS = ("P", "R", "F1", "value", "gold", "found", "of", "low", "high")


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation shows; `errors` is None when nobody asked for them."""

    figures: dict[str, Row]
    tables: tuple[Table, ...] = ()
    errors: tuple[Error, ...] | None = None

    def lines(self, form: str) -> Iterator[str]:
        """The report in one of the formats, line by line.

        `tsv` is one table for programs: the errors if they were asked for, else the tables, else the figures. `md`
        has no errors; in `text` they come first, so that the figures stand at the end.
        """
        if form == "json":
            yield from self._json()
        elif form == "tsv":
            yield from self._tsv()
        elif form == "md":
            for table in self.tables or (Table("figures", self.figures),):
                yield from markdown(table)
        else:
            yield from self._text()

    def _json(self) -> Iterator[str]:
        whole: dict[str, object] = {"figures": self.figures}
        if self.tables:
            whole["tables"] = {table.title: table.rows for table in self.tables}
        if self.errors is not None:
            whole["errors"] = [asdict(error) for error in self.errors]
        yield json.dumps(whole, ensure_ascii=False, indent=1)

    def _tsv(self) -> Iterator[str]:
        if self.errors is not None:
            names = [field.name for field in fields(Error)]
            yield "\t".join(names)
            for error in self.errors:
                yield "\t".join(str(getattr(error, name)).replace("\t", " ") for name in names)
            return
        tables = self.tables or (Table("figures", self.figures),)
        columns = _columns(row for table in tables for row in table.rows.values())
        yield "\t".join(("table", "name", *columns))
        for table in tables:
            for name, row in table.rows.items():
                yield "\t".join((table.title, name, *_cells(row, columns)))

    def _text(self) -> Iterator[str]:
        if self.errors is not None:
            for error in self.errors:
                yield from _told(error)
            kinds = Counter(error.kind for error in self.errors)
            parts = [f"{kinds[kind]:,} {kind}" for kind in KINDS if kinds[kind]]
            yield f"{len(self.errors):,} error{'' if len(self.errors) == 1 else 's'}" + (
                f": {', '.join(parts)}" if parts else ""
            )
            yield ""
        for table in (*self.tables, Table("figures", self.figures)):
            yield from plain(table)
            yield ""


def report(
    documents: Sequence[Aligned], unbacked: tuple[int, int], *, by: str | None = None, errors: str | None = None
) -> Report:
    """Everything about these documents.

    `unbacked` is how many of how many facts of the graph lack a claim; `by` names tables, `errors` a kind or `all`.
    """
    rows = figures([count(document) for document in documents])
    rows["facts unbacked"] = {"value": unbacked[0], "of": unbacked[1]}
    return Report(
        rows,
        tuple(VIEWS[by](documents)) if by else (),
        tuple(error for document in documents for error in list_errors(document, errors)) if errors else None,
    )


def markdown(table: Table) -> Iterator[str]:
    r"""A table in Markdown.

    >>> print("\n".join(markdown(Table("roles", {"agent": {"P": 0.5, "gold": 2}}))))
    | roles | P | gold |
    |---|---|---|
    | agent | 0.5 | 2 |
    <BLANKLINE>
    """
    columns = _columns(table.rows.values())
    yield f"| {' | '.join((table.title, *columns))} |"
    yield "|---" * (len(columns) + 1) + "|"
    for name, row in table.rows.items():
        yield f"| {' | '.join((name, *_cells(row, columns)))} |"
    yield ""


def plain(table: Table) -> Iterator[str]:
    """A table for a terminal: names to the left, numbers to the right."""
    columns = _columns(table.rows.values())
    lines = [(table.title, *columns), *((name, *_cells(row, columns)) for name, row in table.rows.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for name, *cells in lines:
        numbers = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join((name.ljust(widths[0]), *numbers)).rstrip()


def _columns(rows: Iterable[Mapping[str, float]]) -> list[str]:
    """The columns of rows: those of figures in their order, then others as they come."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return names if not set(names) <= set(_COLUMNS) else [name for name in _COLUMNS if name in names]


def _cells(row: Mapping[str, float], columns: Sequence[str]) -> list[str]:
    return [str(row.get(column, "")) for column in columns]


def _told(error: Error) -> Iterator[str]:
    """An error for people: Arabic sentences stand alone on their line, so that a terminal keeps their order."""
    yield f"{error.document}  {error.kind} {error.layer}, characters {error.begin}-{error.end}"
    yield f"  gold:  {error.gold or 'nothing'}"
    yield f"  found: {error.found or 'nothing'}"
    yield f"  {error.before}[[{error.words}]]{error.after}"
    yield ""
