"""The page of a PDF as text: drawn letters become lines by where they stand, and lines become paragraphs.

A PDF draws letters in any order: producers and extraction libraries disagree on what is left and right in Arabic, so
only the places on the page are trusted. Lengths are in points from the lower left corner, as in the PDF.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

LETTER = "\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc"
_ARABIC = re.compile(f"[{LETTER}]")
_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_MARK = re.compile("[\u064b-\u0655\u0670]+")
_ONWARD = re.compile(r"[^\W_]")  # with digits; Arabic letters are told apart before


@dataclass(frozen=True, slots=True)
class Glyph:
    """Letters drawn as one: their left and right edge, their baseline, the font's size."""

    text: str
    left: float
    right: float
    base: float
    size: float

    @property
    def middle(self) -> float:
        """Half way between the edges."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column in reading order; `column` counts the columns of a page from the first that is read."""

    text: str
    left: float
    right: float
    base: float
    size: float
    column: int = 0


def read_lines(pages: Iterable[Iterable[Glyph]], *, rtl: bool = True) -> list[list[Line]]:
    """The lines of each page in reading order: right column first, what spans the columns where it stands.

    With `rtl` false Arabic is read from left to right: for files whose Arabic is drawn the wrong way round.
    """
    found = []
    gutters: list[tuple[float, float]] = []
    for page in pages:
        letters, marks, spaces = _sorted_out(page)
        gutters = _gutters(letters, gutters)
        found.append(_page(letters, marks, spaces, gutters, rtl=rtl) if letters else [])
    return found


def _page(
    letters: Sequence[Glyph],
    marks: Sequence[Glyph],
    spaces: Sequence[Glyph],
    gutters: Sequence[tuple[float, float]],
    *,
    rtl: bool,
) -> list[Line]:
    crossing = {round(g.base) for g in letters if any(a < g.middle < b for a, b in gutters)}
    spans: list[Glyph] = []
    columns: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in letters:
        if any(abs(base - glyph.base) < 0.3 * glyph.size for base in crossing):
            spans.append(glyph)
        else:
            columns[1 + sum(glyph.middle < a for a, _ in gutters)].append(glyph)
    rows = [(0, row) for row in _rows(spans)]
    heads = sorted((-row[0].base for _, row in rows), reverse=True)
    rows += [(column, row) for column in sorted(columns) for row in _rows(columns[column])]
    # what stands between two spanning lines is read column by column
    rows.sort(key=lambda one: (-sum(-one[1][0].base < head for head in heads), one[0] != 0, one[0], -one[1][0].base))
    placed = _attached([row for _, row in rows], marks)
    latin = sum(g.text.isascii() and g.text.isalpha() for g in letters)
    arabic = sum(bool(_ARABIC.search(g.text)) for g in letters) > latin
    return [
        _line(row, spaces, column, turned=rtl and _is_arabic(row, page=arabic))
        for (column, _), row in zip(rows, placed, strict=True)
    ]


def _sorted_out(glyphs: Iterable[Glyph]) -> tuple[list[Glyph], list[Glyph], list[Glyph]]:
    """Letters (ligatures as one), vowel signs and spaces; presentation forms become plain letters."""
    letters: list[Glyph] = []
    marks: list[Glyph] = []
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces.append(glyph)
            continue
        if _FORMS.search(glyph.text):
            plain = _FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]).strip(" "), glyph.text)
            glyph = replace(glyph, text=plain.replace("ـ", "") or "ـ")
        (marks if _MARK.fullmatch(glyph.text) else letters).append(glyph)
    return letters, marks, spaces


