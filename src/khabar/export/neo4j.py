"""A folder of CSV files for `neo4j-admin database import`: entities, events, documents and claims as nodes.

Relations between entities are one relationship for every claim that makes them a fact, with its words, source and
document, so that no tie stands in the database without its evidence. What is claimed only is reached through :Claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from khabar import iri, records
from khabar.export.selection import Format, Selection
from khabar.export.sheets import Cell, Sheet, counted
from khabar.records import ROLES, ClaimRow, DocumentRow, EntityRow, EventRow, Things
from khabar.records.page import Page

_ENDS = ":START_ID,:END_ID,:TYPE"
NODES = {
    "documents": "iri:ID,:LABEL,key,identifier,publisher,title,url,date,issued:datetime,language,length:int,claims:int,"
    "facts:int,story",
    "entities": "iri:ID,:LABEL,key,name,label_ar,label_en,aliases:string[],wikidata,lat:double,lon:double,"
    "known:boolean,mentions:int,documents:int,group",
    "events": "iri:ID,:LABEL,key,name,class,status,fact:boolean,plover,acled,edtf,not_before:datetime,"
    "not_after:datetime,killed:int,injured:int,lat:double,lon:double,trigger,quote,confidence:double,happening",
    "claims": "iri:ID,:LABEL,key,predicate,modality,polarity,certainty,fact:boolean,known:boolean,said_by,quote,rule,"
    "confidence:double,edtf,not_before:datetime,not_after:datetime",
}
RELATIONSHIPS = {
    "mentions": f"{_ENDS},count:int",
    "evidence": f"{_ENDS},quote,begin:int,end:int",
    "statements": _ENDS,
    "roles": f"{_ENDS},document",
    "ties": f"{_ENDS},claim,quote,said_by,document,url,date,confidence:double,edtf",
    "background": f"{_ENDS},source",
    "same": _ENDS,
}
"""Columns of each file, in the notation of the import."""

README = """# A graph of khabar for Neo4j 5

Run in this folder, with the database stopped; it makes the database `khabar`:

```sh
neo4j-admin database import full khabar --array-delimiter='|' --multiline-fields=true \\
{nodes} \\
{relationships}
```

Nodes: `:Document`, `:Entity`, `:Event`, `:Claim`; entities and events have their class as a second label. Events that
are facts are `:Occurrence` too.

| relationship | from, to |
|---|---|
| `:MENTIONS {{count}}` | document, entity |
| `:EVIDENCE {{quote, begin, end}}` | claim, document |
| `:SUBJECT`, `:OBJECT`, `:SAID_BY` | claim, entity or event |
| `:AGENT`, `:TARGET`, `:PLACE` ... | event, entity; whether it happened says `event.fact` |
| `:SUPPORTS`, `:LEADS` ... | entity, entity: a fact, once for each claim it rests on |
| `:PART_OF`, `:LOCATED_IN` with `source: "knowledge base"` | entity, entity: background, not from the news |
| `:SAME_AS` | entity, the one that stands for it after a merge |

