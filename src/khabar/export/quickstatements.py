"""Statements for Wikidata in QuickStatements V1: only what a person has accepted, with the article as reference.

A claim is written when its latest decision in graph/decisions is an acceptance, when it is a fact or what the knowledge
base says too, when both ends have an item (from the knowledge base or by a person's confirmation, never by a merge of
khabar's own), when its relation has an exact or close match among the properties of Wikidata (`alignments.sssom.tsv`;
nearest and wider matches would say something else), and when its article has an address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import IO

from pyoxigraph import Literal, NamedNode

from khabar import iri, records
from khabar.decisions import merged
from khabar.errors import ResourceError
from khabar.export.selection import Format, Selection
from khabar.groups import groups
from khabar.records import ClaimRow, Things
from khabar.resources import folder
from khabar.store import Store
from khabar.terms import ns

_REFERENCE_URL = "S854"
_MATCHES = ("skos:exactMatch", "skos:closeMatch")
_NOTHING = "no claim of this store can be written: a person must accept it first, and both ends need a Wikidata item"
_ORGANISED = ("basedIn",)
"""Relations whose property on Wikidata is one of organisations only."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: items and property by id, the article it rests on, and the claim."""

    subject: str
    prop: str
    object: str
    url: str
    claim: str

    @property
    def line(self) -> str:
        """The command; the comment becomes the summary of the edit."""
        # The reader takes a summary to begin at the first "/*" of the line.
        url = self.url.replace("*", "%2A").replace('"', "%22")
        columns = (self.subject, self.prop, self.object, _REFERENCE_URL, f'"{url}"')
        return "\t".join(columns) + f" /* from khabar claim {self.claim} */\n"


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write a command for each accepted claim, or a comment that says why there is none."""
    empty = True
    for statement in statements(selection.store):
        output.write(statement.line.encode())
        empty = False
    if empty:
        output.write(f"/* {_NOTHING} */\n".encode())


def statements(store: Store) -> Iterator[Statement]:
    """The statements that may go to Wikidata."""
    properties, items, things = wikidata_properties(), _Items(store), Things(store)
    for claim in accepted_claims(store):
        subject, obj = items.of(claim.subject), items.of(claim.object)
        prop = properties.get(claim.predicate, "")
        fits = claim.predicate not in _ORGANISED or things.is_a(things.find(claim.subject), "Organization")
        if subject and obj and prop and fits and claim.url.startswith(("http://", "https://")) and _stands(claim):
            yield Statement(subject, prop, obj, claim.url, claim.key)


def accepted_claims(store: Store) -> Iterator[ClaimRow]:
    """The claims whose latest decision in graph/decisions is that they are accepted; none where nobody has decided.

    A decision about a claim is an :Acceptance that :reviews it, with a :verdict (:Accepted counts), :decidedBy and
    :decidedAt. Decisions, not claims, are held in memory.
    """
    latest: dict[str, tuple[datetime, str]] = {}
    for quad in store.quads(None, NamedNode(iri.RDF + "type"), ns("Acceptance"), iri.DECISIONS):
        about = {one.predicate: one.object for one in store.quads(quad.subject, graph=iri.DECISIONS)}
        claim, verdict, at = (_value(about[ns(name)]) for name in ("reviews", "verdict", "decidedAt"))
        decided = datetime.fromisoformat(at), verdict
        latest[claim] = max(decided, latest.get(claim, decided))
    accepted = {claim for claim, (_, verdict) in latest.items() if verdict == iri.NS + "Accepted"}
    graphs = {
        str(quad.graph_name).strip("<>").removeprefix(iri.DOCUMENTS)
        for claim in accepted
        for quad in store.quads(NamedNode(claim), NamedNode(iri.RDF + "subject"))
    }
    if graphs:
        yield from (claim for claim in records.claims(store, documents=graphs) if claim.claim in accepted)


def _stands(claim: ClaimRow) -> bool:
    settled = claim.polarity == "Affirmed" and claim.certainty == "Certain"
    return claim.fact or (claim.known and settled and claim.modality in ("Happened", "Ongoing"))


def _value(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


class _Items:
    """The Wikidata items of entities: their own, else one of those that people said are the same."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._groups = groups(merged(store.decisions.standing()))

    def of(self, node: str) -> str:
        """The QID of an entity; empty when there is none, or when its group has several."""
        found = self._own(node) or {one for other in self._groups.get(node, ()) for one in self._own(other)}
        return found.pop() if len(found) == 1 else ""

    def _own(self, node: str) -> set[str]:
        same = self._store.quads(NamedNode(node), NamedNode(iri.OWL + "sameAs"), None, iri.LINKS)
        nodes = (_value(quad.object) for quad in same)
        return {one.removeprefix(iri.WIKIDATA) for one in nodes if one.startswith(iri.WIKIDATA)}


@cache
def wikidata_properties() -> Mapping[str, str]:
    """The Wikidata property of each relation that has just one that means the same, by local name."""
    path = folder("ontology") / "alignments.sssom.tsv"
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    except OSError as error:
        raise ResourceError(f"{path}: cannot be read ({error.strerror}); install khabar again") from error
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(lines, delimiter="\t"):
        if row["predicate_id"] in _MATCHES and row["object_id"].startswith("wdt:"):
            found.setdefault(row["subject_id"].removeprefix("khabar:"), []).append(
                row["object_id"].removeprefix("wdt:")
            )
    return {relation: one[0] for relation, one in found.items() if len(one) == 1}


FORMATS = (Format("quickstatements", "accepted claims as statements for Wikidata; QuickStatements V1", write),)
