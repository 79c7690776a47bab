"""Claims, events and entities as flat rows: what tables, other tools' formats and the Python API are made of."""

from __future__ import annotations

from khabar.records.reading import claims, documents, entities, events
from khabar.records.rows import ROLES, ClaimRow, DocumentRow, EntityRow, EventRow, Named
from khabar.records.things import Thing, Things

__all__ = [
    "ROLES",
    "ClaimRow",
    "DocumentRow",
    "EntityRow",
    "EventRow",
    "Named",
    "Thing",
    "Things",
    "claims",
    "documents",
    "entities",
    "events",
]
