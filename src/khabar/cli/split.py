"""`khabar split`: decide that two entities are two, for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def split(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    one: Annotated[str, typer.Argument(metavar="A", help="An entity: its key, IRI, Wikidata id or name.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; it is kept with the decision.")] = "",
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides; your login name unless given.")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what was decided about the two: the question is open.")
    ] = False,
) -> None:
    """Decide that two entities are two things.

    They are never merged: a merge of the two ends; merged or not, they are not proposed again, and a merge that would
    bring them together over others is refused. --undo opens the question again, also for entities that have left the
    store.

        khabar split news nil-0f32c1b2a9d8e7f6 haftar --because "his son"
    """
    from khabar.cli.merge import decide

    decide(store, one, other, "Undecided" if undo else "DifferentEntities", because, by)
