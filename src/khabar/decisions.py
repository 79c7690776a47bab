"""What people decided about two nodes (one thing, two things, open again), and the links that follow from it.

The log of decisions is graph/decisions: nothing in it changes, later decisions follow earlier ones, and reading a
document again leaves it alone. When a document gives a node another name, a trace (old dct:isReplacedBy new) joins the
log: a decision about a node that the store has not is about what took its place.

graph/links holds what follows for the nodes that the store has: from each node of a merged group one :sameEntityAs to
the node that stands for the group. It also holds what khabar merged by itself (:AutomaticMerge), which links as a
decision does and gives way to every one, and what it only proposes. All of that can be derived anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.errors import QueryError
from khabar.groups import Pair, chain, groups, links, pair, representative, yielding
from khabar.logged import Verdict, exists, number, value, values
from khabar.terms import Node, instant, ns

_TYPE = NamedNode(iri.RDF + "type")
_LINKS, _DECISIONS = NamedNode(iri.LINKS), NamedNode(iri.DECISIONS)
_CONCERNS = ns("concerns")
PROPOSAL, AUTOMATIC = ns("MergeProposal"), ns("AutomaticMerge")
REPLACED = NamedNode(iri.DCT + "isReplacedBy")


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


class Decisions:
    """The decisions of a store, and what khabar itself merged or proposes."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads
        self._exists = partial(exists, quads)
        self._log: tuple[Decision, ...] | None = None
        self._traces: dict[str, str] | None = None
        self._automatic: dict[Pair, float] | None = None
        self._groups: dict[str, frozenset[str]] | None = None

    def forget_cache(self, changed: Collection[Quad]) -> None:
        """Read the log, the traces and the automatic merges anew next time, if anything changed in their graphs."""
        if changed:
            self._log = self._traces = self._automatic = self._groups = None

    def log(self) -> tuple[Decision, ...]:
        """All decisions, the earliest first."""
        if self._log is None:
            nodes = {q.subject for q in self._quads.quads_for_pattern(None, _TYPE, ns("Decision"), _DECISIONS)}
            read = [self._read(node) for node in nodes if isinstance(node, NamedNode)]
            self._log = tuple(sorted(read, key=lambda one: (one.time, one.pair, one.verdict)))
        return self._log

    def traces(self) -> dict[str, str]:
        """The nodes that were given another name by a change of their document, with that name."""
        if self._traces is None:
            found = self._quads.quads_for_pattern(None, REPLACED, None, _DECISIONS)
            ends = ((quad.subject, quad.object) for quad in found)
            self._traces = {
                one.value: other.value
                for one, other in ends
                if isinstance(one, NamedNode) and isinstance(other, NamedNode)
            }
        return self._traces

    def current(
        self, node: str, present: Callable[[str], bool] | None = None, traces: Mapping[str, str] | None = None
    ) -> str:
        """The node itself where the store has it, else what took its place, else the node itself.

        `present` and `traces` stand for those of the store.
        """
        there, traces, seen, at = present or self._exists, traces or self.traces(), {node}, node
        while not there(at):
            at = traces.get(at, node)
            if at in seen:
                return node
            seen.add(at)
        return at

    def standing(
        self, present: Callable[[str], bool] | None = None, traces: Mapping[str, str] | None = None
    ) -> dict[Pair, Decision]:
        """The decision that counts for each pair: its latest; pairs that are open again, or one node, are left out."""

        def now(node: str) -> str:
            return self.current(node, present, traces) if traces or self.traces() else node

        latest = {pair(*map(now, one.pair)): one for one in self.log()}
        return {ends: one for ends, one in latest.items() if one.verdict != "Undecided" and ends[0] != ends[1]}

    def automatic(self) -> dict[Pair, float]:
        """The pairs that khabar merged by itself, with their scores."""
        if self._automatic is None:
            made = self._pairs(AUTOMATIC)
            self._automatic = {ends: number(self._quads, node, ns("score")) for ends, node in made.items()}
        return self._automatic

    def groups(self, *, automatic: bool = True) -> dict[str, frozenset[str]]:
        """Every merged node with the nodes of its group, those included that the store has no longer.

        Without `automatic` only what people merged.
        """
        if not automatic:
            return groups(merged(self.standing()))
        if self._groups is None or self.traces():
            self._groups = groups(merged(self.standing()) | self.automatic().keys())
        return self._groups

    def group(self, node: str) -> list[str]:
        """The node and those of the store that are merged with it, the one that stands for the group first."""
        nodes = {one for one in self.groups().get(node, ()) if self._exists(one)} | {node}
        first = representative(nodes)
        return [first, *sorted(nodes - {first})]

    def different(self, one: str, other: str) -> Decision | None:
        """The decision that keeps apart two nodes, or groups that they belong to."""
        found = self.groups()
        left, right = found.get(one, frozenset([one])), found.get(other, frozenset([other]))
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
        sure = merged(after)
        found = groups(sure)
        for ends, made in after.items():
            if made.verdict != "DifferentEntities" or ends[1] not in found.get(ends[0], frozenset()):
                continue
            way = " = ".join(map(iri.shorten, chain(sure, *ends)))
            if new.verdict == "SameEntity":
                said = f"{made.by} decided on {made.at[:10]} that {_short(ends)} are two"
                raise QueryError(f"{said}, and this would make them one: {way}; take that back first, with --undo")
            raise QueryError(f"{_short(ends)} are still one through others: {way}; split one of these first")
        if new.verdict == "SameEntity":
            items = {item for node in found[one] for item in self._items(node)}
            if len(items) > 1:
                raise QueryError(f"they are {' and '.join(sorted(items))} in Wikidata, so two things; split them there")
            if said := self._apart(found[one]):
                raise QueryError(f"{said}, and nothing is both; look at them with `khabar show`")

    def later(self, new: Decision) -> Decision:
        """The same decision with a time after all others, should a clock have been set back."""
        last = max((one.time for one in self.log()), default=None)
        if last is None or new.time > last:
            return new
        return replace(new, at=_stamp(last + timedelta(microseconds=1)))

    def links(self) -> set[Quad]:
        """All :sameEntityAs that graph/links should hold."""
        return links(self.groups().values(), self._exists)

    def vanished(self) -> list[tuple[Decision, str]]:
        """Decisions that stand about an entity that the store has no longer, with its IRI."""
        return [(one, node) for ends, one in self.standing().items() for node in ends if not self._exists(node)]

    def overridden(self) -> list[Pair]:
        """Pairs that are proposed although they are settled, or although one of them is gone."""
        found = self.groups()

        def wrong(ends: Pair) -> bool:
            settled = ends[1] in found.get(ends[0], frozenset()) or self.different(*ends) is not None
            return settled or not all(map(self._exists, ends))

        return sorted(ends for ends in self.proposals() if wrong(ends))

    def contradicted(self, apart: Iterable[Pair]) -> list[Pair]:
        """Pairs that khabar merged by itself although a person decided about them, or though one of them is gone."""
        decided, free = self.standing(), self.automatic()
        two = {ends for ends, made in decided.items() if made.verdict == "DifferentEntities"}
        wrong = yielding(merged(decided), free, two.union(apart))
        return sorted(e for e in free if e in wrong or e in decided or not all(map(self._exists, e)))

    def overruled(self) -> list[tuple[Decision, str]]:
        """Decisions that two are different which the names of their documents have made one, with that one's IRI."""
        latest = {one.pair: one for one in self.log()}.values() if self.traces() else ()
        ends = ((one, {self.current(node) for node in one.pair}) for one in latest)
        return [(one, nodes.pop()) for one, nodes in ends if one.verdict == "DifferentEntities" and len(nodes) == 1]

    def proposals(self) -> dict[Pair, NamedNode]:
        """The pairs that are proposed, with the node of each proposal."""
        return self._pairs(PROPOSAL)

    def concerning(self, nodes: Iterable[str]) -> dict[Pair, NamedNode]:
        """The pairs with one of these nodes that khabar proposes or has merged, with the node that says so."""
        found: dict[Pair, NamedNode] = {}
        for node in nodes:
            for quad in self._quads.quads_for_pattern(None, _CONCERNS, NamedNode(node), _LINKS):
                if isinstance(quad.subject, NamedNode):
                    one, *others = sorted(values(self._quads, quad.subject, _CONCERNS))
                    found.update({(one, other): quad.subject for other in others})
        return found

    # Helpers ---------------------------------------------------------------------------------------------------------

    def _pairs(self, kind: NamedNode) -> dict[Pair, NamedNode]:
        """The pairs of graph/links of a kind, with the node that concerns each."""
        found: dict[Pair, NamedNode] = {}
        for quad in self._quads.quads_for_pattern(None, _TYPE, kind, _LINKS):
            if isinstance(quad.subject, NamedNode):
                ends = sorted(values(self._quads, quad.subject, _CONCERNS))
                if len(ends) == 2:
                    found[ends[0], ends[1]] = quad.subject
        return found

    def quads_of(self, kind: NamedNode, wanted: Callable[[Pair], bool] = lambda _: True) -> set[Quad]:
        """The quads of graph/links about those pairs of a kind that are wanted."""
        return {
            quad
            for ends, node in self._pairs(kind).items()
            if wanted(ends)
            for quad in self._quads.quads_for_pattern(node, None, None, _LINKS)
        }

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


def _short(ends: Pair) -> str:
    return " and ".join(map(iri.shorten, ends))


def merged(decided: Mapping[Pair, Decision]) -> set[Pair]:
    """The pairs that people merged."""
    return {ends for ends, made in decided.items() if made.verdict == "SameEntity"}
