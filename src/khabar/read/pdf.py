"""PDF: pdfium tells which letters stand where; `layout` and `paragraphs` make text of them."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.fields import make_record, sane_title
from khabar.read.layout import Glyph, read_lines
from khabar.read.paragraphs import join_lines
from khabar.read.source import FILE_LIMIT, Problem, Source, needed

_WORD = re.compile("[\u0621-\u064a]+")
_LETTERS = re.compile(r"[^\W\d_]")
_KNOWN = re.compile("[a-zA-Z\u00c0-\u017f\u0600-\u06ff\u0750-\u077f]")
_ALEF = "اأإآٱ"
_FAR = 20_000.0  # points: no page is wider
# About one word in seven of an Arabic article is one of these (of 5,000 articles, one in 90 at the least), and hardly
# ever one of them spelt backwards.
_COMMON = frozenset("في من على إلى الى أن إن التي الذي عن مع هذا كما بعد بين خلال كان قال".split())
_BACKWARDS = frozenset(word[::-1] for word in _COMMON)


def read_pdf(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the file as one record: columns, running heads and broken lines are seen to; its date is never guessed.

    Raises InputError when it is no PDF, locked, too large, without text, or when its letters make no words.
    """
    pdfium = needed("pypdfium2", "PDF files")
    data = source.data(FILE_LIMIT)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise InputError(f"{source.name}: {_fault(str(error))}") from None
    try:
        pages, pictures = _pages(document, pdfium)
        title = document.get_metadata_dict().get("Title", "")
    finally:
        document.close()
    if not any(pages):
        raise InputError(f"{source.name}: the PDF holds no text, only pictures of it or nothing; run OCR on it first")
    if pictures:
        numbers = ", ".join(map(str, pictures[:9])) + (" ..." if len(pictures) > 9 else "")
        problem(f"{source.name}: no text on page {numbers}, only pictures, so they are left out; run OCR on them")
    text = _text(pages)
    if _garbled(text):
        raise InputError(
            f"{source.name}: the PDF does not say which letters it shows (its text makes no Arabic words); "
            "make it anew with another program, or run OCR on it"
        )
    title = None if _garbled(title) else sane_title(title)
    record = make_record(source, {"text": text, "title": title}, problem)
    if record is not None:
        yield record


def _fault(reason: str) -> str:
    if "password" in reason.lower():
        return "the PDF is locked with a password; save a copy without one"
    return "this is no PDF or a broken one; open it in a PDF viewer and save it anew"


def _pages(document: Any, pdfium: Any) -> tuple[list[list[Glyph]], list[int]]:
    """The glyphs of each page, and the numbers of pages that hold pictures and no text."""
    pages: list[list[Glyph]] = []
    pictures = []
    for number in range(len(document)):
        try:
            page = document[number]
            glyphs = _glyphs(page, pdfium.raw)
            if not glyphs and any(True for _ in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_IMAGE])):
                pictures.append(number + 1)
        except pdfium.PdfiumError:
            glyphs = []
            pictures.append(number + 1)
        pages.append(glyphs)
    return pages, pictures


def _glyphs(page: Any, raw: Any) -> list[Glyph]:
    """The characters of a page as pdfium lists them, without those that it makes up."""
    text = page.get_textpage()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    glyphs = []
    for place in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, place)
        if code < 32 or 0xD800 <= code < 0xE000 or code >= 0xFFFE or raw.FPDFText_IsGenerated(text, place) == 1:
            continue
        raw.FPDFText_GetLooseCharBox(text, place, box)
        raw.FPDFText_GetCharOrigin(text, place, x, y)
        raw.FPDFText_GetMatrix(text, place, matrix)
        size = abs(raw.FPDFText_GetFontSize(text, place) * matrix.d) or box.top - box.bottom
        if not (max(map(abs, (box.left, box.right, x.value, y.value, size))) < _FAR and size > 0.1):
            continue
        if code == 32 and size == 1.0:  # pdfium's own guess, which it does not own up to
            continue
        glyphs.append(Glyph(chr(code), min(box.left, x.value), box.right, y.value, size))
    return glyphs


def _text(pages: list[list[Glyph]]) -> str:
    """The text, read from right to left unless its words are plainly the wrong way round."""
    joined = _ligatures(pages)
    text = join_lines(read_lines(joined))
    forth, back, _ = _count(text)
    return join_lines(read_lines(joined, rtl=False)) if back > 2 * forth else text


def _ligatures(pages: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put the letters of one ligature together.

    pdfium gives them backwards in what it takes for Arabic; lam-alef, which is never alef-lam, shows whether it did.
    """
    groups: list[list[list[Glyph]]] = []
    for page in pages:
        groups.append([])
        for glyph in page:
            last = groups[-1][-1][-1] if groups[-1] else None
            if last and (last.left, last.right, last.base) == (glyph.left, glyph.right, glyph.base):
                groups[-1][-1].append(glyph)
            else:
                groups[-1].append([glyph])
    pairs = Counter("".join(g.text for g in group) for page in groups for group in page if len(group) == 2)
    backwards = sum(n for pair, n in pairs.items() if pair[0] in _ALEF and pair[1] == "ل")
    onwards = sum(n for pair, n in pairs.items() if pair[0] == "ل" and pair[1] in _ALEF)
    return [[_one(group, turned=backwards >= onwards) for group in page] for page in groups]


def _one(group: list[Glyph], *, turned: bool) -> Glyph:
    if len(group) == 1:
        return group[0]
    arabic = any(_WORD.search(glyph.text) for glyph in group)
    text = "".join(glyph.text for glyph in (reversed(group) if turned and arabic else group))
    first = group[0]
    return Glyph(text, first.left, first.right, first.base, first.size)


def _count(text: str) -> tuple[int, int, int]:
    """How many words are common ones, are common ones backwards, and how many Arabic words there are."""
    words = _WORD.findall(text)
    return sum(word in _COMMON for word in words), sum(word in _BACKWARDS for word in words), len(words)


def _garbled(text: str) -> bool:
    """Whether the letters make no Arabic: many of scripts that no such text has, or none of its common words."""
    letters = _LETTERS.findall(text)
    if len(letters) - sum(map(bool, map(_KNOWN.match, letters))) > 0.1 * len(letters):
        return True
    common, _, words = _count(text)
    return words >= 150 and common < 0.005 * words
