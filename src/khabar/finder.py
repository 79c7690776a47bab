"""Finds what a person means by a word.

Entities by key, IRI, Wikidata id or name; documents by key, IRI, URL or id; claims by key or IRI; events by IRI.
"""

from __future__ import annotations

import re

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.errors import QueryError
from khabar.store import Store

_LABELS = (iri.RDFS + "label", iri.SKOS + "altLabel")
_NEAR = """SELECT DISTINCT ?name WHERE {
  ?entity rdfs:label|skos:altLabel ?name
  FILTER (CONTAINS(LCASE(STR(?name)), LCASE(%s)) && STRSTARTS(STR(?entity), STR(entity:)))
} ORDER BY STRLEN(?name) ?name LIMIT 5"""


def find_document(store: Store, name: str) -> str:
    """The key of the document that `name` means; QueryError when there is none, or more than one."""
    found = documents(store, name)
    if not found:
        raise QueryError(f"there is no document {name!r}; `khabar query {store.path} documents` lists them")
    if len(found) > 1:
        raise QueryError(f"{len(found)} documents have the id {name!r}; give one of the keys {', '.join(found[:5])}")
    return found[0]


def find_entity(store: Store, name: str, *, decided: bool = False) -> str:
    """The IRI of the one entity that `name` means; of a merged group, the node that stands for it.

    A name that a node had before leads to what took its place. With `decided` also one that is in the store no longer,
    by key or IRI, when a decision is about it. QueryError when there is none, or more than one.
    """
    key = name.strip().removeprefix("entity/").removeprefix("entity:")
    known = {end for one in store.decisions.log() for end in one.pair} if decided else set()
    gone = {name.strip(), iri.entity(key)} & (known | store.decisions.traces().keys())
    found = [node.value for node in entities(store, name)]
    if not found and gone:
        return store.decisions.current(gone.pop())
    if not found:
        close = near(store, name)
        hint = f"did you mean {', '.join(close)}?" if close else f"`khabar candidates {store.path}` lists some"
        raise QueryError(f"nothing in {store.path} is called {name!r}; {hint}")
    if len({store.decisions.group(node)[0] for node in found}) > 1:
        keys = ", ".join(iri.shorten(node).removeprefix("entity:") for node in found[:5])
        raise QueryError(f"{len(found)} entities are called {name!r}; give one of the keys {keys}")
    return found[0]


def find_node(store: Store, name: str, *, decided: bool = False) -> str:
    """The IRI of the entity, document or event that `name` means; `decided` and errors as in `find_entity`."""
    word = name.strip()
    for prefix in ("doc", "event"):
        value = iri.BASE + word.replace(":", "/", 1) if word.startswith((f"{prefix}:", f"{prefix}/")) else word
        if value.startswith(f"{iri.BASE}{prefix}/") and (node := _iri(value)):
            logged = decided and any(value in one.pair for one in store.decisions.log())
            if not (logged or _known(store, node)):
                raise QueryError(f"nothing in {store.path} has the name {name!r}; `khabar show` gives such names")
            return value
    if not entities(store, name) and documents(store, name):
        return iri.document(find_document(store, name))
    return find_entity(store, name, decided=decided)


def documents(store: Store, name: str) -> list[str]:
    """The keys of the documents that `name` means, sorted."""
    key = name.strip().removeprefix(iri.document("")).removeprefix("doc/").removeprefix("doc:").partition("#")[0]
    if re.fullmatch(r"[0-9a-f]{16}", key) and store.has_graph(iri.document_graph(key)):
        return [key]
    if "://" in name and store.has_graph(iri.document_graph(iri.digest(name.strip()))):
        return [iri.digest(name.strip())]
    found = store.quads(None, NamedNode(iri.DCT + "identifier"), Literal(name.strip()))
    return sorted(str(quad.subject).strip("<>").removeprefix(iri.document("")) for quad in found)


def claims(store: Store, name: str) -> list[str]:
    """The IRI of the claim that `name` means, by key (16 hex digits) or IRI; empty when there is none."""
    key = name.strip().removeprefix(iri.BASE).removeprefix("claim/").removeprefix("claim:")
    node = NamedNode(f"{iri.BASE}claim/{key}") if re.fullmatch(r"[0-9a-f]{16}", key) else None
    return [node.value] if node is not None and _known(store, node) else []


def events(store: Store, name: str) -> list[NamedNode]:
    """The event that `name` means, by IRI, whole or as event:KEY; empty when there is none."""
    key = name.strip().removeprefix(iri.BASE).replace(":", "/", 1)
    node = NamedNode(iri.BASE + key) if re.fullmatch(r"event/[0-9a-f]{16}", key) else None
    return [node] if node is not None and _known(store, node) else []


def entities(store: Store, name: str) -> list[NamedNode]:
    """The entities that `name` means, those of the knowledge base first; empty when there is none."""
    name = name.strip()
    for value in (name, iri.entity(name.removeprefix("entity/").removeprefix("entity:"))):
        if (node := _iri(value)) and value.startswith(iri.entity("")) and _known(store, node):
            return [node]
    if re.fullmatch(r"(wd:)?Q[1-9][0-9]*", name):
        qid = NamedNode(iri.WIKIDATA + name.removeprefix("wd:"))
        return sorted(_nodes(store, iri.OWL + "sameAs", qid), key=str)
    found: dict[NamedNode, bool] = {}
    for predicate in _LABELS:
        for language in ("ar", "en"):
            for node in _nodes(store, predicate, Literal(name, language=language)):
                found.setdefault(node, node.value.startswith(iri.entity("nil-")))
    return sorted(found, key=lambda node: (found[node], node.value))


def near(store: Store, name: str) -> list[str]:
    """Up to five names of entities that hold `name`."""
    rows = store.query(_NEAR % Literal(name.strip()))
    return [row["name"].value for row in rows]


def _iri(value: str) -> NamedNode | None:
    try:
        return NamedNode(value)
    except ValueError:
        return None


def _known(store: Store, node: NamedNode) -> bool:
    return any(True for _ in store.quads(node, NamedNode(iri.RDF + "type")))


def _nodes(store: Store, predicate: str, obj: NamedNode | Literal) -> set[NamedNode]:
    found = (quad.subject for quad in store.quads(None, NamedNode(predicate), obj))
    return {node for node in found if isinstance(node, NamedNode) and node.value.startswith(iri.entity(""))}
