"""Events of different documents that tell of one happening.

Two events are only ever linked when they are of one kind (violent events are one kind), at one place or one within the
other, on dates that overlap, and share an agent, a target or a number of casualties. The score adds up what else agrees
and takes off what does not; numbers that differ stay side by side, each with its source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.bundles import Bundle, gather
from khabar.groups import Pair
from khabar.store import Store
from khabar.text import normalise

ENOUGH = 0.7
"""The score from which two events are linked."""
WINDOW = 3
"""Days that an event's date may span: the strike of a month is no one strike."""
FEW = 3
"""Up to so many casualties are common figures, which tell less."""

_TYPE, _LOCATED = NamedNode(iri.RDF + "type"), NamedNode(iri.NS + "locatedIn")
_STATUS = NamedNode(iri.NS + "status")
_SOCIABLE = frozenset("Meeting Communication".split())
_TOLD = frozenset("Happened Ongoing Denied Uncertain".split())


@dataclass(frozen=True, slots=True)
class Report:
    """What one document tells of a happening: class and kind, first and last day, who, whom, where, how many.

    `parties` are all who take part, with the folded words of their names; `story` is the origin of the story that the
    document prints.
    """

    node: str
    document: str
    cls: str
    kind: str
    first: date
    last: date
    agents: frozenset[str]
    targets: frozenset[str]
    places: frozenset[str]
    killed: int | None
    injured: int | None
    parties: Mapping[str, frozenset[str]]
    story: str | None = None


def happenings(store: Store, apart: Iterable[Pair], stories: Iterable[Bundle] = ()) -> list[Bundle]:
    """The happenings that several documents tell of, none with a pair that somebody keeps apart.

    Copies of one of the `stories` speak more surely of one happening than other documents do.
    """
    reader = _Reader(store, {document: story.members[0] for story in stories for document in story.members})
    reports = {report.node: report for report in reader.reports()}
    ties: dict[Pair, tuple[float, tuple[str, ...]]] = {}
    for one, other in _neighbours(reports.values()):
        if tie := likeness(one, other, reader.above):
            ties[one.node, other.node] = tie
    found = []
    for members in gather({ends: score for ends, (score, _) in ties.items()}, apart):
        order = sorted(members, key=lambda node: (reader.day(reports[node].document), reports[node].document, node))
        inner = [ties[ends] for ends in combinations(members, 2)]
        said = dict.fromkeys(reason for _, reasons in inner for reason in reasons)
        found.append(Bundle("Happening", tuple(order), min(score for score, _ in inner), tuple(said)))
    return found


def likeness(one: Report, other: Report, above: Mapping[str, frozenset[str]]) -> tuple[float, tuple[str, ...]] | None:
    """Score and reasons for two reports to tell of one happening; None when they must not be linked.

    `above` gives the places that a place lies in.
    """
    if one.document == other.document or one.kind != other.kind or one.last < other.first or other.last < one.first:
        return None
    same, nested = _places(one, other, above)
    if not (same or nested):
        return None
    score, reasons = 0.2, [f"both {one.cls}" if one.cls == other.cls else f"{one.cls} and {other.cls}"]
    score += 0.1 * (one.cls == other.cls)
    score += 0.25 if same else 0.1
    reasons.append("at one place" if same else "at places of which one lies in the other")
    exact = one.first == one.last == other.first == other.last
    score += 0.15 if exact else 0.05
    reasons.append(f"on {one.first}" if exact else "on dates that overlap")
    shared = False
    for name, mine, theirs in (("agent", one.agents, other.agents), ("target", one.targets, other.targets)):
        if mine & theirs:
            shared = True
            score += 0.15
            reasons.append(f"with one {name}")
        elif mine and theirs:
            score -= 0.15
            reasons.append(f"with different {name}s")
    if _others(one, other).isdisjoint(_others(other, one)) and _others(one, other) and _others(other, one):
        score -= 0.2
        reasons.append("with different others")
    if one.story is not None and one.story == other.story:
        score += 0.2
        reasons.append("in copies of one story")
    if one.kind in _SOCIABLE and len(one.parties.keys() & other.parties.keys()) < 2:
        score -= 0.2  # who receives one guest in his palace may receive another an hour later
    for name, number, figure in (("killed", one.killed, other.killed), ("injured", one.injured, other.injured)):
        if number is not None and number == figure:
            shared = True
            score += 0.3 if number > FEW else 0.15
            reasons.append(f"{number} {name} in both")
        elif number is not None and figure is not None:
            score -= 0.05
            reasons.append(f"{min(number, figure)} or {max(number, figure)} {name}")
    score = round(min(score, 1.0), 2)
    return (score, tuple(reasons)) if shared and score >= ENOUGH else None


def _places(one: Report, other: Report, above: Mapping[str, frozenset[str]]) -> tuple[bool, bool]:
    """Whether they share a place, and whether a place of one lies in a place of the other."""
    if one.places & other.places:
        return True, False
    pairs = ((mine, theirs) for mine in one.places for theirs in other.places)
    return False, any(mine in above.get(theirs, ()) or theirs in above.get(mine, ()) for mine, theirs in pairs)


