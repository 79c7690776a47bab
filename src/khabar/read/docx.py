"""Word files (.docx): the paragraphs of the body in order, a table's cells as lines."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.fields import make_record, sane_title
from khabar.read.source import FILE_LIMIT, LIMIT, Problem, Source, needed

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH = f"{_W}p"
_DRAWN = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# what was taken out or moved away while changes were tracked, and a text box written a second time for old programs
_GONE = frozenset((f"{_W}del", f"{_W}moveFrom", _FALLBACK))
_HEADING = re.compile(r"(?:title|heading ?1)$", re.IGNORECASE)
_BODY = "word/document.xml"


def read_docx(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the file as one record, with its first heading as title; the date of the file is not the article's.

    Headers, footers, notes and comments are left out. Raises InputError when the file is no .docx, locked, broken,
    without text, or unpacks to more than FILE_LIMIT bytes.
    """
    docx = needed("docx", "Word files")
    data = source.data(FILE_LIMIT)
    _check(data, source.name)
    try:
        document = docx.Document(BytesIO(data))
        paragraphs = list(document.element.body.iter(_PARAGRAPH))
        title = _title(paragraphs, docx, document) or sane_title(document.core_properties.title)
    except Exception as error:  # a zip of other things fails in many places of python-docx and lxml
        kind = type(error).__name__
        raise InputError(f"{source.name}: the Word file is broken ({kind}); open it and save it anew") from None
    lines = (line.strip() for paragraph in paragraphs for line in _text(paragraph).split("\n"))
    text = "\n".join(line for line in lines if line)
    record = make_record(source, {"text": text, "title": title}, problem)
    if record is not None:
        yield record


def _check(data: bytes, name: str) -> None:
    """Refuse old and locked files, and zip bombs before anything is unpacked."""
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        fault = "locked with a password; save a copy without one" if locked else "an old Word file; save it as .docx"
        raise InputError(f"{name}: this is {fault}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise InputError(f"{name}: this is locked with a password; save a copy without one")
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(f"{name}: this is no Word file or a broken one; open it and save it as .docx") from None
    if sum(sizes.values()) > FILE_LIMIT or sizes.get(_BODY, 0) > LIMIT:
        raise InputError(f"{name}: the file unpacks to over {FILE_LIMIT // 1_000_000} MB, too large; split it")


def _title(paragraphs: list[Any], docx: Any, document: Any) -> str | None:
    """The first paragraph, if near the top, that is styled as a title or as a heading of the first level."""
    for element in paragraphs[:20]:
        style = docx.text.paragraph.Paragraph(element, document).style
        if style is not None and _HEADING.match(str(style.name)):
            return _text(element).replace("\n", " ").strip() or None
    return None


def _text(paragraph: Any) -> str:
    """The text of a paragraph as it is shown; what stands in a text box has paragraphs of its own."""
    pieces = []
    for node in paragraph.iter(f"{_W}t", *_DRAWN):
        above = {one.tag for one in node.iterancestors()}
        stops = node.getparent().tag == f"{_W}tabs"  # where tabs lead to, not tabs
        if next(node.iterancestors(_PARAGRAPH)) is paragraph and not stops and not _GONE & above:
            pieces.append(_DRAWN.get(node.tag) or node.text or "")
    return "".join(pieces)
