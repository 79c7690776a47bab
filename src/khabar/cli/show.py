"""`khabar show`: what is claimed about an entity or by a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.dossier import Card


def show(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="ENTITY|DOC",
            help="An entity's key, IRI, Wikidata id or name (Arabic or English), or a document's key, URL or id.",
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Show at most so many claims of each.")] = 50,
) -> None:
    """Show what is claimed about an entity or by a document.

    Each claim comes with its words, its source and its stance.

    A claim marked `fact` is reported, without hedge, as having happened or going on (the default policy of facts), one
    marked `disputed` too, but another claim denies it; each other one says what keeps it from being one. A name that
    several entities bear shows all of them; those that a person has merged are shown as one.

        khabar show news haftar

        khabar show news Q43
    """
    from pyoxigraph import NamedNode

    from khabar.dossier import Dossier
    from khabar.errors import QueryError
    from khabar.finder import documents, entities, near
    from khabar.store import Store

    with Store.open(store) as opened:
        dossier = Dossier(opened)
        nodes = dict.fromkeys(opened.decisions.group(node.value)[0] for node in entities(opened, name))
        cards = [dossier.entity(NamedNode(node)) for node in nodes]
        cards = cards or [dossier.document(key) for key in documents(opened, name)]
        if not cards:
            close = near(opened, name)
            hint = f"did you mean {', '.join(close)}?" if close else "`khabar query DIR entity-mentions` lists names"
            raise QueryError(f"nothing in {store} is called {name!r}; {hint}")
        for card in cards:
            _print(card, limit)


def _print(card: Card, limit: int) -> None:
    typer.echo(card.title)
    for line in card.lines:
        typer.echo(f"  {line}")
    typer.echo("")
    for claim in card.claims[:limit]:
        mark = "disputed" if claim.disputed else "fact   " if claim.stance.settled else "claim  "
        typer.echo(f"{mark}{' ' * claim.disputed}{claim.statement}")
        typer.echo(f"       « {' '.join(claim.words.split())} »")
        document, begin, end = claim.place
        said = f"said by {claim.source}" if claim.source else "in the outlet's own voice"
        stance = f"{claim.stance.modality}, {claim.stance.polarity}, {claim.stance.certainty}"
        typer.echo(f"       {stance}; {said}; {claim.document} (doc:{document}) {begin}-{end}")
        typer.echo(f"       {claim.rule}, confidence {claim.confidence}")
        typer.echo("")
    if more := len(card.claims) - limit:
        if more > 0:
            typer.echo(f"and {more:,} more claims; show them with --limit {len(card.claims)}\n")