def _others(one: Report, other: Report) -> set[str]:
    """The words in the names of those who take part in the first alone."""
    return {word for node, words in one.parties.items() if node not in other.parties for word in words}


def _neighbours(reports: Iterable[Report]) -> Iterator[tuple[Report, Report]]:
    """Pairs of reports of one kind on one day, each once."""
    days: defaultdict[tuple[str, date], list[Report]] = defaultdict(list)
    for report in sorted(reports, key=lambda one: one.node):
        for ahead in range((report.last - report.first).days + 1):
            days[report.kind, report.first + timedelta(ahead)].append(report)
    seen: set[Pair] = set()
    for same in days.values():
        for one, other in combinations(same, 2):
            if (one.node, other.node) not in seen:
                seen.add((one.node, other.node))
                yield one, other


class _Reader:
    """Reads reports from a store; merged entities are one."""

    def __init__(self, store: Store, stories: Mapping[str, str]) -> None:
        self._store, self._stories = store, stories
        self._violent = {
            str(row["c"]).strip("<>").removeprefix(iri.NS)
            for row in store.query("SELECT ?c { ?c rdfs:subClassOf* :ViolentEvent }")
        }
        same = store.quads(None, NamedNode(iri.NS + "sameEntityAs"), None, iri.LINKS)
        self._merged = {str(quad.subject).strip("<>"): str(quad.object).strip("<>") for quad in same}
        inside: dict[str, str] = {}
        for quad in store.quads(None, _LOCATED, None, iri.ENTITIES):
            inside[str(quad.subject).strip("<>")] = str(quad.object).strip("<>")
        self.above = {place: frozenset(_chain(place, inside)) for place in inside}
        self._places = self._of_class("Place")

    def reports(self) -> Iterator[Report]:
        """All that is told to have happened, or denied, on a known day and at a known place."""
        for quad in self._store.quads(None, _STATUS):
            if str(quad.object).strip("<>").removeprefix(iri.NS) in _TOLD and isinstance(quad.subject, NamedNode):
                report = self._report(quad.subject, str(quad.graph_name).strip("<>"))
                if report is not None:
                    yield report

    def day(self, document: str) -> str:
        """When a document was printed, in a form that sorts; unknown comes last."""
        return min(self._values(NamedNode(document), iri.DCT + "issued"), default="~")

    def _report(self, event: NamedNode, graph: str) -> Report | None:
        said = {name: self._values(event, iri.NS + name, graph) for name in
                "notBefore notAfter agent participant target recipient place killed injured".split()}  # fmt: skip
        cls = min(self._values(event, _TYPE.value, graph)).removeprefix(iri.NS)
        parties = {*said["agent"], *said["participant"], *said["target"], *said["recipient"]} - self._places
        named = {self._merged.get(one, one): self._words(one) for one in parties}
        places = {one for one in (*said["place"], *said["target"]) if one in self._places}
        if not said["notBefore"] or not said["notAfter"] or not places:
            return None
        first, last = (date.fromisoformat(min(said[name])[:10]) for name in ("notBefore", "notAfter"))
        if not 0 <= (last - first).days < WINDOW:
            return None
        agents, targets = ({self._merged.get(one, one) for one in ones} for ones in
                           ((*said["agent"], *said["participant"]), said["target"]))  # fmt: skip
        killed, injured = (int(min(said[name])) if said[name] else None for name in ("killed", "injured"))
        document = iri.document(graph.removeprefix(iri.DOCUMENTS))
        kind = "ViolentEvent" if cls in self._violent else cls
        return Report(
            event.value,
            document,
            cls,
            kind,
            first,
            last,
            frozenset(agents),
            frozenset(targets),
            frozenset(self._merged.get(one, one) for one in places),
            killed,
            injured,
            named,
            self._stories.get(document),
        )

    def _words(self, entity: str) -> frozenset[str]:
        return frozenset(
            word
            for name in self._values(NamedNode(entity), iri.RDFS + "label")
            for word in normalise(name).fold.split()
        )

    def _values(self, node: NamedNode, predicate: str, graph: str | None = None) -> list[str]:
        found = (quad.object for quad in self._store.quads(node, NamedNode(predicate), None, graph))
        return [value.value for value in found if isinstance(value, NamedNode | Literal)]

    def _of_class(self, name: str) -> set[str]:
        rows = self._store.query(f"SELECT DISTINCT ?e {{ ?e a ?c . ?c rdfs:subClassOf* :{name} }}")
        return {str(row["e"]).strip("<>") for row in rows}


def _chain(place: str, inside: Mapping[str, str]) -> list[str]:
    """The places that a place lies in, the nearest first."""
    found: list[str] = []
    while (place := inside.get(place, "")) and place not in found:
        found.append(place)
    return found
