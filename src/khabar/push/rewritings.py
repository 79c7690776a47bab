"""How triple stores rewrite literals when they load them: each habit by name, as a function to one normal form.

Both sides are brought to the normal form before they are compared, so whatever no rewriting of the store's preset
accounts for is reported as a difference. A rewriting stands in a preset only when it was seen in that store.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad, Triple

from khabar import iri

_INTEGER, _DECIMAL, _BOOLEAN = (NamedNode(iri.XSD + name) for name in ("integer", "decimal", "boolean"))
_WKT = NamedNode(iri.GEO + "wktLiteral")
_GEOMETRY = NamedNode("http://www.openlinksw.com/schemas/virtrdf#Geometry")
_POINT = re.compile(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A habit: `about` says it to people, `normal` gives the normal form of any literal, twice the same as once."""

    about: str
    normal: Callable[[Literal], Literal]


def _whole_decimal(literal: Literal) -> Literal:
    """A whole xsd:decimal as the xsd:integer of its value."""
    if literal.datatype != _DECIMAL:
        return literal
    value = Decimal(literal.value)
    return literal if value != value.to_integral_value() else Literal(f"{value:.0f}", datatype=_INTEGER)


def _boolean(literal: Literal) -> Literal:
    """An xsd:boolean as 0 or 1."""
    if literal.datatype != _BOOLEAN:
        return literal
    return Literal(str(int(literal.value in ("true", "1"))), datatype=_INTEGER)


def _point(literal: Literal) -> Literal:
    """A point with its coordinates in single precision."""
    if literal.datatype not in (_WKT, _GEOMETRY) or not (found := _POINT.fullmatch(literal.value)):
        return literal
    try:
        x, y = (struct.unpack("f", struct.pack("f", float(number)))[0] for number in found.groups())
    except (ValueError, OverflowError):
        return literal
    return Literal(f"POINT({x:.9g} {y:.9g})", datatype=_WKT)


VIRTUOSO = (
    Rewriting("a whole decimal becomes an integer", _whole_decimal),
    Rewriting("true and false become the integers 1 and 0", _boolean),
    Rewriting("a WKT point becomes a geometry of its own type, with coordinates in single precision", _point),
)
"""Seen in Virtuoso 7.2.5."""


def normal(triple: Triple, rewritings: Iterable[Rewriting]) -> Triple:
    """The triple with its literal in normal form.

    >>> half, one = (Literal(value, datatype=_DECIMAL) for value in ("0.5", "1"))
    >>> [normal(Triple(_WKT, _WKT, number), VIRTUOSO).object.datatype == _INTEGER for number in (half, one)]
    [False, True]
    """
    obj = triple.object
    if not isinstance(obj, Literal):
        return triple
    for rewriting in rewritings:
        obj = rewriting.normal(obj)
    return triple if obj is triple.object else Triple(triple.subject, triple.predicate, obj)


def count_distinct(quads: Iterable[Quad], rewritings: Iterable[Rewriting], holds: Callable[[Triple], bool]) -> int:
    """How many triples of one graph are left when equal normal forms fall together; `holds` knows the graph."""
    if not (rewritings := tuple(rewritings)):
        return sum(1 for _ in quads)
    plain, changed = 0, set()
    for quad in quads:
        form = normal(quad.triple, rewritings)
        if form == quad.triple:
            plain += 1
        else:
            changed.add(form)
    return plain + sum(1 for form in changed if not holds(form))
