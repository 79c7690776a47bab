"""What a question gives: rows that can be read one by one, or taken away as a table of another library."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from khabar.api import frames, shapes
from khabar.api.values import short, value
from khabar.errors import QueryError

if TYPE_CHECKING:
    import pandas
    import polars
    import rdflib
    from rdflib.term import Identifier

R = TypeVar("R")


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One answer of a query: by name (`row.quote`, `row["quote"]`), by place (`row[0]`), or taken apart (`a, b = row`).

    >>> row = Row(("backer", "quote"), ("https://w3id.org/khabar/entity/ae", "دعم"))
    >>> row.quote == row["quote"] == row[1]
    True
    """

    _columns: tuple[str, ...]
    _cells: tuple[Any, ...]

    def __getitem__(self, place: str | int) -> Any:
        if isinstance(place, int):
            return self._cells[place]
        if place not in self._columns:
            raise KeyError(f"there is no column {place!r}; there are: {', '.join(self._columns)}")
        return self._cells[self._columns.index(place)]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(*error.args) from None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={cell!r}' for name, cell in zip(self._columns, self._cells, strict=True))})"


class Result(Generic[R]):
    """Rows, all in memory: iterate, count, index, or convert them.

    Those of a query are `Row`s (`subject`, `predicate`, `object` for CONSTRUCT; one `answer` for ASK, whose truth is
    that of the result), those of `Graph.claims` and its kin are `ClaimRow`s and so on. `columns` names their cells; of
    the field `class_` the column is `class`.
    """

    def __init__(
        self,
        columns: Iterable[str],
        rows: Iterable[R],
        *,
        kinds: Mapping[str, frames.Kind] | None = None,
        brief: Iterable[str] = (),
        terms: Iterable[tuple[object, ...]] | None = None,
        form: str = "rows",
    ) -> None:
        self.columns = tuple(columns)
        self.rows = tuple(rows)
        self.form = form
        self._kinds = kinds
        self._brief = tuple(brief) or self.columns
        self._terms = None if terms is None else tuple(terms)

    @property
    def terms(self) -> tuple[tuple[object, ...], ...]:
        """The cells of a query's rows as terms of pyoxigraph, None where unbound; QueryError for rows of records."""
        if self._terms is None:
            raise QueryError("these are records, not RDF terms; ask with Graph.query, or convert them otherwise")
        return self._terms

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.column("answer")[0]) if self.form == "ask" else bool(self.rows)

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[R, ...]: ...
    def __getitem__(self, place: int | slice) -> R | tuple[R, ...]:
        return self.rows[place]

    def column(self, name: str) -> list[Any]:
        """The cells of one column; QueryError when there is none of that name.

        >>> kg.query("SELECT ?killed { ?e :killed ?killed } ORDER BY DESC(?killed) LIMIT 2").column("killed")
        [40, 25]
        """
        if name not in self.columns:
            raise QueryError(f"there is no column {name!r}; there are: {', '.join(self.columns)}")
        field = f"{name}_" if iskeyword(name) else name
        return [row[name] if isinstance(row, Row) else getattr(row, field) for row in self.rows]

    def to_list(self, *, short_names: bool = False) -> list[dict[str, Any]]:
        """A dict for each row; with `short_names`, as for all of these, IRIs as `entity:haftar`.

        >>> kg.query("SELECT ?x { ?x :supplies entity:haftar }").to_list(short_names=True)
        [{'x': 'entity:ae'}]
        """
        cells = self._cells(short_names=short_names)
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*cells.values(), strict=True)]

    def to_json(self, *, short_names: bool = False) -> str:
        """A JSON array with an object for each row; decimals are numbers, moments ISO 8601.

        >>> kg.query("SELECT ?t { ?d dct:issued ?t ; dct:identifier 'libya-1' }").to_json()
        '[{"t": "2019-11-12T00:00:00Z"}]'
        """
        return json.dumps(self.to_list(short_names=short_names), ensure_ascii=False, default=_plain)

    def to_pandas(self, *, short_names: bool = False) -> pandas.DataFrame:
        """A DataFrame with typed columns: Int64, Float64, boolean, string, datetime64[us, UTC], else object.

        The types of records never depend on the rows, and their empty texts are missing. Decimals become floats.
        ResourceError where pandas is not installed.

        >>> frame = kg.query("SELECT ?t (COUNT(*) AS ?n) { ?d dct:issued ?t } GROUP BY ?t").to_pandas()
        >>> [str(kind) for kind in frame.dtypes]
        ['datetime64[us, UTC]', 'Int64']
        """
        return frames.to_pandas(self._cells(short_names=short_names), self._kinds)

    def to_polars(self, *, short_names: bool = False) -> polars.DataFrame:
        """A DataFrame with typed columns: Int64, Float64, Boolean, String, Datetime, lists; the rest as `to_pandas`.

        >>> kg.events().to_polars()["killed"].dtype
        Int64
        """
        return frames.to_polars(self._cells(short_names=short_names), self._kinds)

    def to_rdflib(self) -> rdflib.Graph | list[dict[str, Identifier]]:
        """A Graph of what CONSTRUCT gave, or a dict of bound terms for each row of SELECT; QueryError for others.

        >>> kg.query("SELECT ?n { entity:haftar rdfs:label ?n FILTER(LANG(?n) = 'ar') }").to_rdflib()
        [{'n': rdflib.term.Literal('خليفة حفتر', lang='ar')}]
        """
        from khabar.api import foreign

        if self.form == "construct":
            return foreign.graph(self.terms)
        if self.form == "select":
            return foreign.bindings(self.columns, self.terms)
        raise QueryError("only SELECT and CONSTRUCT give RDF; take bool(result) of ASK, to_list() of records")

    def __repr__(self) -> str:
        if self.form == "ask":
            return f"<{'yes' if self else 'no'}>"
        return f"<{len(self):,} row{'' if len(self) == 1 else 's'} of {', '.join(self._brief)}>"

    def __str__(self) -> str:
        """The table that `khabar query` prints; of records the columns that matter most."""
        if self.form == "ask":
            return "yes" if self else "no"
        return shapes.text_table(self._brief, self._lines(), len(self))

    def _repr_html_(self) -> str:
        return shapes.html_table(self._brief, self._lines(), len(self))

    def _lines(self) -> list[tuple[str, ...]]:
        cells = zip(*(self.column(name) for name in self._brief), strict=True)
        return [tuple(shapes.shown(cell) for cell in row) for row in cells]

    def _cells(self, *, short_names: bool) -> dict[str, list[Any]]:
        columns = {name: self.column(name) for name in self.columns}
        return {n: [short(cell) for cell in cells] for n, cells in columns.items()} if short_names else columns


def of_records(kind: type[R], rows: Iterable[R], brief: Iterable[str] = ()) -> Result[R]:
    """The result of rows of one dataclass."""
    names = [field.name.rstrip("_") for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return Result(names, rows, kinds=frames.kinds(kind), brief=brief)


def of_query(found: object) -> Result[Row]:
    """The result of what pyoxigraph answered. Read at once: its answers must not go to another thread."""
    if isinstance(found, QueryBoolean):
        return Result(("answer",), [Row(("answer",), (bool(found),))], terms=(), form="ask")
    if isinstance(found, QueryTriples):
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        terms = sorted(((one.subject, one.predicate, one.object) for one in found), key=lambda row: [*map(str, row)])
        form = "construct"
    elif isinstance(found, QuerySolutions):
        columns = tuple(variable.value for variable in found.variables)
        terms, form = [tuple(row) for row in found], "select"
    else:
        raise TypeError(f"{type(found).__name__} is no answer of a query")
    return Result(columns, [Row(columns, tuple(map(value, row))) for row in terms], terms=terms, form=form)


def _plain(cell: object) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, Decimal):
        return float(cell)
    raise TypeError(f"{type(cell).__name__} cannot be written as JSON")
