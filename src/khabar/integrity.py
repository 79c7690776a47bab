"""Checks a store: the integrity queries of `ontology/rules/integrity`, facts as the rule gives them, SHACL shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.answers import shown
from khabar.errors import ResourceError
from khabar.resources import folder
from khabar.store import Store

_ITEM = NamedNode(iri.OWL + "sameAs")
MOST = 20
"""Lines that one check may give; what is beyond is counted."""


def problems(store: Store, *, shapes: bool = True) -> Iterator[str]:
    """One line for each problem, none when all is well; `shapes` adds SHACL, slow on large stores."""
    for path in sorted((folder("ontology") / "rules" / "integrity").glob("*.rq")):
        yield from _ask(store, path)
    yield from _facts(store)
    yield from _decisions(store)
    yield from _identities(store)
    if shapes:
        yield from _shapes(store)


def _ask(store: Store, path: Path) -> Iterator[str]:
    """Run one integrity query; every row is a problem, said in the words of the file's first comment."""
    text = path.read_text(encoding="utf-8")
    words = text.partition("\n")[0].removeprefix("#").strip()
    if not words:
        raise ResourceError(f"{path}: the first line does not say what is wrong; install khabar again")
    lines = (f"{words}: {' '.join(shown(term) for term in row if term is not None)}" for row in store.query(text))
    yield from _cut(lines, words)


def _facts(store: Store) -> Iterator[str]:
    """Where graph/facts differs from what the rule gives."""
    should, has = store.derived_facts(), {quad.triple for quad in store.quads(graph=iri.FACTS)}
    for triples, words in ((has - should, "fact without a claim"), (should - has, "claim without its fact")):
        lines = (" ".join(map(shown, triple)) for triple in sorted(triples, key=str))
        yield from _cut((f"{words}: {line}" for line in lines), words)


def _decisions(store: Store) -> Iterator[str]:
    """Where graph/links differs from what was decided, and decisions whose entities are gone."""
    same = NamedNode(iri.NS + "sameEntityAs")
    should, has = store.decisions.links(), set(store.quads(None, same))
    for quads, words in ((has - should, "link without a decision"), (should - has, "decision without its link")):
        lines = (" ".join(map(shown, quad.triple)) for quad in sorted(quads, key=str))
        yield from _cut((f"{words}: {line}" for line in lines), words)
    words = "proposal that a decision or a change of the documents overrides"
    lines = (" ".join(map(iri.shorten, ends)) for ends in store.decisions.overridden())
    yield from _cut((f"{words}: {line}" for line in lines), words)
    words = "merge by khabar that a decision or a change of the documents overrides"
    apart = store.decisions.contradicted(store.identities.apart())
    yield from _cut((f"{words}: {' '.join(map(iri.shorten, ends))}" for ends in apart), words)
    words = "decision that two are different, which are one by the knowledge base now"
    two = ((one, iri.shorten(node)) for one, node in store.decisions.overruled())
    lines = (f"{node} ({one.title or ' and '.join(map(iri.shorten, one.pair))}; by {one.by}, {one.at[:10]});"
             " give each its own entry in your table of actors" for one, node in two)  # fmt: skip
    yield from _cut((f"{words}: {line}" for line in lines), words)
    words = "decision about an entity that is no longer in the store"
    gone = sorted(store.decisions.vanished(), key=lambda item: (item[0].time, item[1]))
    lines = (
        f"{iri.shorten(node)} ({one.title or ' and '.join(map(iri.shorten, one.pair))}; by {one.by}, {one.at[:10]});"
        f" decide anew, or `khabar split {store.path} A B --undo`"
        for one, node in gone
    )
    yield from _cut((f"{words}: {line}" for line in lines), words)


def _identities(store: Store) -> Iterator[str]:
    """Where the items of unlinked entities differ from what was decided."""
    has = {
        quad
        for quad in store.quads(None, _ITEM, None, iri.LINKS)
        if str(quad.subject).startswith(f"<{iri.entity('nil-')}")
    }
    words = "item of an entity that the knowledge base knows now"
    moved = ((one, store.decisions.current(one.entity)) for one in store.identities.standing())
    known = ((one, node) for one, node in moved if one.verdict == "SameEntity" and node != one.entity)
    lines = (
        f"{iri.shorten(node)} (was {iri.shorten(one.entity)}) is {one.qid} by {one.by}, {one.at[:10]}; "
        "give the id to its entry in your table of actors"
        for one, node in known
        if not any(True for _ in store.quads(NamedNode(node), _ITEM, NamedNode(iri.WIKIDATA + one.qid)))
    )
    yield from _cut((f"{words}: {line}" for line in lines), words)
    should = store.identities.links()
    for quads, words in ((has - should, "item without a decision"), (should - has, "decision without its item")):
        lines = (" ".join(map(shown, quad.triple)) for quad in sorted(quads, key=str))
        yield from _cut((f"{words}: {line}" for line in lines), words)


def _shapes(store: Store) -> Iterator[str]:
    import rdflib

    from khabar.validate import shacl

    def node(term: object) -> rdflib.term.Node:
        if isinstance(term, Literal):
            kind = None if term.language else rdflib.URIRef(term.datatype.value)
            return rdflib.Literal(term.value, lang=term.language, datatype=kind, normalize=False)
        return rdflib.URIRef(term.value) if isinstance(term, NamedNode) else rdflib.BNode(str(term))

    graph = rdflib.Graph()
    ontology = NamedNode(iri.ONTOLOGY)
    for quad in store.quads():
        if quad.graph_name != ontology:
            graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    yield from _cut((f"shape: {line}" for line in shacl(graph)), "shape")


def _cut(lines: Iterator[str], words: str) -> Iterator[str]:
    more = 0
    for number, line in enumerate(lines):
        if number < MOST:
            yield line
        else:
            more += 1
    if more:
        yield f"{words}: {more:,} more"
