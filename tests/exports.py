"""Small stores to export, what a format writes of them, and what a reader finds in it."""

import csv
import html
import io
import re
import sqlite3
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from handmade import Catalogue, Schema
from khabar import export, iri
from khabar.export import Selection
from khabar.rdf import to_rdf
from khabar.store import Store

RUN = NamedNode(iri.run("2019-11-01"))


def run(key: str) -> list[Quad]:
    """What graph/runs says of a document that was read."""
    runs, time = NamedNode(iri.RUNS), NamedNode(iri.XSD + "dateTime")
    return [
        Quad(NamedNode(iri.document(key)), NamedNode(iri.NS + "extractedBy"), RUN, runs),
        Quad(RUN, NamedNode(iri.DCT + "hasVersion"), Literal("0.9.9"), runs),
        Quad(RUN, NamedNode(iri.PROV + "endedAtTime"), Literal("2019-11-01T00:00:09Z", datatype=time), runs),
    ]


def fill(path, extractions) -> None:
    """A store of these extractions, put in in this order."""
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in extractions:
            document = to_rdf(extraction, Catalogue(), Schema())
            store.replace(document, run(document.key))


def written(store, form, graph=None, **options) -> bytes:
    """What a format writes; of a folder all files with their names, in order."""
    return b"".join(files(store, form, graph, **options).values())


def files(store, form, graph=None, **options) -> dict[str, bytes]:
    """The files that a format writes, by name; the name is empty where there is but one."""
    chosen = export.find(form)
    if chosen.extra == "ftm":
        pytest.importorskip("followthemoney", reason="khabar[ftm] is not installed; it needs ICU and a compiler")
    selection = Selection(store, export.graph_iri(store, graph) if graph else None, **options)
    if chosen.write is not None:
        output = BytesIO()
        chosen.write(selection, output)
        return {"": output.getvalue()}
    with tempfile.TemporaryDirectory() as folder:
        chosen.write_folder(selection, Path(folder))
        found = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def views(data: bytes) -> list[str]:
    """What people and programs may read in a file, its escapes undone and its containers opened."""
    if data.startswith(b"PAR1"):
        rows = pyarrow.parquet.read_table(BytesIO(data)).to_pylist()
        return [f"{value}" for row in rows for value in row.values()]
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return [view for name in archive.namelist() for view in views(archive.read(name))]
    if data.startswith(b"SQLite format 3"):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(data)
        return ["\n".join(connection.iterdump())]
    text = data.decode("utf-8", errors="replace")
    rows = csv.reader(io.StringIO(text, newline=""), strict=False)
    cells = [cell for row in rows for cell in row] if b"\r\n" in data[:2000] else []
    return [text, unescaped(text), html.unescape(text), unquote(text), *cells]


def unescaped(text: str) -> str:
    """Text without the escapes of JSON, Turtle and N-Quads."""
    marks = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

    def letter(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return chr(int(code, 16)) if code else marks.get(found[3], found[3])

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", letter, text, flags=re.DOTALL)


def longest_run(article: str, text: str, at_least: int) -> str:
    """The longest piece of an article, of `at_least` code points or more, that stands in a text; empty for none.

    Every such piece holds a whole one of the blocks, of half that length, that the article is cut into.
    """
    block, best = at_least // 2, ""
    for begin in range(0, len(article) - block + 1, block):
        piece = article[begin : begin + block]
        at = text.find(piece)
        while at >= 0:
            left, right, end = 0, 0, begin + block
            while left < min(begin, at) and article[begin - left - 1] == text[at - left - 1]:
                left += 1
            while (
                end + right < len(article) and article[end + right] == text[at + block + right : at + block + right + 1]
            ):
                right += 1
            if left + block + right > len(best):
                best = article[begin - left : end + right]
            at = text.find(piece, at + 1)
    return best if len(best) >= at_least else ""
