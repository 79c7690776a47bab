"""`khabar query`: ask a named query, a file or standard input."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer


def query(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|FILE.rq|-", help="A named query (see `khabar queries`), a file, or `-`."),
    ],
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter of the query; may be given again."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", help="table, csv, json, or ttl for CONSTRUCT.")
    ] = "table",
) -> None:
    """Ask a named query, a file of SPARQL, or `-`.

    The default graph is the union of all graphs. The prefixes : doc entity event claim graph rdf rdfs owl xsd dct nif
    skos prov geo wgs84 wd are known. SERVICE, LOAD and updates are refused.

        khabar query news backers -p entity=haftar --format csv

        echo 'SELECT * { ?x :supports ?y }' | khabar query news -
    """
    from khabar.answers import write
    from khabar.guard import refuse_outside
    from khabar.store import Store

    text = _text(name, _values(param or []))
    refuse_outside(text)
    with Store.open(store) as opened:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        write(opened.query(text), form, sys.stdout.buffer, width=width)
        sys.stdout.buffer.flush()


def _values(pairs: list[str]) -> dict[str, str]:
    from khabar.errors import QueryError

    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise QueryError(f"parameter {pair!r} is not KEY=VALUE; write -p entity=haftar")
        values[key.strip()] = value
    return values


def _text(name: str, values: dict[str, str]) -> str:
    """The SPARQL to run, its parameters filled in."""
    from khabar import queries

    if name == "-":
        return queries.fill("standard input", sys.stdin.read(), values)
    if name.endswith((".rq", ".sparql")) or "/" in name:
        return queries.fill(Path(name).stem, queries.read(Path(name)), values)
    return queries.load(name).bind(values)
