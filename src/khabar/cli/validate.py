"""`khabar validate`: check shapes, integrity and facts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def validate(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    shapes: Annotated[
        bool, typer.Option("--shapes/--no-shapes", help="Check the SHACL shapes, which takes longest.")
    ] = True,
) -> None:
    """Check a store: shapes, integrity, facts.

    Runs the SHACL shapes, the integrity queries, and derives the facts anew to compare them.

    Prints one line for each problem; the exit code is 1 when there is any.
    """
    from khabar import integrity
    from khabar.store import Store

    with Store.open(store) as opened:
        problems = 0
        for line in integrity.problems(opened, shapes=shapes):
            problems += 1
            typer.echo(line)
        sys.stderr.write(f"{len(opened):,} quads, {len(opened.documents()):,} documents, {problems:,} problems\n")
    if problems:
        raise typer.Exit(1)
