"""What people decided about two nodes (one thing, two things, open again), and the links that follow from it.

The log of decisions is graph/decisions: nothing in it changes, later decisions follow earlier ones, and reading a
document again leaves it alone. graph/links holds what follows for the nodes that the store has: from each node of a
merged group one :sameEntityAs to the node that stands for the group. Those links can always be derived anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.errors import QueryError
from khabar.logged import Verdict, exists, value, values
from khabar.rdf import DocumentGraph
from khabar.terms import Node, instant, ns

Pair = tuple[str, str]
"""Two IRIs, the smaller first."""

_TYPE = NamedNode(iri.RDF + "type")
_LINKS, _DECISIONS = NamedNode(iri.LINKS), NamedNode(iri.DECISIONS)
_SAME, _CONCERNS, _PROPOSAL = ns("sameEntityAs"), ns("concerns"), ns("MergeProposal")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about a pair of entities: who made it, when (ISO, UTC) and why; `title` names the two for people.

    >>> Decision.of("https://w3id.org/khabar/entity/b", "https://w3id.org/khabar/entity/a", "SameEntity", "Mona").pair
    ('https://w3id.org/khabar/entity/a', 'https://w3id.org/khabar/entity/b')
    """

    pair: Pair
    verdict: Verdict
    by: str
    at: str
    because: str = ""
    title: str = ""

    @classmethod
    def of(cls, one: str, other: str, verdict: Verdict, by: str, because: str = "", title: str = "") -> Decision:
        """A decision made now."""
        return cls(pair(one, other), verdict, by, _stamp(datetime.now(UTC)), because, title)

    @property
    def time(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.at)

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The decision as quads of graph/decisions."""
        node = NamedNode(iri.decision(*self.pair, self.verdict, self.by, self.at))
        facts: list[tuple[NamedNode, Node]] = [
            (_TYPE, ns("Decision")),
            *((_CONCERNS, NamedNode(end)) for end in self.pair),
            (ns("verdict"), ns(self.verdict)),
            (ns("decidedBy"), Literal(self.by)),
            (ns("decidedAt"), instant(self.at)),
        ]
        if self.because:
            facts.append((ns("because"), Literal(self.because)))
        if self.title:
            facts.append((NamedNode(iri.DCT + "title"), Literal(self.title)))
        return tuple(Quad(node, predicate, value, _DECISIONS) for predicate, value in facts)


def pair(one: str, other: str) -> Pair:
    """The two IRIs in their order."""
    return (one, other) if one < other else (other, one)


def representative(nodes: Iterable[str]) -> str:
    """The node that stands for a group: one that the knowledge base knows, else the smallest IRI."""
    return min(nodes, key=lambda node: (node.startswith(iri.entity("nil-")), node))


class Decisions:
    """The decisions of a store."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads
        self._log: tuple[Decision, ...] | None = None

    def log(self) -> tuple[Decision, ...]:
        """All decisions, the earliest first."""
        if self._log is None:
            nodes = {q.subject for q in self._quads.quads_for_pattern(None, _TYPE, ns("Decision"), _DECISIONS)}
            read = [self._read(node) for node in nodes if isinstance(node, NamedNode)]
            self._log = tuple(sorted(read, key=lambda one: (one.time, one.pair, one.verdict)))
        return self._log

    def forget_cache(self) -> None:
        """Read the log anew next time: it was changed."""
        self._log = None

    def standing(self) -> dict[Pair, Decision]:
        """The decision that counts for each pair: its latest; pairs that are open again are left out."""
        latest = {one.pair: one for one in self.log()}
        return {ends: one for ends, one in latest.items() if one.verdict != "Undecided"}

    def groups(self) -> dict[str, frozenset[str]]:
        """Every merged node with the nodes of its group, those included that the store has no longer."""
        return _groups(self.standing())

    def group(self, node: str) -> list[str]:
        """The node and those of the store that are merged with it, the one that stands for the group first."""
        nodes = {one for one in self.groups().get(node, ()) if exists(self._quads, one)} | {node}
        first = representative(nodes)
        return [first, *sorted(nodes - {first})]

    def different(self, one: str, other: str) -> Decision | None:
        """The decision that keeps apart two nodes, or groups that they belong to."""
        groups = self.groups()
        left, right = groups.get(one, frozenset([one])), groups.get(other, frozenset([other]))
        for ends, made in self.standing().items():
            if made.verdict == "DifferentEntities" and (
                (ends[0] in left and ends[1] in right) or (ends[1] in left and ends[0] in right)
            ):
                return made
        return None

    def check(self, new: Decision) -> None:
        """Raise QueryError, saying what to do, when a decision contradicts those that stand."""
        one, other = new.pair
        if one == other:
            raise QueryError(f"{iri.shorten(one)} is one entity already; give two")
        after = {**self.standing(), new.pair: new}
        groups = _groups(after)
        for ends, made in after.items():
            if made.verdict != "DifferentEntities" or ends[1] not in groups.get(ends[0], frozenset()):
                continue
            chain = " = ".join(map(iri.shorten, _chain(after, *ends)))
            if new.verdict == "SameEntity":
                said = f"{made.by} decided on {made.at[:10]} that {_short(ends)} are two"
                raise QueryError(f"{said}, and this would make them one: {chain}; take that back first, with --undo")
            raise QueryError(f"{_short(ends)} are still one through others: {chain}; split one of these first")
        if new.verdict == "SameEntity":
            items = {item for node in groups[one] for item in self._items(node)}
            if len(items) > 1:
                raise QueryError(f"they are {' and '.join(sorted(items))} in Wikidata, so two things; split them there")
            if said := self._apart(groups[one]):
                raise QueryError(f"{said}, and nothing is both; look at them with `khabar show`")

    def later(self, new: Decision) -> Decision:
        """The same decision with a time after all others, should a clock have been set back."""
        last = max((one.time for one in self.log()), default=None)
        if last is None or new.time > last:
            return new
        return replace(new, at=_stamp(last + timedelta(microseconds=1)))

    # What follows ----------------------------------------------------------------------------------------------------

    def links(self) -> set[Quad]:
        """All :sameEntityAs that graph/links should hold."""
        return _links(self.groups().values(), partial(exists, self._quads))

    def after_decision(self, new: Decision) -> tuple[set[Quad], set[Quad]]:
        """Quads that leave and enter the store with a decision: its own, links, proposals about what is decided."""
        stored = set(self._quads.quads_for_pattern(None, _SAME, None, _LINKS))
        groups = _groups({**self.standing(), new.pair: new} if new.verdict != "Undecided" else self._without(new.pair))
        should = _links(groups.values(), partial(exists, self._quads))
        gone = (stored - should) | self._proposals_about(lambda ends: self._settles(new, groups, ends))
        return gone, {*(should - stored), *new.quads}

    def after_document(
        self, key: str, document: DocumentGraph | None, gone: Iterable[Quad], come: Iterable[Quad]
    ) -> tuple[set[Quad], set[Quad]]:
        """Links and proposals that leave and enter graph/links when a document becomes `document`, or goes.

        `gone` and `come` are the quads of graph/entities that change with it.
        """
        graph = NamedNode(iri.document_graph(key))
        leaving = {*gone, *self._quads.quads_for_pattern(None, _TYPE, None, graph)}
        entering = {*come, *(document.quads if document else ())}
        typed, touched = _described(entering), _described(leaving)

        def present(node: str) -> bool:
            if node in typed:
                return True
            return any(
                quad not in leaving for quad in self._quads.quads_for_pattern(NamedNode(node), _TYPE, None, None)
            )

        vanished = {node for node in touched if not present(node)}
        dropped = {quad for node in sorted(vanished) for quad in self._proposals_of(node)}
        groups = self.groups() if self.log() else {}
        affected = {groups[node] for node in touched | typed if node in groups}
        stored = {
            quad
            for nodes in affected
            for node in nodes
            for quad in self._quads.quads_for_pattern(NamedNode(node), _SAME, None, _LINKS)
        }
        should = _links(affected, present)
        return (stored - should) | dropped, should - stored

    def of_document(self, key: str) -> list[Decision]:
        """The decisions about entities that only this document knows."""
        graph = NamedNode(iri.document_graph(key))
        nodes = _described(self._quads.quads_for_pattern(None, _TYPE, None, graph))
        return [one for one in self.log() if nodes & set(one.pair)]

    def vanished(self) -> list[tuple[Decision, str]]:
        """Decisions that stand about an entity that the store has no longer, with its IRI."""
        made = self.standing().values()
        return [(one, node) for one in made for node in one.pair if not exists(self._quads, node)]

    def overridden(self) -> list[Pair]:
        """Pairs that are proposed although a decision settles them, or although one of them is gone."""
        groups = self.groups()

        def wrong(ends: Pair) -> bool:
            settled = ends[1] in groups.get(ends[0], frozenset()) or self.different(*ends) is not None
            return settled or not all(map(partial(exists, self._quads), ends))

        return sorted(ends for ends in self.proposals() if wrong(ends))

    def proposals(self) -> dict[Pair, NamedNode]:
        """The pairs that are proposed, with the node of each proposal."""
        found: dict[Pair, NamedNode] = {}
        for quad in self._quads.quads_for_pattern(None, _TYPE, _PROPOSAL, _LINKS):
            if isinstance(quad.subject, NamedNode):
                ends = sorted(values(self._quads, quad.subject, _CONCERNS))
                if len(ends) == 2:
                    found[ends[0], ends[1]] = quad.subject
        return found

    def proposals_of(self, nodes: Iterable[str]) -> set[Pair]:
        """The proposed pairs with one of these nodes."""
        found = set[Pair]()
        for node in nodes:
            for quad in self._quads.quads_for_pattern(None, _CONCERNS, NamedNode(node), _LINKS):
                if isinstance(quad.subject, NamedNode):
                    one, *others = sorted(values(self._quads, quad.subject, _CONCERNS))
                    found |= {(one, other) for other in others}
        return found

    # Helpers ---------------------------------------------------------------------------------------------------------

    def _settles(self, new: Decision, groups: Mapping[str, frozenset[str]], ends: Pair) -> bool:
        if new.verdict == "SameEntity":
            return ends[1] in groups.get(ends[0], frozenset())
        left, right = (groups.get(end, frozenset([end])) for end in new.pair)
        across = (ends[0] in left and ends[1] in right) or (ends[1] in left and ends[0] in right)
        return new.verdict == "DifferentEntities" and across

    def _without(self, ends: Pair) -> dict[Pair, Decision]:
        return {one: made for one, made in self.standing().items() if one != ends}

    def _proposals_about(self, wanted: Callable[[Pair], bool]) -> set[Quad]:
        return {
            quad
            for ends, node in self.proposals().items()
            if wanted(ends)
            for quad in self._quads.quads_for_pattern(node, None, None, _LINKS)
        }

    def _proposals_of(self, node: str) -> Iterator[Quad]:
        for quad in self._quads.quads_for_pattern(None, _CONCERNS, NamedNode(node), _LINKS):
            yield from self._quads.quads_for_pattern(quad.subject, None, None, _LINKS)

    def _items(self, node: str) -> list[str]:
        found = values(self._quads, NamedNode(node), NamedNode(iri.OWL + "sameAs"))
        return [one.removeprefix(iri.WIKIDATA) for one in found if one.startswith(iri.WIKIDATA)]

    def _apart(self, nodes: Iterable[str]) -> str:
        """What says that two of the nodes have classes that exclude each other by the ontology of the store."""
        for one in sorted(nodes):
            rows = self._quads.query(
                f"SELECT ?c ?other ?d WHERE {{ VALUES ?other {{ {' '.join(f'<{n}>' for n in sorted(nodes))} }}"
                f" <{one}> a ?c . ?other a ?d . ?c rdfs:subClassOf* ?x . ?d rdfs:subClassOf* ?y ."
                " ?all a owl:AllDisjointClasses ; owl:members ?list . ?list rdf:rest*/rdf:first ?x ."
                " ?list rdf:rest*/rdf:first ?y FILTER (?x != ?y) } ORDER BY ?other LIMIT 1",
                use_default_graph_as_union=True,
                prefixes=iri.PREFIXES,
            )
            for row in cast("ox.QuerySolutions", rows):
                kind, other, else_ = (iri.shorten(str(row[name]).strip("<>")) for name in ("c", "other", "d"))
                return f"{iri.shorten(one)} is a {kind[1:]} and {other} a {else_[1:]}"
        return ""

    def _read(self, node: NamedNode) -> Decision:
        one = partial(value, self._quads, node)
        ends = sorted(values(self._quads, node, _CONCERNS))
        return Decision(
            (ends[0], ends[-1]),
            cast("Verdict", one(ns("verdict")).removeprefix(iri.NS)),
            one(ns("decidedBy")),
            one(ns("decidedAt")),
            one(ns("because")),
            one(NamedNode(iri.DCT + "title")),
        )


