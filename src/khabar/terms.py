"""Terms of the graph: literals in the one form that stores keep."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.errors import InputError
from khabar.model import Record

Node = NamedNode | Literal


def ns(name: str) -> NamedNode:
    """A term of our ontology."""
    return NamedNode(iri.NS + name)


def integer(value: int) -> Literal:
    """An xsd:integer."""
    return Literal(str(value), datatype=NamedNode(iri.XSD + "integer"))


def decimal(value: float, places: int = 2) -> Literal:
    """A canonical xsd:decimal, as Oxigraph itself would write it.

    >>> decimal(0.70).value, decimal(1.0).value, decimal(-0.001).value
    ('0.7', '1', '0')
    """
    text = format(round(Decimal(str(value)), places).normalize() + 0, "f")
    return Literal(text, datatype=NamedNode(iri.XSD + "decimal"))


def instant(value: str) -> Literal:
    """An xsd:dateTime in UTC; a day, month or year stands for its first second.

    >>> instant("2019-10").value, instant("2019-10-22T08:00:00").value
    ('2019-10-01T00:00:00Z', '2019-10-22T08:00:00Z')
    """
    day, _, time = value.partition("T")
    day += "-01" * (2 - day.lstrip("-").count("-"))
    time = (time or "00:00:00").removesuffix("Z").removesuffix("+00:00")
    return Literal(f"{day}T{time}Z", datatype=NamedNode(iri.XSD + "dateTime"))


def issued(record: Record) -> Literal:
    """The document's date; checked here because a wrong one would enter the graph as a broken literal."""
    value = instant(record.date or "")
    node = Literal(value.value, datatype=NamedNode(iri.XSD + "dateTime"))
    if not _is_iso(record.date or ""):
        raise InputError(f"{record.where}: date {record.date!r} is not YYYY, YYYY-MM or YYYY-MM-DD; correct the record")
    return node


def _is_iso(value: str) -> bool:
    try:
        datetime.strptime(value, ("%Y", "%Y-%m", "%Y-%m-%d")[value.count("-")])
    except (ValueError, IndexError):
        return False
    return True


def address(url: str) -> Node:
    """The URL as an IRI in ASCII (Arabic letters and spaces percent-encoded), or a literal when it is not one."""
    ascii_url = quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]")
    try:
        return NamedNode(ascii_url) if "://" in ascii_url else Literal(url)
    except ValueError:  # no IRI, whatever it looks like
        return Literal(url)
