"""`khabar group`: find documents that print one story, and events that are one happening."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def group(store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")]) -> None:
    """Group copies of one story, and reports of one happening.

    `khabar build` does so at its end; this does it anew. Documents that share most of their words (the wire that
    several papers print) become one story, with the earliest as its origin. Events of different documents become one
    happening when they are of one kind, at one place or one within the other, on dates that overlap, and share an
    agent, a target or a number of casualties.

    Nothing is merged: groups are links in graph/links with score and reasons, events and their numbers stay as each
    document tells them. The queries `stories` and `happenings` list them; `khabar split DIR A B` parts two documents or
    two events for good.
    """
    from khabar.grouping import regroup
    from khabar.store import Store

    with Store.open(store, write=True) as opened:
        stories, happenings = regroup(opened)
    sys.stderr.write(f"{stories:,} stories in several documents, {happenings:,} happenings in several reports\n")
