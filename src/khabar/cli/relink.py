"""`khabar relink`: apply a changed knowledge base or table of names to a store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.kb import KnowledgeBase
    from khabar.ontology import Ontology
    from khabar.overlay import Overlay


def relink(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="Your own names, as for `khabar build --actors`.")
    ] = None,
) -> None:
    """Apply changed names to a store.

    The articles are not read again: the names of each stored text are looked up in the knowledge base of this
    installation, with the table of --actors laid over it if there is one, and each entity gets the link that it has
    now. Documents, mentions, events and claims stay; entities are renamed wherever they stand, in one transaction a
    document. Without --actors the names of an earlier table are taken back.

    Decisions about an entity that gets another name follow it, and count for the old name again when that comes back.

    Which words are mentions stays as it was read. Documents that name something of the table where there is no
    mention are listed; `khabar build SOURCE --actors FILE.tsv` reads them anew.
    """
    from khabar.candidates import settle
    from khabar.grouping import regroup
    from khabar.kb import KnowledgeBase
    from khabar.ontology import Ontology
    from khabar.relink import Relink
    from khabar.store import Store

    kb, ontology, table = KnowledgeBase.open(), Ontology.load(), None
    if actors is not None:
        table, kb = lay(actors, kb, ontology)
    with Store.open(store, write=True) as opened:
        opened.put_ontology()
        summary = Relink(opened, kb, ontology, table).run()
        settle(opened)
        regroup(opened)  # every document was put in anew
    sys.stderr.write(
        f"{summary.documents:,} documents, {summary.changed:,} changed: {summary.linked:,} entities linked, "
        f"{summary.moved:,} linked to another entry, {summary.unlinked:,} unlinked\n"
    )
    if summary.unread:
        some = ", ".join(summary.unread[:5]) + (" ..." if len(summary.unread) > 5 else "")
        sys.stderr.write(
            f"{len(summary.unread):,} documents hold names of the table that were not read as names ({some}); "
            "`khabar build` with --actors reads them anew\n"
        )


def lay(path: Path, kb: KnowledgeBase, ontology: Ontology) -> tuple[Overlay, KnowledgeBase]:
    """Read a table and lay it over the knowledge base; lists its bad rows and exits when there are any."""
    from khabar.overlay import read_overlay

    table = read_overlay(path, kb, ontology)
    for line in table.notes:
        sys.stderr.write(f"note: {line}\n")
    for line in table.problems:
        sys.stderr.write(f"problem: {line}\n")
    if table.problems:
        sys.stderr.write(f"khabar: {path}: {len(table.problems)} bad rows; nothing was done\n")
        raise typer.Exit(1)
    return table, table.over(kb)
