"""Rows and texts for the eye: tables on a terminal and in a notebook, and words that are marked in their text.

Arabic runs from right to left by itself: each cell says `dir="auto"`. All that comes from a store is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import StringIO
from itertools import pairwise

from khabar import iri

_ROWS = 50
_WIDE = 100_000
_COLOURS = {"entity": "#4c8bf540", "event": "#f5a62350", "quote": "#7ed32140"}
"""Backgrounds that let a light and a dark page through."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a text to be marked: half-open code points, `entity`, `event` or `quote`, and a note to hover over."""

    begin: int
    end: int
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """Something to look at: HTML in a notebook, plain text elsewhere (`print(page)`)."""

    text: str
    html: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def shown(cell: object) -> str:
    """A cell as people read it.

    >>> shown("https://w3id.org/khabar/entity/haftar"), shown((("https://w3id.org/khabar/entity/ae", "الإمارات"),))
    ('entity:haftar', 'الإمارات')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        day, time = cell.strftime("%Y-%m-%d"), cell.strftime("%H:%M:%S")
        return day if time == "00:00:00" else f"{day} {time}"
    if isinstance(cell, tuple):  # pairs of an IRI and a name, or plain words
        return "، ".join(one[1] if isinstance(one, tuple) else shown(one) for one in cell)
    return iri.shorten(cell) if isinstance(cell, str) else str(cell)


def text_table(columns: Sequence[str], rows: Sequence[tuple[str, ...]], count: int) -> str:
    """A table for a terminal, with the number of rows below it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    output = StringIO()
    console = Console(file=output, width=_WIDE, highlight=False, color_system=None)
    if rows:
        console.print(table)
    console.print(f"{count:,} row{'' if count == 1 else 's'}")
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines())


def html_table(columns: Sequence[str], rows: Sequence[tuple[str, ...]], count: int) -> str:
    """A table for a notebook, its first 50 rows, with the number of all below it."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f'<td dir="auto" style="text-align:start">{escape(cell)}</td>' for cell in row) + "</tr>\n"
        for row in rows[:_ROWS]
    )
    more = f", {_ROWS} of them shown" if count > _ROWS else ""
    foot = f"<p>{count:,} row{'' if count == 1 else 's'}{more}</p>"
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n{foot}"


def html_text(text: str, marks: Iterable[Mark], begin: int = 0, end: int | None = None) -> str:
    """A text, or its code points `begin` to `end`, with marks; where two overlap the shorter one is seen.

    >>> html_text("قصف <b>", [Mark(0, 3, "event", "Strike")])
    '<mark style="background:#f5a62350;color:inherit" title="Strike">قصف</mark> &lt;b&gt;'
    """
    end = len(text) if end is None else end
    kept = sorted((m for m in marks if m.begin < end and m.end > begin), key=lambda m: m.end - m.begin)
    bounds = sorted({begin, end, *(min(max(at, begin), end) for m in kept for at in (m.begin, m.end))})
    pieces = []
    for first, last in pairwise(bounds):
        piece = escape(text[first:last])
        if mark := next((m for m in kept if m.begin <= first and last <= m.end), None):
            style = f"background:{_COLOURS[mark.kind]};color:inherit"
            piece = f'<mark style="{style}" title="{escape(mark.note)}">{piece}</mark>'
        pieces.append(piece)
    return "".join(pieces).replace("\n", "<br>\n")


def plain_text(text: str, marks: Iterable[Mark]) -> str:
    """A text with its longest marks in brackets, each with its note.

    >>> plain_text("قصف حفتر", [Mark(0, 3, "event", "Strike"), Mark(4, 8, "entity", "haftar")])
    '[قصف|Strike] [حفتر|haftar]'
    """
    pieces, at = [], 0
    for mark in sorted(marks, key=lambda m: (m.begin, -m.end)):
        if mark.begin >= at:
            pieces += [text[at : mark.begin], f"[{text[mark.begin : mark.end]}|{mark.note}]"]
            at = mark.end
    return "".join([*pieces, text[at:]])
