"""The arguments that `khabar merge` and `khabar split` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreFolder = Annotated[Path, typer.Argument(metavar="DIR", help="The store.")]
One = Annotated[str, typer.Argument(metavar="A", help="An entity: its key, IRI, Wikidata id or name.")]
Other = Annotated[str, typer.Argument(metavar="B", help="Another one.")]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; it is kept with the decision.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; your login name unless given.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take back what was decided about the two: the question is open.")]
