"""`khabar show`: what is claimed about an entity or by a document, and how one claim came about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.dossier import Card, Told
    from khabar.explain import Grounds


def show(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="CLAIM|ENTITY|EVENT|DOC",
            help="A claim's key or IRI, an entity's key, IRI, Wikidata id or name (Arabic or English), an event's IRI, "
            "or a document's key, URL or id.",
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Show at most so many claims of each.")] = 50,
) -> None:
    """Show what is claimed about something, or explain one claim.

    Each claim comes with its words, its source and its stance. Of one claim, by the key that stands in its last line,
    it tells in English and Arabic what told it, how each slot was filled, which words of its passage may have decided
    its stance, who says it, and how far to trust it.

    A claim marked `fact` is reported, without hedge, as having happened or going on (the default policy of facts), one
    marked `disputed` too, but another claim denies it; each other one says what keeps it from being one. A name that
    several entities bear shows all of them; those that a person has merged are shown as one.

        khabar show news haftar

        khabar show news Q43

        khabar show news event:c460f99df6c06b72

        khabar show news claim:1f0c7e52a9d3b846
    """
    from pyoxigraph import NamedNode

    from khabar.dossier import Dossier
    from khabar.errors import QueryError
    from khabar.finder import claims, documents, entities, events, near
    from khabar.store import Store

    with Store.open(store) as opened:
        dossier = Dossier(opened)
        for claim in claims(opened, name):
            _explain(*dossier.claim(NamedNode(claim)))
            return
        nodes = dict.fromkeys(opened.decisions.group(node.value)[0] for node in entities(opened, name))
        cards = [dossier.entity(NamedNode(node)) for node in (*nodes, *(node.value for node in events(opened, name)))]
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
        for line in _lines(claim):
            typer.echo(line)
        typer.echo("")
    if more := len(card.claims) - limit:
        if more > 0:
            typer.echo(f"and {more:,} more claims; show them with --limit {len(card.claims)}\n")


def _lines(claim: Told) -> list[str]:
    from khabar.iri import shorten

    document, begin, end = claim.place
    said = f"said by {claim.source}" if claim.source else "in the outlet's own voice"
    stance = f"{claim.stance.modality}, {claim.stance.polarity}, {claim.stance.certainty}"
    mark = "disputed " if claim.disputed else "fact   " if claim.stance.settled else "claim  "
    return [
        f"{mark}{claim.statement}",
        f"       « {' '.join(claim.words.split())} »",
        f"       {stance}; {said}; {claim.document} (doc:{document}) {begin}-{end}",
        f"       {claim.rule}, confidence {claim.confidence}; {shorten(claim.iri)}",
    ]


def _explain(claim: Told, grounds: Grounds) -> None:
    from khabar.explain import LANGUAGES, Words

    words = Words()
    for line in _lines(claim):
        typer.echo(line)
    for language in LANGUAGES:
        typer.echo("")
        for line in words.explain(grounds, language):
            typer.echo(f"  {line}")
