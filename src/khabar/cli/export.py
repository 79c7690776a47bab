"""`khabar export`: write the graph in the form that another tool reads."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def export(
    store: Annotated[Path | None, typer.Argument(metavar="DIR", help="The store.")] = None,
    form: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", help="One of those that --list shows.")
    ] = "nquads",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write here (a folder for some), not to standard output."),
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this graph: facts, entities, links, ontology, runs or a document key."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="With the articles, or with offsets and short quotes only.")
    ] = True,
    sort: Annotated[
        bool, typer.Option("--sort/--no-sort", help="Sort, so that equal graphs give equal files; or write at once.")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the formats and end.")] = False,
) -> None:
    """Write the graph, or one named graph, in another form.

    `khabar export --list` names the forms: RDF for triple stores, tables for spreadsheets and data frames, and the
    formats of tools for networks, maps, investigations and Wikidata. Each row of a table names the claim it rests on.

    --no-text leaves the articles at home: no full text, and of each passage at most its first 160 letters.
    """
    from khabar.errors import QueryError
    from khabar.export import Selection, find, graph_iri, save
    from khabar.store import Store

    if show_list:
        _list_formats()
        return
    if store is None:
        raise QueryError("DIR is missing; give the store, or --list to see the formats")
    chosen = find(form)
    if graph is not None and not chosen.graphs:
        raise QueryError(f"{form} is made of the whole store; leave --graph out")
    if output is None and chosen.write is None:
        raise QueryError(f"{form} takes more than one file; name a folder with -o")
    if output is None and chosen.binary and sys.stdout.isatty():
        raise QueryError(f"{form} is nothing to read on a terminal; name a file with -o")
    with Store.open(store) as opened, _Progress(show=not quiet and output is not None) as progress:
        named = graph_iri(opened, graph) if graph else None
        selection = Selection(opened, named, text=text, sort=sort, progress=progress.advance)
        if output is not None:
            save(chosen, selection, output)
        elif chosen.write is not None:
            chosen.write(selection, sys.stdout.buffer)


def _list_formats() -> None:
    """The formats under their headings, with what each needs."""
    from khabar.export import families, formats

    width = max(map(len, formats()))
    for number, (title, forms) in enumerate(families().items()):
        typer.echo(f"\n{title}" if number else title)
        for one in forms:
            notes = [note for note, holds in (("a folder", one.write is None), ("--graph", one.graphs)) if holds]
            notes += [f"needs khabar[{one.extra}]"] if one.extra else []
            tail = f" ({', '.join(notes)})" if notes else ""
            typer.echo(f"  {one.name:<{width}}  {one.about}{tail}")


class _Progress:
    """A count on standard error while a file is written, or nothing."""

    def __init__(self, *, show: bool) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} written"), TimeElapsedColumn())
        shown = show and sys.stderr.isatty()
        self._bar = Progress(*columns, console=Console(stderr=True), disable=not shown, transient=True)
        self._task = self._bar.add_task("export", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, count: int) -> None:
        self._bar.update(self._task, advance=count)