def _gutters(letters: Sequence[Glyph], before: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Strips between columns, from the right: hardly any line has a letter there, yet both sides hold lines.

    A page on which nothing speaks against them has the gutters of the page `before`: its columns may hold little.
    """
    if not letters:
        return before
    size = median(g.size for g in letters)
    rows: dict[int, set[int]] = defaultdict(set)  # lines that have a letter in each quarter of a size
    for g in letters:
        for place in range(int(g.left * 4 // size), int(min(g.right, g.left + 4 * size) * 4 // size) + 1):
            rows[place].add(round(g.base / size))
    busiest = max(len(found) for found in rows.values())

    def lines(left: int, right: int) -> int:
        return len(set().union(*(rows.get(place, ()) for place in range(left, right))))

    if before and all(lines(int(a * 4 / size) + 1, int(b * 4 / size)) <= 0.15 * busiest for a, b in before):
        return before
    found: list[tuple[float, float]] = []
    start = None
    for place in range(min(rows), max(rows) + 2):
        free = len(rows.get(place, ())) <= 0.15 * busiest
        if free and start is None:
            start = place
        elif not free and start is not None:
            # three quarters of a size wide, and beside it six sizes full of lines
            if place - start >= 3 and min(lines(start - 24, start), lines(place, place + 24)) >= max(4, busiest / 3):
                found.append((start * size / 4, place * size / 4))
            start = None
    return found[::-1]


def _rows(letters: Sequence[Glyph]) -> list[list[Glyph]]:
    """Letters by baseline, from the top; a letter raised by less than a line (some carry their vowel so) joins in."""
    bases = Counter(round(g.base, 1) for g in letters)
    rows: dict[float, list[Glyph]] = {}
    homes: dict[float, float] = {}
    size = median(g.size for g in letters) if letters else 1.0
    for base, _ in sorted(bases.items(), key=lambda item: (-item[1], item[0])):
        near = min(rows, key=lambda one: abs(one - base), default=None)
        home = near if near is not None and abs(near - base) < 0.7 * size else base
        rows.setdefault(home, [])
        homes[base] = home
    for g in letters:
        home = homes[round(g.base, 1)]
        rows[home].append(g if abs(g.base - home) < 0.1 else replace(g, base=home))
    return [rows[base] for base in sorted(rows, reverse=True)]


def _attached(rows: Sequence[list[Glyph]], marks: Iterable[Glyph]) -> list[list[Glyph]]:
    """Give each vowel sign to the letter above or below it; one that stands nowhere near a letter is dropped."""
    placed = [list(row) for row in rows]
    for mark in marks:
        best, home = 0.45 * mark.size, None
        for row in placed:
            if not row or not -0.6 < (mark.base - row[0].base) / mark.size < 1.1:
                continue
            for place, g in enumerate(row):
                beside = max(g.left - mark.middle, mark.middle - g.right, 0.0)
                distance = beside + 0.2 * abs(mark.base - g.base) + 0.1 * abs(g.middle - mark.middle)
                if distance < best and _ARABIC.search(g.text):
                    best, home = distance, (row, place)
        if home is not None:
            row, place = home
            row[place] = replace(row[place], text=row[place].text + mark.text)
    return placed


def _is_arabic(row: Sequence[Glyph], *, page: bool) -> bool:
    """Whether a line is read from the right: it has Arabic letters, or no letters at all on an Arabic `page`."""
    text = "".join(g.text for g in row)
    return bool(_ARABIC.search(text)) or (page and not any(map(str.isalpha, text)))


def _line(row: Sequence[Glyph], spaces: Iterable[Glyph], column: int, *, turned: bool) -> Line:
    # the left edge, where the pen stood: some fonts draw a letter over or under the one before it
    glyphs = sorted(row, key=lambda g: (g.left, g.right))
    size, base = median(g.size for g in glyphs), glyphs[0].base
    for place, (one, other) in enumerate(pairwise(glyphs)):
        if other.left - one.left < 0.03 * size and one.right > other.right:  # lam-alef in some fonts
            glyphs[place : place + 2] = other, one
    drawn = [s for s in spaces if abs(s.base - base) < 0.3 * size]
    # some lines have a space here and there that is drawn, and all others are gaps
    trusted = len(drawn) * 10 >= len(glyphs)
    pieces = [glyphs[0].text]
    for before, after in pairwise(glyphs):
        gap = after.left - before.right
        if after.text[0] == before.text[0] and after.left < before.middle:
            continue  # drawn twice to look bold
        # where spaces are drawn, a gap between two letters is a stretched one
        stretched = trusted and before.text[0].isdigit() == after.text[0].isdigit()
        # a space of no width may be a guess of the library's
        wide = [s.right > s.left for s in drawn if before.middle < s.middle < after.middle]
        between = gap > (-0.2 if any(wide) else 0.15) * size if wide else False
        if between or gap > (1.0 if stretched else 0.2) * size:
            pieces.append(" ")
        pieces.append(after.text)
    text = "".join(_turned(pieces[::-1]) if turned else pieces)
    return Line(text, min(g.left for g in glyphs), max(g.right for g in glyphs), base, size, column)


def _turned(pieces: Sequence[str]) -> Iterator[str]:
    """Turn numbers and foreign words round in a line that is read from right to left."""
    place = 0
    while place < len(pieces):
        end = place
        if _onward(pieces[place]):
            end = _end(pieces, place)
        yield from reversed(pieces[place : end + 1])
        place = end + 1


def _end(pieces: Sequence[str], place: int) -> int:
    """The last piece of a run from left to right: words go on over spaces, numbers over one sign that parts digits."""
    end, foreign = place, pieces[place].isalpha()
    for here in range(place + 1, len(pieces)):
        piece = pieces[here]
        if _ARABIC.search(piece) and not piece.isdigit():
            break
        if _onward(piece):
            between = "".join(pieces[end + 1 : here])
            foreign = foreign or piece.isalpha()
            words = foreign and piece.isalpha() and pieces[end].isalpha()
            if " " in between and not words:
                break
            if between and not foreign and between not in ".,:/٫٬":
                # MQ-9 is one word, 2011-2014 are two numbers: what comes after the sign tells
                ahead = next((p for p in pieces[here:] if not p.isdigit()), " ")
                if not (ahead.isalpha() and not _ARABIC.search(ahead)) and ahead != "-":
                    break
            end = here
    return end


def _onward(piece: str) -> bool:
    return piece.isdigit() or (bool(_ONWARD.match(piece)) and not _ARABIC.search(piece))
