"""`khabar forget`: take a document out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def forget(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    name: Annotated[str, typer.Argument(metavar="DOC", help="Its key, IRI, URL or own id.")],
) -> None:
    """Take out a document and what only it supported.

    Its text, mentions, events and claims go, and so do facts that no other document supports, and entities that no
    other document names. Decisions stay, and count again when the document comes back; what khabar merged, proposed
    or grouped by itself is derived anew.
    """
    from khabar.finder import find_document
    from khabar.pipeline import catch_up
    from khabar.store import Store

    with Store.open(store, write=True) as opened:
        before = opened.count_facts()
        key = find_document(opened, name)
        opened.forget(key)
        catch_up(opened)
        gone = before - opened.count_facts()
    sys.stderr.write(f"forgot document {key}, {gone:,} facts with it\n")
