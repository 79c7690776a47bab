"""Events in the columns of ACLED, one row a happening, so that they can be laid beside its data.

Only what is a fact by the store's policy. The names of types come from the codes of the ontology and are those of
ACLED's event types, or of a sub-event type; what neither the text nor the ontology tells (interaction, region, ISO
number, precision codes, source scale ...) stays empty, and so do a type that the class leaves open, a date that is not
one day, and fatalities that nobody counted. The columns `khabar_*` lead back to the claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO

from pyoxigraph import NamedNode

from khabar import iri, records
from khabar.export.selection import Format, Selection
from khabar.export.sheets import Cell, Sheet, counted
from khabar.export.ties import Sides, sides
from khabar.records import EventRow, Named, Things
from khabar.records.things import key

COLUMNS = (
    "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1 inter1 "
    "actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3 location "
    "latitude longitude geo_precision source source_scale notes fatalities tags timestamp"
).split()
"""The columns of an ACLED export, in its order."""

TRACE = (
    "khabar_event khabar_events khabar_class khabar_claims khabar_quote khabar_document khabar_url khabar_reported "
    "khabar_edtf khabar_status khabar_said_by khabar_fatalities khabar_injured khabar_place khabar_place_class"
).split()
"""Ours, behind them."""

_SUB_TYPES = ("Agreement",)
_OPEN = ("ViolentEvent", "TerritoryChange")
"""Classes that ACLED records too, under a type that the class alone does not tell."""


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write a row for each happening that is a fact and of a kind that ACLED records."""
    things = Things(selection.store, text=selection.text)
    sheet = Sheet(output, [*COLUMNS, *TRACE])
    for reports in happenings(selection, things, lambda row: bool(row.acled) or row.class_ in _OPEN):
        sheet.write(_row(things, reports))


def happenings(
    selection: Selection, things: Things, wanted: Callable[[EventRow], bool]
) -> Iterator[tuple[EventRow, ...]]:
    """The reports of each happening that some wanted report makes a fact, the first fact first.

    It comes where that first fact stands in the order of documents; reports that are no facts come last. The documents
    of a group are read again for it, so that one happening is in memory at a time.
    """
    store = selection.store
    for row in counted(records.events(store, text=selection.text), selection.progress):
        if not row.fact or not wanted(row):
            continue
        if row.group == row.event:
            yield (row,)
            continue
        members = store.quads(None, NamedNode(iri.NS + "groupedIn"), NamedNode(row.group), iri.LINKS)
        events = {quad.subject.value for quad in members if isinstance(quad.subject, NamedNode)}
        told = records.events(store, documents=_documents(selection, events), text=selection.text)
        reports = [one for one in told if one.event in events]
        facts = [one for one in reports if one.fact and wanted(one)]
        if facts[0].event == row.event:
            yield (*facts, *(one for one in reports if one not in facts))


def _documents(selection: Selection, events: set[str]) -> set[str]:
    status = NamedNode(iri.NS + "status")
    found = (quad for event in events for quad in selection.store.quads(NamedNode(event), status))
    return {str(quad.graph_name).strip("<>").removeprefix(iri.DOCUMENTS) for quad in found}


def _row(things: Things, reports: Sequence[EventRow]) -> list[Cell]:
    """A row: each cell from the first report that fills it; reports that are no facts show in `khabar_status` alone."""
    facts = [one for one in reports if one.fact]
    first = facts[0]
    dated = next((one for one in facts if one.not_before), first)
    placed = next((one for one in facts if one.located), first)
    (one, *with_one), (other, *with_other) = _sides(things, facts)
    killed = [row.killed for row in facts if row.killed is not None]
    injured = {row.injured for row in facts if row.injured is not None}
    day, year = _day(dated)
    areas = _areas(things, placed)
    cells: dict[str, Cell] = {
        "event_id_cnty": f"khabar-{key(first.group)}",
        "event_date": day,
        "year": year,
        "event_type": "" if first.acled in _SUB_TYPES else first.acled,
        "sub_event_type": first.acled if first.acled in _SUB_TYPES else "",
        "actor1": _name(things, one),
        "assoc_actor_1": "; ".join(_name(things, node) for node in with_one),
        "inter1": _code(things, one),
        "actor2": _name(things, other),
        "assoc_actor_2": "; ".join(_name(things, node) for node in with_other),
        "inter2": _code(things, other),
        "country": placed.country_en or placed.country_ar,
        "admin1": areas[0],
        "admin2": areas[1],
        "admin3": areas[2],
        "location": placed.located_en or placed.located_ar,
        "latitude": placed.lat,
        "longitude": placed.lon,
        "source": "; ".join(dict.fromkeys(row.publisher for row in facts if row.publisher)),
        "notes": first.quote,
        "fatalities": min(killed, default=None),
        "khabar_event": first.event,
        "khabar_events": [row.event for row in facts],
        "khabar_class": first.class_,
        "khabar_claims": [claim for row in facts for claim in row.claims],
        "khabar_quote": [row.quote for row in facts],
        "khabar_document": [row.document for row in facts],
        "khabar_url": [row.url for row in facts if row.url],
        "khabar_reported": min((row.date for row in facts if row.date), default=""),
        "khabar_edtf": dated.edtf,
        "khabar_status": [row.status for row in reports],
        "khabar_said_by": list(dict.fromkeys(label for row in facts for _, label in row.sources)),
        "khabar_fatalities": [str(number) for number in sorted(set(killed))],
        "khabar_injured": [str(number) for number in sorted(injured)],
        "khabar_place": placed.located,
        "khabar_place_class": placed.located_class,
    }
    return [cells.get(name) for name in (*COLUMNS, *TRACE)]


def _day(row: EventRow) -> tuple[str, int | None]:
    """The day of an event, where the text tells it, and the year."""
    first, last = row.not_before, row.not_after
    if first is None or last is None or first.year != last.year:
        return "", None
    return first.date().isoformat() if first.date() == last.date() else "", first.year


def _sides(things: Things, reports: Sequence[EventRow]) -> Sides:
    """Who stood on each side, from the first report that tells it; a nameless node for nobody."""
    nobody = (("", ""),)
    found = [sides(things, row) for row in reports]
    return (
        next((one for one, _ in found if one), nobody),
        next((other for _, other in found if other), nobody),
    )


def _name(things: Things, node: Named) -> str:
    """The English name of an actor, as ACLED has it, else the Arabic one; of merged ones that of the group."""
    if not node[0]:
        return ""
    one = things.standing(node[0])
    return one.label_en or one.label_ar or node[1]


def _code(things: Things, node: Named) -> str:
    """ACLED's code of the kind of actor, where the ontology states one."""
    kind = things.standing(node[0]).class_ if node[0] else ""
    return things.ontology.notation(kind).get("acled", "") if kind in things.ontology.classes else ""


def _areas(things: Things, row: EventRow) -> tuple[str, str, str]:
    """The administrative areas that the place lies in, or is, from the one below the country down."""
    if not row.located:
        return "", "", ""
    chain = [things.find(place) for place in (row.located, *things.above(things.find(row.located).group))]
    names = [one.label_en or one.label_ar for one in reversed(chain) if one.class_ == "AdministrativeArea"]
    one, two, three = (*names, "", "", "")[:3]
    return one, two, three


FORMATS = (
    Format("acled-csv", "facts in the columns of ACLED, one row a happening, with claims and quotes; CSV", write),
)
