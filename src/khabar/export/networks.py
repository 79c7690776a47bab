"""Networks of actors for Gephi, yEd, Cytoscape, igraph and networkx: GraphML and GEXF.

A node is an actor (merged ones are one), an edge a tie with what carries it. Ties that are no facts are edges of their
own and say so in `status` and in their label: filter by `status = fact` before you draw. All edges are directed,
because the two kinds cannot be mixed in every reader; `symmetric` tells where the direction means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import IO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from khabar.export.selection import Format, Selection
from khabar.export.ties import Ends, Weight, gather
from khabar.records import Thing, Things

Value = str | int | float | bool
_Write = Callable[["Xml", Mapping[Ends, Weight], Things], None]

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NODE = {"label_ar": "string", "label_en": "string", "class": "string", "wikidata": "string", "country": "string"}
_EDGE = {
    "relation": "string",
    "status": "string",
    "symmetric": "boolean",
    "claims": "integer",
    "documents": "integer",
    "confidence": "double",
    "claim": "string",
    "told_from": "string",
    "told_to": "string",
    "published_from": "string",
    "published_to": "string",
}


class Xml:
    """Elements as they come, without the characters that XML 1.0 cannot hold."""

    def __init__(self, output: IO[bytes]) -> None:
        self._to = XMLGenerator(output, encoding="utf-8", short_empty_elements=True)
        self._depth = 0
        self._to.startDocument()

    @contextmanager
    def element(self, name: str, **attributes: Value) -> Iterator[None]:
        """An element around what is written inside; an underscore ends the name of an attribute that Python keeps."""
        self._to.ignorableWhitespace("\n" + "  " * self._depth if self._depth else "")
        told = {key.rstrip("_"): _text(value) for key, value in attributes.items()}
        self._to.startElement(name, AttributesImpl(told))
        self._depth += 1
        yield
        self._depth -= 1
        self._to.endElement(name)

    def leaf(self, name: str, content: Value | None = None, **attributes: Value) -> None:
        """An element that holds a text or nothing."""
        with self.element(name, **attributes):
            if content is not None:
                self._to.characters(_text(content))


def _text(value: Value) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else _ILLEGAL.sub("", str(value))


def write(form: _Write, selection: Selection, output: IO[bytes]) -> None:
    """Write the network of a store in one of the two forms."""
    things = Things(selection.store, text=selection.text)
    form(Xml(output), gather(selection, things), things)
    output.write(b"\n")


def _nodes(ties: Mapping[Ends, Weight], things: Things) -> Iterator[Thing]:
    return map(things.find, sorted({node for ends in ties for node in (ends.source, ends.target)}))


def _of_node(node: Thing, things: Things) -> dict[str, Value]:
    country = things.find(node.country) if node.country else Thing("")
    return {
        "label_ar": node.label_ar,
        "label_en": node.label_en,
        "class": node.class_,
        "wikidata": node.wikidata,
        "country": country.label_en or country.label_ar,
    }


def _of_edge(ends: Ends, weight: Weight) -> dict[str, Value]:
    return {
        "relation": ends.relation,
        "status": ends.status,
        "symmetric": ends.symmetric,
        "claims": weight.claims,
        "documents": weight.documents,
        "confidence": weight.confidence,
        "claim": weight.claim,
        "told_from": weight.told_from.date().isoformat() if weight.told_from else "",
        "told_to": weight.told_to.date().isoformat() if weight.told_to else "",
        "published_from": weight.published_from,
        "published_to": weight.published_to,
    }


def _label(ends: Ends) -> str:
    return ends.relation if ends.status == "fact" else f"{ends.relation} ({ends.status})"


def _graphml(xml: Xml, ties: Mapping[Ends, Weight], things: Things) -> None:
    kinds = {"integer": "int"}
    with xml.element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns"):
        for whom, columns in (("node", _NODE), ("edge", _EDGE)):
            for name, kind in {"label": "string", **columns}.items():
                xml.leaf(
                    "key", id=f"{whom}_{name}", for_=whom, **{"attr.name": name, "attr.type": kinds.get(kind, kind)}
                )
        with xml.element("graph", id="khabar", edgedefault="directed"):
            for node in _nodes(ties, things):
                with xml.element("node", id=node.iri):
                    _data(xml, "node", {"label": node.named[1], **_of_node(node, things)})
            for number, (ends, weight) in enumerate(ties.items()):
                with xml.element("edge", id=f"e{number}", source=ends.source, target=ends.target):
                    _data(xml, "edge", {"label": _label(ends), **_of_edge(ends, weight)})


def _data(xml: Xml, whom: str, values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        if value != "":
            xml.leaf("data", value, key=f"{whom}_{name}")


def _gexf(xml: Xml, ties: Mapping[Ends, Weight], things: Things) -> None:
    """GEXF 1.2; an edge is there while the texts say so, or, undated, from the first to the last that reports it."""
    with xml.element("gexf", xmlns="http://www.gexf.net/1.2draft", version="1.2"):
        with xml.element("graph", mode="dynamic", timeformat="date", defaultedgetype="directed"):
            for whom, columns in (("node", _NODE), ("edge", _EDGE)):
                with xml.element("attributes", class_=whom, mode="static"):
                    for name, kind in columns.items():
                        xml.leaf("attribute", id=f"{whom}_{name}", title=name, type=kind)
            with xml.element("nodes"):
                for node in _nodes(ties, things):
                    with xml.element("node", id=node.iri, label=node.named[1]):
                        _values(xml, "node", _of_node(node, things))
            with xml.element("edges"):
                for number, (ends, weight) in enumerate(ties.items()):
                    about = _of_edge(ends, weight)
                    with xml.element(
                        "edge",
                        id=f"e{number}",
                        source=ends.source,
                        target=ends.target,
                        type="directed",
                        label=_label(ends),
                        weight=float(weight.claims),
                        **_interval(about),
                    ):
                        _values(xml, "edge", about)


def _interval(about: Mapping[str, Value]) -> dict[str, Value]:
    """When an edge is there; a year or month of publication counts from its first day."""
    begin, end = (about[f"told_{side}"] or _padded(str(about[f"published_{side}"])) for side in ("from", "to"))
    return {"start": begin, "end": end} if begin and end and str(begin) <= str(end) else {}


def _padded(date: str) -> str:
    return date + "-01" * (2 - date.count("-")) if date else ""


def _values(xml: Xml, whom: str, values: Mapping[str, Value]) -> None:
    with xml.element("attvalues"):
        for name, value in values.items():
            if value != "":
                xml.leaf("attvalue", for_=f"{whom}_{name}", value=value)


FORMATS = (
    Format("graphml", "network of actors: ties with claims, dates, fact or not; GraphML", partial(write, _graphml)),
    Format("gexf", "network of actors with a timeline, for Gephi; GEXF 1.2", partial(write, _gexf)),
)