A claim that is no fact (`claim.fact = false`) was denied, hedged or planned, or the store's policy leaves it out: read
its stance before you use it.
"""


def write(selection: Selection, folder: Path) -> None:
    """Write all files into the folder; a database wants the texts as they are, so nothing guards against formulas."""
    store, relations = selection.store, Things(selection.store).ontology.relations
    with ExitStack() as stack:
        sheets = {
            name: Sheet(stack.enter_context((folder / f"{name}.csv").open("wb")), columns.split(","), guard=False)
            for name, columns in {**NODES, **RELATIONSHIPS}.items()
        }

        def put(name: str, rows: Iterable[Sequence[Cell]]) -> None:
            for row in rows:
                sheets[name].write(row)

        put("documents", map(_document, records.documents(store, text=selection.text)))
        for entity in counted(records.entities(store, text=selection.text), selection.progress):
            put("entities", [_entity(entity)])
            put("background", _background(entity))
            put("same", [(entity.entity, entity.group, "SAME_AS")] if entity.group != entity.entity else [])
        for event in counted(records.events(store, text=selection.text), selection.progress):
            put("events", [_event(event)])
            put("roles", _roles(event))
        for claim in counted(records.claims(store, text=selection.text), selection.progress):
            put("claims", [_claim(claim)])
            put("evidence", [_evidence(claim)])
            put("statements", _statement(claim))
            put("ties", [_tie(claim)] if claim.fact and claim.predicate in relations else [])
        put("mentions", _mentions(selection))
    nodes, relationships = (
        " \\\n".join(f"  --{kind}={name}.csv" for name in names)
        for kind, names in (("nodes", NODES), ("relationships", RELATIONSHIPS))
    )
    text = README.format(nodes=nodes, relationships=relationships)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def _document(row: DocumentRow) -> Sequence[Cell]:
    about = (row.document, row.identifier, row.publisher, row.title, row.url, row.date, row.issued, row.language)
    return (row.iri, "Document", *about, row.length, row.claims, row.facts, row.story)


def _entity(row: EntityRow) -> Sequence[Cell]:
    names = (row.label_ar or row.label_en or row.key, row.label_ar, row.label_en, row.aliases)
    counts = (row.known, row.mentions, row.documents)
    return (row.entity, ["Entity", row.class_], row.key, *names, row.wikidata, row.lat, row.lon, *counts, row.group)


def _event(row: EventRow) -> Sequence[Cell]:
    labels = ["Event", row.class_, *(["Occurrence"] if row.fact else [])]
    codes = (row.plover, row.acled, row.edtf, row.not_before, row.not_after)
    counts = (row.killed, row.injured, row.lat, row.lon, row.trigger, row.quote, row.confidence)
    happening = row.group if row.group != row.event else ""
    return (row.event, labels, row.key, row.class_ar, row.class_, row.status, row.fact, *codes, *counts, happening)


def _claim(row: ClaimRow) -> Sequence[Cell]:
    stance = (row.modality, row.polarity, row.certainty, row.fact, row.known, row.source_ar or row.source_en)
    when = (row.edtf, row.not_before, row.not_after)
    return (row.claim, "Claim", row.key, row.predicate, *stance, row.quote, row.rule, row.confidence, *when)


def _mentions(selection: Selection) -> Iterator[Sequence[Cell]]:
    for key in selection.store.documents():
        page = Page(selection.store, key, text=False)
        for node in sorted(page.named()):
            yield iri.document(key), node, "MENTIONS", len(page.mentions(node))


def _evidence(row: ClaimRow) -> Sequence[Cell]:
    return row.claim, iri.document(row.document), "EVIDENCE", row.quote, row.begin, row.end


def _statement(row: ClaimRow) -> Iterator[Sequence[Cell]]:
    yield row.claim, row.subject, "SUBJECT"
    if row.predicate != "type":  # whose object is a class
        yield row.claim, row.object, "OBJECT"
    if row.source:
        yield row.claim, row.source, "SAID_BY"


def _roles(row: EventRow) -> Iterator[Sequence[Cell]]:
    for role in ROLES:
        for node, _ in getattr(row, role):
            yield row.event, node, kind(role), row.document


def _tie(row: ClaimRow) -> Sequence[Cell]:
    said_by = row.source_ar or row.source_en
    about = (row.claim, row.quote, said_by, row.document, row.url, row.date, row.confidence, row.edtf)
    return (row.subject, row.object, kind(row.predicate), *about)


def _background(row: EntityRow) -> Iterator[Sequence[Cell]]:
    """What the knowledge base says; of an unlinked entity it says nothing."""
    for edge, above in (("partOf", row.part_of), ("locatedIn", row.located_in)):
        if row.known and above:
            yield row.entity, above, kind(edge), "knowledge base"


def kind(name: str) -> str:
    """A property as Neo4j names the types of relationships.

    >>> kind("alliedWith"), kind("agent")
    ('ALLIED_WITH', 'AGENT')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


FORMATS = (Format("neo4j", "a folder for neo4j-admin database import: nodes, relationships, README", None, write),)