def _stamp(time: datetime) -> str:
    """A time as the store writes it: UTC, without zeros at its end."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"


def _described(quads: Iterable[Quad]) -> set[str]:
    """The entities whose class stands among the quads."""
    nodes = (quad.subject for quad in quads if quad.predicate == _TYPE)
    return {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(iri.entity(""))}


def _short(ends: Pair) -> str:
    return " and ".join(map(iri.shorten, ends))


def _same(decided: Mapping[Pair, Decision]) -> dict[str, list[str]]:
    """The nodes that each node is directly merged with."""
    beside: dict[str, list[str]] = {}
    for (one, other), made in sorted(decided.items()):
        if made.verdict == "SameEntity":
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    return beside


def _groups(decided: Mapping[Pair, Decision]) -> dict[str, frozenset[str]]:
    """Every merged node with its group: merging is transitive."""
    beside, found = _same(decided), dict[str, frozenset[str]]()
    for start in beside:
        if start in found:
            continue
        group, todo = {start}, [start]
        while todo:
            new = [node for node in beside[todo.pop()] if node not in group]
            group.update(new)
            todo.extend(new)
        found.update(dict.fromkeys(group, frozenset(group)))
    return found


def _chain(decided: Mapping[Pair, Decision], start: str, end: str) -> list[str]:
    """The shortest way from one node to another over merges."""
    beside, before = _same(decided), dict[str, str]()
    todo = deque([start])
    while todo and end not in before:
        node = todo.popleft()
        for other in beside.get(node, []):
            if other not in before and other != start:
                before[other] = node
                todo.append(other)
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def _links(groups: Iterable[frozenset[str]], present: Callable[[str], bool]) -> set[Quad]:
    """The links of groups: from each node that is there to the one that stands for all."""
    found = set()
    for group in set(groups):
        nodes = {node for node in group if present(node)}
        if len(nodes) > 1:
            first = representative(nodes)
            found |= {Quad(NamedNode(node), _SAME, NamedNode(first), _LINKS) for node in nodes - {first}}
    return found
