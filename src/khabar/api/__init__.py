"""khabar for people of Python: open a store, ask it, fill it; or read a text without one."""

from __future__ import annotations

from khabar.api.changes import Added
from khabar.api.graph import Graph, open
from khabar.api.mentions import MentionRow
from khabar.api.reading import Reading, extract
from khabar.api.result import Result, Row
from khabar.api.shapes import Page
from khabar.records import ClaimRow, DocumentRow, EntityRow, EventRow

__all__ = [
    "Added",
    "ClaimRow",
    "DocumentRow",
    "EntityRow",
    "EventRow",
    "Graph",
    "MentionRow",
    "Page",
    "Reading",
    "Result",
    "Row",
    "extract",
    "open",
]
