"""Answers to questions in SPARQL, in four formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, cast

from pyoxigraph import (
    Literal,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from khabar import iri
from khabar.errors import QueryError

FORMATS = ("table", "csv", "json", "ttl")


def write(results: object, form: str, output: IO[bytes], *, width: int | None = None) -> None:
    """Write what a query gave.

    `table` is for people (`width` in columns, None for as wide as it needs); rows also go out as `csv` or `json`,
    triples as `ttl`, which is what they get for `table` too. Raises QueryError when the two do not go together.
    """
    if form not in FORMATS:
        raise QueryError(f"there is no format {form!r}; choose one of {', '.join(FORMATS)}")
    if isinstance(results, QueryTriples):
        if form not in ("table", "ttl"):
            raise QueryError(f"CONSTRUCT and DESCRIBE give triples, not rows; use --format ttl instead of {form}")
        write_rdf(sorted(results, key=str), output, RdfFormat.TURTLE)
    elif isinstance(results, QuerySolutions | QueryBoolean):
        if form == "ttl":
            raise QueryError("SELECT and ASK give no triples; use --format table, csv or json instead of ttl")
        if form == "table":
            _table(results, output, width)
        else:
            results.serialize(output, QueryResultsFormat.CSV if form == "csv" else QueryResultsFormat.JSON)
            if form == "json":
                output.write(b"\n")


def write_rdf(statements: Iterable[Triple] | Iterable[Quad], output: IO[bytes], form: RdfFormat) -> None:
    """Serialise with our prefixes; equal input gives equal bytes."""
    head = _Head(output)
    serialize(statements, cast("IO[bytes]", head), form, prefixes=iri.PREFIXES)
    head.flush()


class _Head:
    """Sorts the prefixes at the head of a file, which Oxigraph writes in another order each time."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._held: bytes | None = b""

    def write(self, data: bytes) -> int:
        if self._held is None:
            return self._output.write(data)
        self._held += data
        *lines, last = self._held.split(b"\n")
        if not all(line.startswith(b"@prefix ") for line in lines) or not b"@prefix ".startswith(last[:8]):
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held is not None:
            lines = self._held.splitlines(keepends=True)
            count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
            self._output.write(b"".join([*sorted(lines[:count]), *lines[count:]]))
            self._held = None


def shown(term: object) -> str:
    """A term as people read it: a literal's text, an IRI with its prefix, nothing for an unbound variable."""
    if term is None:
        return ""
    if isinstance(term, Literal):
        return term.value
    return iri.shorten(str(term).strip("<>"))


def _table(results: QuerySolutions | QueryBoolean, output: IO[bytes], width: int | None) -> None:
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if isinstance(results, QueryBoolean):
        output.write(b"yes\n" if results else b"no\n")
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for variable in results.variables:
        table.add_column(variable.value, overflow="fold")
    for row in results:
        table.add_row(*(Text(shown(term)) for term in row))
    rows = table.row_count
    text = StringIO()
    console = Console(file=text, width=width or 100_000, highlight=False, color_system=None)
    if rows:
        console.print(table)
    console.print(f"{rows:,} row{'' if rows == 1 else 's'}")
    output.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()).encode())
