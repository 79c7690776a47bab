"""Terms of RDF as values of Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from khabar import iri

Value = str | int | float | bool | Decimal | datetime | None
"""What a cell may hold; None is an unbound variable."""

_WHOLE = (
    "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger "
    "unsignedInt unsignedLong unsignedShort unsignedByte"
).split()


def value(term: object) -> Value:
    """A term as a value of Python: numbers, truth values and moments by their datatype, anything else as text.

    An IRI is its text. A moment without an offset counts as UTC; what does not fit its datatype, or lies outside the
    years 1 to 9999, stays text.

    >>> value(Literal(12)), value(Literal("فاغنر", language="ar")), value(None)
    (12, 'فاغنر', None)
    >>> value(Literal("2019-11-12T00:00:00Z", datatype=NamedNode(iri.XSD + "dateTime")))
    datetime.datetime(2019, 11, 12, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if term is None:
        return None
    if not isinstance(term, Literal):
        return term.value if isinstance(term, NamedNode) else str(term)
    convert = _BY_DATATYPE.get(term.datatype.value)
    try:
        return convert(term.value) if convert else term.value
    except (ValueError, InvalidOperation, OverflowError):
        return term.value


def short(cell: object) -> object:
    """A cell with the IRIs in it, also those inside a tuple, by their short names.

    >>> short("https://w3id.org/khabar/entity/haftar"), short(("https://w3id.org/khabar/ns#Strike", 7))
    ('entity:haftar', (':Strike', 7))
    """
    if isinstance(cell, str):
        return iri.shorten(cell)
    return tuple(map(short, cell)) if isinstance(cell, tuple) else cell


def _truth(text: str) -> bool:
    return text in ("true", "1")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_BY_DATATYPE: Mapping[str, Callable[[str], Value]] = {
    **{iri.XSD + name: int for name in _WHOLE},
    iri.XSD + "decimal": Decimal,
    iri.XSD + "double": float,
    iri.XSD + "float": float,
    iri.XSD + "boolean": _truth,
    iri.XSD + "dateTime": _moment,
    iri.XSD + "dateTimeStamp": _moment,
}
