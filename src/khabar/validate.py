"""Checks of a graph that need no store: the SHACL shapes and the vocabulary."""

from __future__ import annotations

import pyshacl
import rdflib
from rdflib import RDF, SH

from khabar.errors import ResourceError
from khabar.ontology import NAMESPACE, read_ontology
from khabar.resources import folder


def shacl(graph: rdflib.Graph) -> list[str]:
    """Violations of shapes.ttl in the union of all named graphs, one line each, sorted; empty when it conforms.

    A line reads `focus node  path  message  (value)`. The ontology need not be in `graph`; `graph` is not changed.
    Raises ResourceError when the shapes are missing or broken.
    """
    path = folder("ontology") / "shapes.ttl"
    try:
        shapes = rdflib.Graph().parse(path, format="turtle")
    except (OSError, SyntaxError) as e:
        raise ResourceError(f"cannot read the shapes {path}: {e}") from e
    # Data and ontology are put together here, not by pyshacl, which would first copy the data once more.
    data = read_ontology()
    for triple in graph.triples((None, None, None)):
        data.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True, inference="none", inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise ResourceError(f"the shapes {path} are broken: {report}")
    return sorted({_line(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)})


def undeclared(graph: rdflib.Graph) -> list[str]:
    """Local names of our namespace that a graph uses and the ontology does not declare, sorted."""
    known = set(read_ontology().subjects(RDF.type))
    used = {t for triple in graph for t in triple if isinstance(t, rdflib.URIRef) and t.startswith(NAMESPACE)}
    return sorted(t.removeprefix(NAMESPACE) for t in used - known)


def _line(report: rdflib.Graph, result: rdflib.term.Node) -> str:
    focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    # A shape asked once for the whole graph has a class as its focus; the offending node is then the value.
    if isinstance(focus, rdflib.URIRef) and focus.startswith(NAMESPACE) and value is not None:
        focus, value = value, None
    where = report.value(result, SH.resultPath)
    parts = [_short(focus)]
    if isinstance(where, rdflib.URIRef):
        parts.append(_short(where))
    parts.append(str(report.value(result, SH.resultMessage)))
    if value is not None and value != focus:
        parts.append(f"({_short(value)})")
    return "  ".join(parts).replace("\n", " ")


def _short(node: rdflib.term.Node | None) -> str:
    text = str(node)
    if isinstance(node, rdflib.Literal):
        return repr(text if len(text) <= 80 else text[:77] + "...")
    return ":" + text.removeprefix(NAMESPACE) if text.startswith(NAMESPACE) else text
