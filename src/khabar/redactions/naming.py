"""Begins a redaction: gathers by which names a store knows whom it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.logged import value, values
from khabar.redactions.names import keyed, ordinary, parts, spelt, untitled
from khabar.redactions.record import Redactions
from khabar.terms import ns

_DESCRIPTIONS = frozenset("UnnamedSource PopulationGroup Position Materiel".split())
"""Classes whose members the news describes rather than names: what is said of one is said of many."""

_LABELS = tuple(NamedNode(name) for name in (iri.RDFS + "label", iri.SKOS + "altLabel"))


def begin(
    quads: ox.Store, redactions: Redactions, nodes: Sequence[str], also: Iterable[str], by: str, because: str
) -> Redactions:
    """The redactions with a new one, about the entities of these IRIs; `also` are further names of theirs."""
    cls = value(quads, NamedNode(nodes[0]), NamedNode(iri.RDF + "type")).removeprefix(iri.NS)
    items = {item for node in nodes for item in values(quads, NamedNode(node), NamedNode(iri.OWL + "sameAs"))}
    called = [] if cls in _DESCRIPTIONS else list(_called(quads, nodes))
    if cls == "Person":
        called += map(untitled, list(called))
    names = spelt(called, person=cls == "Person") | spelt(also, person=False)
    hashes = sorted((keyed(redactions.salt, name), kind, words) for name, (kind, words) in names.items())
    made = replace(redactions.begun(nodes, sorted(items), cls, by, because), names=tuple(hashes))
    done = replace(redactions, made=(*redactions.made, made))
    return replace(done, made=(*redactions.made, replace(made, because=done.names.mask(because))))


def _called(quads: ox.Store, nodes: Iterable[str]) -> Iterator[str]:
    """Labels and other names of the entities, their keys, and the words of mentions that are names as well."""
    given = [
        quad.object.value
        for node in nodes
        for label in _LABELS
        for quad in quads.quads_for_pattern(NamedNode(node), label, None)
        if isinstance(quad.object, Literal)
    ]
    yield from given
    known = {word for name in given for word in parts(name) if not ordinary(word)}
    for node in nodes:
        yield from _key(node)
        for mention in quads.quads_for_pattern(None, ns("refersTo"), NamedNode(node)):
            for anchor in quads.quads_for_pattern(mention.subject, NamedNode(iri.NIF + "anchorOf"), None):
                if isinstance(anchor.object, Literal) and known.intersection(parts(anchor.object.value)):
                    yield anchor.object.value


def _key(node: str) -> Iterator[str]:
    """The words of a key that spells out a name: x_hossein_jaberi_ansari; not nil-..., gn-123, wd-q1."""
    key = node.removeprefix(iri.entity("")).removeprefix("x_")
    if re.fullmatch(r"[a-z]+(_[a-z]+)*", key) and not all(map(ordinary, parts(key))):
        yield key
