"""Columns as data frames of pandas and polars; both are optional."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

from khabar.finders.models import package

if TYPE_CHECKING:
    import pandas
    import polars

Kind = Literal["truth", "whole", "real", "moment", "text", "words", "pairs", "other"]
"""What a column holds: `words` are tuples of texts, `pairs` tuples of pairs of texts."""

_PANDAS: Mapping[Kind, str] = {
    "truth": "boolean",
    "whole": "Int64",
    "real": "Float64",
    "moment": "datetime64[us, UTC]",
    "text": "string",
}
_BITS = 63


def kinds(record: type) -> Mapping[str, Kind]:
    """The kind of every field of a dataclass, by its type alone."""
    hints = get_type_hints(record)
    return {field.name.rstrip("_"): _of_hint(hints[field.name]) for field in dataclasses.fields(record)}


def kind_of(cells: Sequence[Any]) -> Kind:
    """The kind of a column by what is in it; a column with nothing in it is text.

    >>> kind_of([1, None]), kind_of([1, Decimal("0.5")]), kind_of([]), kind_of([True, 1])
    ('whole', 'real', 'text', 'other')
    """
    found = {type(cell) for cell in cells} - {NoneType}
    if not found or found == {str}:
        return "text"
    if found == {bool}:
        return "truth"
    if found == {datetime}:
        return "moment"
    if found == {int}:
        return "whole" if all(cell is None or cell.bit_length() <= _BITS for cell in cells) else "real"
    return "real" if found <= {int, float, Decimal} else "other"


def to_pandas(columns: Mapping[str, list[Any]], known: Mapping[str, Kind] | None) -> pandas.DataFrame:
    """The columns as a DataFrame; ResourceError, one line, where pandas is missing."""
    pd: Any = package("pandas", "pandas")
    series = {}
    for name, cells in columns.items():
        kind, cells = _typed(name, cells, known)
        series[name] = pd.Series(cells, dtype=_PANDAS.get(kind, "object"))
    frame: pandas.DataFrame = pd.DataFrame(series, columns=list(columns))
    return frame


def to_polars(columns: Mapping[str, list[Any]], known: Mapping[str, Kind] | None) -> polars.DataFrame:
    """The columns as a DataFrame, a column that mixes kinds as text; ResourceError where polars is missing."""
    pl: Any = package("polars", "polars")
    types = {
        "truth": pl.Boolean,
        "whole": pl.Int64,
        "real": pl.Float64,
        "moment": pl.Datetime("us", "UTC"),
        "words": pl.List(pl.String),
        "pairs": pl.List(pl.List(pl.String)),
    }
    series = []
    for name, cells in columns.items():
        kind, cells = _typed(name, cells, known)
        series.append(pl.Series(name, _nested(kind, cells), dtype=types.get(kind, pl.String), strict=True))
    frame: polars.DataFrame = pl.DataFrame(series)
    return frame


def _of_hint(hint: Any) -> Kind:
    plain: Mapping[Any, Kind] = {bool: "truth", int: "whole", float: "real", datetime: "moment", str: "text"}
    if hint in plain:
        return plain[hint]
    inner = [one for one in get_args(hint) if one not in (NoneType, Ellipsis)]
    if getattr(hint, "__origin__", None) is tuple:
        return "words" if inner == [str] else "pairs"
    return _of_hint(inner[0]) if len(inner) == 1 else "other"


def _typed(name: str, cells: list[Any], known: Mapping[str, Kind] | None) -> tuple[Kind, list[Any]]:
    """The kind of a column and its cells: decimals as floats, empty texts of records as missing."""
    kind = known[name] if known else kind_of(cells)
    if kind == "real":
        return kind, [None if cell is None else float(cell) for cell in cells]
    return kind, [cell or None for cell in cells] if known and kind == "text" else cells


def _nested(kind: Kind, cells: list[Any]) -> list[Any]:
    """Cells as polars takes them: lists for tuples, text for what is mixed."""
    if kind == "words":
        return [list(cell) for cell in cells]
    if kind == "pairs":
        return [[list(pair) for pair in cell] for cell in cells]
    return [None if cell is None else str(cell) for cell in cells] if kind == "other" else cells
