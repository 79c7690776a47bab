"""Reads from a store what is needed to compare entities: names, documents, the states around them, their ties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.alike import APART, Thing, folded
from khabar.groups import representative
from khabar.store import Store

_TYPE = NamedNode(iri.RDF + "type")
_REFERS = NamedNode(iri.NS + "refersTo")
_KNOWN, _NIL = iri.entity(""), iri.entity("nil-")
_NAMES = (NamedNode(iri.RDFS + "label"), NamedNode(iri.SKOS + "altLabel"))
_ENDS = (NamedNode(iri.RDF + "subject"), NamedNode(iri.RDF + "object"))
_ROLES = tuple(NamedNode(iri.NS + role) for role in "agent participant target recipient instrument place about".split())


class Surroundings:
    """The entities of a store with what surrounds them, read once.

    With `apart` merged ones stand one by one, without `automatic` those that khabar merged by itself.
    """

    def __init__(self, store: Store, *, apart: bool = False, automatic: bool = True) -> None:
        self._store = store
        self._groups: Mapping[str, frozenset[str]] = {} if apart else store.decisions.groups(automatic=automatic)
        self._class: dict[str, str] = {}
        self._state: dict[str, str | None] = {}
        self._documents: defaultdict[str, set[str]] = defaultdict(set)
        mentions: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for quad in store.quads(None, _REFERS):
            if isinstance(quad.object, NamedNode) and quad.object.value.startswith(_KNOWN):
                key = str(quad.graph_name).strip("<>").removeprefix(iri.DOCUMENTS)
                self._documents[quad.object.value].add(key)
                mentions[key][quad.object.value] += 1
        self._states = {key: self._leading(counts) for key, counts in mentions.items()}

    def things(self) -> list[Thing]:
        """All named entities that some document mentions, merged ones as one, sorted by IRI; no descriptions."""
        groups = {representative(group): group for group in map(self._group, self._documents)}
        found = (self._thing(node, sorted(groups[node])) for node in sorted(groups))
        return [thing for thing in found if thing is not None]

    def _group(self, node: str) -> frozenset[str]:
        """The node and what is merged with it, as far as some document mentions it."""
        return frozenset(one for one in self._groups.get(node, [node]) if one in self._documents)

    def _thing(self, node: str, nodes: Sequence[str]) -> Thing | None:
        cls = self._kind(node)
        names = self._called(node)
        if not cls or cls in APART or not names:
            return None
        known = not node.startswith(_NIL)
        documents = frozenset(key for one in nodes for key in self._documents[one])
        own = self._country(node) if known else None
        states = {own} if own else {state for key in documents for state in self._states[key]}
        ties = frozenset(tie for one in nodes if one.startswith(_NIL) for tie in self._ties(one))
        folds = tuple(dict.fromkeys(folded(name) for one in (node, *nodes) for name in self._called(one)))
        return Thing(node, cls, names[0], folds, documents, frozenset(map(self._state_name, states)), ties, known)

    def _state_name(self, state: str) -> tuple[str, str]:
        """A state with its English name, or its Arabic one."""
        labels = {
            quad.object.language: quad.object.value
            for quad in self._store.quads(NamedNode(state), _NAMES[0])
            if isinstance(quad.object, Literal)
        }
        return state, labels.get("en") or labels.get("ar") or iri.shorten(state)

    def _kind(self, node: str) -> str:
        """The local name of a node's class, or nothing."""
        if node not in self._class:
            found = sorted(str(quad.object).strip("<>") for quad in self._store.quads(NamedNode(node), _TYPE))
            self._class[node] = found[0].removeprefix(iri.NS) if found else ""
        return self._class[node]

    def _called(self, node: str) -> list[str]:
        """The Arabic names of a node, its label first."""
        found: list[str] = []
        for predicate in _NAMES:
            names = (quad.object for quad in self._store.quads(NamedNode(node), predicate))
            found += sorted(name.value for name in names if isinstance(name, Literal) and name.language == "ar")
        return found

    def _country(self, node: str) -> str | None:
        """The state that a known place lies in or is."""
        if node not in self._state:
            self._state[node] = None  # whatever goes in a circle has none
            if self._kind(node) == "Country":
                self._state[node] = node
            else:
                for above in self._store.quads(NamedNode(node), NamedNode(iri.NS + "locatedIn"), None, iri.ENTITIES):
                    self._state[node] = self._country(str(above.object).strip("<>"))
        return self._state[node]

    def _leading(self, counts: Counter[str]) -> frozenset[str]:
        """The states that a document speaks of most: half as often as the first, at least."""
        votes: Counter[str] = Counter()
        for node, count in counts.items():
            if not node.startswith(_NIL) and (state := self._country(node)):
                votes[state] += count
        most = max(votes.values(), default=0)
        return frozenset(state for state, count in votes.items() if 2 * count >= most)

    def _ties(self, node: str) -> Iterator[tuple[str, str]]:
        """What an entity is tied to by a claim or an event: a key that holds across documents, and a name."""
        for other in {*self._claimed(node), *self._beside(node)} - {node}:
            names = self._called(other)
            if names and other.startswith(_NIL) and self._kind(other) not in APART:
                yield f"{self._kind(other)} {folded(names[0])}", names[0]
            elif names and not other.startswith(_NIL):
                yield other, names[0]

    def _claimed(self, node: str) -> Iterator[str]:
        """The other ends of claims about the entity itself."""
        for mine, theirs in (_ENDS, _ENDS[::-1]):
            for claim in self._store.quads(None, mine, NamedNode(node)):
                for end in self._store.quads(claim.subject, theirs):
                    if isinstance(end.object, NamedNode) and end.object.value.startswith(_KNOWN):
                        yield end.object.value

    def _beside(self, node: str) -> Iterator[str]:
        """Entities with another role in an event in which the entity has one."""
        for role in _ROLES:
            for edge in self._store.quads(None, role, NamedNode(node)):
                for other in _ROLES:
                    for filler in self._store.quads(edge.subject, other):
                        if isinstance(filler.object, NamedNode) and filler.object.value.startswith(_KNOWN):
                            yield filler.object.value
