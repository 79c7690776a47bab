"""Claims, events, entities and documents as tables: CSV for spreadsheets, Parquet for data frames and databases.

A column of IRIs that people want by name is two in CSV (`agent`, `agent_iri`) and a list of structures in Parquet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, get_type_hints

from khabar import __version__, records
from khabar.errors import ResourceError
from khabar.export.selection import Format, Selection
from khabar.export.sheets import Cell, Sheet, counted
from khabar.records import ClaimRow, DocumentRow, EntityRow, EventRow, Named

if TYPE_CHECKING:
    import pyarrow

GROUP = 20_000
"""Rows of a Parquet row group: what is in memory at a time."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the dataclass of its rows, and where they come from."""

    name: str
    row: type[Any]
    read: Callable[[Selection], Iterator[Any]]

    @property
    def columns(self) -> dict[str, Any]:
        """The types of its columns by the name of the field."""
        hints = get_type_hints(self.row)
        return {field.name: hints[field.name] for field in fields(self.row)}


_TABLES = (
    Table("claims", ClaimRow, lambda s: records.claims(s.store, text=s.text)),
    Table("events", EventRow, lambda s: records.events(s.store, text=s.text)),
    Table("entities", EntityRow, lambda s: records.entities(s.store, text=s.text)),
    Table("documents", DocumentRow, lambda s: records.documents(s.store, text=s.text)),
)


def write_csv(table: Table, selection: Selection, output: IO[bytes]) -> None:
    """Write a table row by row."""
    columns = table.columns
    names = [(name, name.rstrip("_")) for name in columns]
    heads = [head for name, one in names for head in ([one, f"{one}_iri"] if _named(columns[name]) else [one])]
    sheet = Sheet(output, heads)
    for row in counted(table.read(selection), selection.progress):
        sheet.write(cell for name in columns for cell in _cells(getattr(row, name), named=_named(columns[name])))


def _named(kind: Any) -> bool:
    return bool(kind == tuple[Named, ...])


def _cells(value: Any, *, named: bool) -> list[Cell]:
    return [[label for _, label in value], [node for node, _ in value]] if named else [value]


def write_parquet(table: Table, selection: Selection, output: IO[bytes]) -> None:
    """Write a table in row groups of 20,000; what is not known is null."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise ResourceError("Parquet needs pyarrow; install it with `pip install 'khabar[tables]'`") from error
    columns = table.columns
    schema = pyarrow.schema([(name.rstrip("_"), _arrow(kind)) for name, kind in columns.items()])
    about = {"khabar": __version__, "policy": str(selection.store.policy)}
    with parquet.ParquetWriter(output, schema.with_metadata(about), compression="zstd") as writer:
        found = counted(table.read(selection), selection.progress)
        while rows := list(islice(found, GROUP)):
            arrays = [
                pyarrow.array([_known(getattr(row, name), kind) for row in rows], _arrow(kind))
                for name, kind in columns.items()
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=writer.schema))


def _arrow(kind: Any) -> pyarrow.DataType:
    import pyarrow as pa

    text = pa.string()
    return {
        str: text,
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        int | None: pa.int64(),
        float | None: pa.float64(),
        datetime | None: pa.timestamp("us", tz="UTC"),
        tuple[str, ...]: pa.list_(text),
        tuple[Named, ...]: pa.list_(pa.struct([("iri", text), ("label", text)])),
    }[kind]


def _known(value: Any, kind: Any) -> Any:
    if kind == tuple[Named, ...]:
        return [{"iri": node, "label": label} for node, label in value]
    return None if value == "" else value


_PARQUET = "a row each, with its evidence; Parquet, typed columns for pandas, polars, DuckDB"
_CSV = {
    "claims": "claims, a row each: words, source, stance, place in the text, fact or not",
    "events": "events, a row each: status, roles, dates, numbers, place, and the claims they rest on",
    "entities": "entities, a row each: names, Wikidata item, place, counts, what it was merged with",
    "documents": "documents, a row each, without their texts",
}

FORMATS = (
    *(Format(f"{one.name}-csv", f"{_CSV[one.name]}; CSV", partial(write_csv, one)) for one in _TABLES),
    *(
        Format(f"{one.name}-parquet", f"{one.name}, {_PARQUET}", partial(write_parquet, one), extra="tables")
        for one in _TABLES[:3]
    ),
)
