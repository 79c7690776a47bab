"""Lines of a PDF as text: what comes again on each page is dropped, broken lines become paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

from khabar.read.layout import LETTER, Line

_INSIDE = re.compile(f"(?<=[{LETTER}])([^\\s{LETTER}])\\1*(?=[{LETTER}])")
_BRACKETS = {one: pair for pair in ("()", "[]", "{}", "«»", "‹›", "“”") for one in pair}
_SENTENCE_END = tuple(".!?؟…:»”")


def join_lines(pages: Sequence[Sequence[Line]]) -> str:
    """Paragraphs, one a line: headers and footers that come again on each page are dropped, broken lines joined."""
    kept = _without_edges(pages)
    lines = [line for page in kept for line in page]
    edges = [edge for page in kept for edge in _columns(page)]
    steps = [a.base - b.base for a, b in pairwise(lines) if (a.column, a.size) == (b.column, b.size)]
    step = median_low([step for step in steps if step > 0] or [0.0])
    text = lines[0].text if lines else ""
    for (before, line), (old, new) in zip(pairwise(lines), pairwise(edges), strict=True):
        if _parts(before, line, old, new, step):
            text += "\n" + line.text
        elif text.endswith("\u00ad"):
            text = text[:-1] + line.text
        else:
            text += " " + line.text
    return "\n".join(_brackets(paragraph) for paragraph in _unstretched(text).split("\n"))


def _columns(page: Sequence[Line]) -> list[tuple[float, float]]:
    """For each line of a page the edges of its column."""
    edges: dict[int, tuple[float, float]] = {}
    for line in page:
        left, right = edges.get(line.column, (line.left, line.right))
        edges[line.column] = (min(left, line.left), max(right, line.right))
    return [edges[line.column] for line in page]


def _without_edges(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop what stands at the top or bottom of page after page, and page numbers."""
    edges = [sorted(page, key=lambda line: line.base) for page in pages]
    edges = [[*page[:2], *page[2:][-2:]] for page in edges]
    keys = Counter(key for page in edges for key in {_edge(line) for line in page})
    often = max(2, 0.3 * len(pages))
    return [
        [line for line in page if not (line in edge and (keys[_edge(line)] >= often or not _edge(line).strip("0 ")))]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _edge(line: Line) -> str:
    return re.sub(r"\d+", "0", re.sub(r"[\s|/–—-]+", " ", line.text)).strip()


def _parts(before: Line, line: Line, old: tuple[float, float], new: tuple[float, float], step: float) -> bool:
    """Whether a new paragraph begins with `line`."""
    ends = before.text.rstrip().endswith(_SENTENCE_END)
    if abs(before.size - line.size) > 0.15 * line.size:
        return True
    if before.column != line.column or line.base >= before.base:
        return ends
    short = before.left - old[0] > (0.1 if ends else 0.35) * (old[1] - old[0])
    indented = ends and new[1] - line.right > 0.8 * line.size
    return short or indented or before.base - line.base > 1.35 * step


def _unstretched(text: str) -> str:
    """Drop the sign that stands for a stretched letter: some producers say of the kashida that it is a `$` or `/`."""
    words = len(text.split())
    signs = Counter(found[1] for found in _INSIDE.finditer(text))
    stretch = {sign for sign, often in signs.items() if often > 0.05 * words and often > 5}
    return _INSIDE.sub(lambda found: "" if found[1] in stretch else found[0], text)


def _brackets(text: str) -> str:
    """Open and close brackets by what stands beside them: in Arabic either side may be drawn by either sign."""
    signs = list(text)
    for place, sign in enumerate(signs):
        if pair := _BRACKETS.get(sign):
            before = signs[place - 1] if place else " "
            after = signs[place + 1] if place + 1 < len(signs) else " "
            opens, closes = before.isspace() and not after.isspace(), not before.isspace() and not after.isalnum()
            if opens != closes:
                signs[place] = pair[0] if opens else pair[1]
    return "".join(signs)
