"""Events on a map: GeoJSON (RFC 7946), a point for every event whose place the knowledge base has coordinates for.

The point is the place's, never the event's own: `precision` says how much that means, from a facility to the middle of
a country. Events that are no facts are there too; `fact` and `status` tell them apart.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, Any

from khabar import records
from khabar.export.selection import Format, Selection
from khabar.export.sheets import counted
from khabar.records import EventRow

PRECISION = {
    "Facility": "facility",
    "Settlement": "settlement",
    "AdministrativeArea": "middle of an administrative area",
    "Place": "region, sea or the like",
    "Country": "middle of a country",
}


def write(selection: Selection, output: IO[bytes]) -> None:
    """Write a FeatureCollection, a line a feature."""
    output.write(b'{"type": "FeatureCollection", "features": [')
    between = b"\n"
    for event in counted(records.events(selection.store, text=selection.text), selection.progress):
        if event.lat is not None and event.lon is not None:
            output.write(between + json.dumps(_feature(event), ensure_ascii=False).encode())
            between = b",\n"
    output.write(b"\n]}\n")


def _feature(event: EventRow) -> dict[str, Any]:
    told = {
        "fact": event.fact,
        "status": event.status,
        "class": event.class_,
        "class_ar": event.class_ar,
        "class_en": event.class_en,
        "date": event.edtf,
        "not_before": _instant(event.not_before),
        "not_after": _instant(event.not_after),
        "published": event.date,
        "place": event.located,
        "place_ar": event.located_ar,
        "place_en": event.located_en,
        "place_role": event.located_by,
        "precision": PRECISION.get(event.located_class, ""),
        "country": event.country_en or event.country_ar,
        "agents": [label for _, label in event.agent],
        "participants": [label for _, label in event.participant],
        "targets": [label for _, label in event.target],
        "killed": event.killed,
        "injured": event.injured,
        "quote": event.quote,
        "said_by": [label for _, label in event.sources],
        "claim": next(iter(event.claims), ""),
        "claims": list(event.claims),
        "confidence": event.confidence,
        "publisher": event.publisher,
        "url": event.url,
        "document": event.document,
        "happening": event.group if event.group != event.event else "",
    }
    return {
        "type": "Feature",
        "id": event.event,
        "geometry": {"type": "Point", "coordinates": [event.lon, event.lat]},
        "properties": told,
    }


def _instant(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None


FORMATS = (Format("geojson", "events on a map, with status, date, quote and claim; GeoJSON", write),)
