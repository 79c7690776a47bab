"""What a store says of one entity, document or claim, to look at: each claim with its words marked in their text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from pyoxigraph import NamedNode

from khabar import iri
from khabar.api.mentions import MentionRow, mentions, text_of
from khabar.api.shapes import Mark, Page, html_text, plain_text
from khabar.dossier import Dossier, Told
from khabar.errors import QueryError
from khabar.explain import LANGUAGES, Words
from khabar.finder import claims, documents, entities, near
from khabar.records import Things
from khabar.store import Store

_AROUND = 80
"""Code points of context on either side of a passage."""


def card(store: Store, name: str, limit: int) -> Page:
    """The entity, document or claim that `name` means; QueryError when there is none, or more than one entity."""
    dossier = Dossier(store)
    if found := claims(store, name):
        told, grounds = dossier.claim(NamedNode(found[0]))
        words = Words()
        lines = [line for language in LANGUAGES for line in words.explain(grounds, language)]
        return _page(store, told.statement, lines, [told], 1)
    nodes = list(dict.fromkeys(store.decisions.group(node.value)[0] for node in entities(store, name)))
    if len(nodes) > 1:
        keys = ", ".join(iri.shorten(node).removeprefix("entity:") for node in nodes[:5])
        raise QueryError(f"{len(nodes)} entities are called {name!r}; give one of the keys {keys}")
    if nodes:
        shown = dossier.entity(NamedNode(nodes[0]))
        return _page(store, shown.title, shown.lines, shown.claims, limit)
    if keys_found := documents(store, name):
        shown = dossier.document(keys_found[0])
        return document(store, keys_found[0], shown.title, shown.lines, shown.claims, limit)
    close = near(store, name)
    hint = f"did you mean {', '.join(close)}?" if close else "Graph.entities and Graph.documents list what there is"
    raise QueryError(f"nothing in {store.path} is called {name!r}; {hint}")


def document(store: Store, key: str, title: str, lines: Iterable[str], told: Sequence[Told], limit: int) -> Page:
    """A document: its text with all mentions marked, then its claims."""
    text, marks = text_of(store, key), [row.mark for row in mentions(store, key)]
    below = _page(store, title, lines, told, limit)
    html = f'<div dir="rtl" style="line-height:2">{html_text(text, marks)}</div>\n'
    return Page(f"{plain_text(text, marks)}\n\n{below.text}", html + below.html)


def lines_of(claim: Told) -> list[str]:
    """A claim in four lines: its mark and statement, its words, its stance and source, its rule and key."""
    place, begin, end = claim.place
    said = f"said by {claim.source}" if claim.source else "in the outlet's own voice"
    stance = f"{claim.stance.modality}, {claim.stance.polarity}, {claim.stance.certainty}"
    return [
        f"{_mark(claim):<8} {claim.statement}",
        f"         « {' '.join(claim.words.split())} »",
        f"         {stance}; {said}; {claim.document} (doc:{place}) {begin}-{end}",
        f"         {claim.rule}, confidence {claim.confidence}; {iri.shorten(claim.iri)}",
    ]


def _page(store: Store, title: str, lines: Iterable[str], told: Sequence[Told], limit: int) -> Page:
    """A title, lines about it, and its first claims, in text and in HTML."""
    things = Things(store)
    found = cache(lambda key: (text_of(store, key), mentions(store, key, things)))
    kept, head = told[:limit], list(lines)
    more = [f"and {len(told) - limit:,} more claims"] if len(told) > limit else []
    text = [title, *(f"  {line}" for line in head), "", *(line for one in kept for line in (*lines_of(one), "")), *more]
    html = [
        f'<h4 dir="auto">{escape(title)}</h4>\n<p>',
        "<br>\n".join(map(escape, head)),
        "</p>\n<table>\n<tbody>\n",
        *(_row(one, *found(one.place[0])) for one in kept),
        f"</tbody>\n</table>\n<p>{''.join(more)}</p>",
    ]
    return Page("\n".join(text).rstrip(), "".join(html))


def _row(claim: Told, text: str, named: Sequence[MentionRow]) -> str:
    """A claim as two cells: what it says and how, and its words in the middle of their text."""
    _, begin, end = claim.place
    first, last = max(0, begin - _AROUND), min(len(text), end + _AROUND)
    first = (text.find(" ", first, begin) + 1 or begin) if first else 0  # whole words
    last = max(text.rfind(" ", end, last), end) if last < len(text) else last
    marks = [row.mark for row in named if begin <= row.begin and row.end <= end]
    words = "".join(
        (
            f'<span style="opacity:.55">{"…" if first else ""}{html_text(text, (), first, begin)}</span>',
            html_text(text, [*marks, Mark(begin, end, "quote", "evidence")], begin, end),
            f'<span style="opacity:.55">{html_text(text, (), end, last)}{"…" if last < len(text) else ""}</span>',
        )
    )
    said = f"said by {claim.source}" if claim.source else "in the outlet's own voice"
    stance = f"{claim.stance.modality}, {claim.stance.polarity}, {claim.stance.certainty}"
    told = [claim.statement, f"{_mark(claim)}: {stance}; {said}", f"{claim.document}, {iri.shorten(claim.iri)}"]
    left = "<br>\n".join(f"<bdi>{escape(line)}</bdi>" for line in told)
    return f'<tr><td style="text-align:left">{left}</td><td dir="rtl" style="text-align:right">{words}</td></tr>\n'


def _mark(claim: Told) -> str:
    return "disputed" if claim.disputed else "fact" if claim.stance.settled else "claim"
