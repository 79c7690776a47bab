"""`khabar export`: write the graph in an RDF format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def export(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    form: Annotated[
        str,
        typer.Option("--format", "-f", metavar="FORMAT", help="nquads, trig, jsonld, turtle, ntriples or rdfxml."),
    ] = "nquads",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to standard output.")
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this graph: facts, entities, links, ontology, runs or a document key."),
    ] = None,
    sort: Annotated[
        bool, typer.Option("--sort/--no-sort", help="Sort, so that equal graphs give equal files; or write at once.")
    ] = True,
) -> None:
    """Write the graph, or one named graph, as RDF.

    nquads, trig and jsonld keep the named graphs apart; turtle, ntriples and rdfxml hold triples only, so there the
    graphs run together.
    """
    from khabar.errors import InputError
    from khabar.export import export as write
    from khabar.store import Store

    with Store.open(store) as opened:
        if output is None:
            write(opened, sys.stdout.buffer, form, graph=graph, sort=sort)
            return
        part = output.with_name(output.name + ".part")
        try:
            with part.open("wb") as file:
                write(opened, file, form, graph=graph, sort=sort)
            part.replace(output)
        except OSError as error:
            raise InputError(f"{output}: cannot be written ({error.strerror}); choose another place") from error
        finally:
            part.unlink(missing_ok=True)
