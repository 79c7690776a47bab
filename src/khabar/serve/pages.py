"""What dereferencing gives to people (HTML), and what describes the whole (VoID)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pyoxigraph import Literal, NamedNode, Triple

from khabar import iri
from khabar.dossier import Card, Dossier, Told
from khabar.rdf import status
from khabar.store import Store
from khabar.terms import integer

_VOID = "http://rdfs.org/ns/void#"
_MOST_CLAIMS = 200

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; padding: 0 1rem }}
article {{ border-inline-start: 4px solid #999; margin: 1rem 0; padding: 0 1rem }}
article.fact {{ border-color: #2a6f4e }} article.disputed {{ border-color: #b3541e }}
q {{ unicode-bidi: isolate }} small {{ color: #555 }}
</style></head>
<body>
{body}
</body></html>
"""


def frame(title: str, body: str) -> str:
    """A page; `title` is text, `body` is HTML."""
    return _FRAME.format(title=escape(title), body=body)


def of_node(store: Store, node: NamedNode, base: str) -> str:
    """The page of an entity, event, claim or document; `base` is the server's address without a slash at the end."""
    dossier = Dossier(store)
    value = node.value
    if value.startswith(iri.document("")):
        card = dossier.document(value.removeprefix(iri.document("")))
    elif value.startswith(iri.BASE + "claim/"):
        told = dossier.tell(node)
        card = Card(told.statement, (), (told,))
    else:
        card = dossier.entity(node)
    lines = "".join(f'<p dir="auto">{escape(line)}</p>\n' for line in card.lines)
    claims = "".join(_claim(claim, base) for claim in card.claims[:_MOST_CLAIMS])
    more = len(card.claims) - _MOST_CLAIMS
    rest = f"<p>and {more:,} more; ask with SPARQL</p>" if more > 0 else ""
    return frame(card.title, f'<h1 dir="auto">{escape(card.title)}</h1>\n{lines}{claims}{rest}')


def _claim(claim: Told, base: str) -> str:
    kind = "disputed" if claim.disputed else "fact" if claim.stance.settled else "claim"
    # What is no fact says first why not: a denied tie must not be read as one.
    word = f"{status(claim.stance).lower()}, no fact:" if kind == "claim" else f"{kind}:"
    key, begin, end = claim.place
    said = f"said by <bdi>{escape(claim.source)}</bdi>" if claim.source else "in the outlet's own voice"
    stance = f"{claim.stance.modality}, {claim.stance.polarity}, {claim.stance.certainty}"
    own = claim.iri.removeprefix(iri.BASE)
    return (
        f'<article class="{kind}"><p dir="auto"><strong>{word}</strong> {escape(claim.statement)}</p>\n'
        f'<p dir="auto"><q>{escape(" ".join(claim.words.split()))}</q></p>\n'
        f'<p><small>{stance}; {said}; <a href="{base}/doc/{key}"><bdi>{escape(claim.document)}</bdi></a> '
        f'{begin}&ndash;{end}; <a href="{base}/{escape(own)}">{escape(own)}</a>, confidence {claim.confidence}'
        "</small></p></article>\n"
    )


def void(store: Store, base: str) -> Iterable[Triple]:
    """What the graph is and how large, in VoID."""
    data = NamedNode(f"{base}/.well-known/void#dataset")
    rows = list(store.query("SELECT ?c (COUNT(?x) AS ?n) WHERE { ?x a ?c } GROUP BY ?c ORDER BY ?c"))
    facts: list[tuple[str, NamedNode | Literal]] = [
        (iri.RDF + "type", NamedNode(_VOID + "Dataset")),
        (iri.DCT + "title", Literal("khabar: claims of Arabic conflict news, with their evidence", language="en")),
        (_VOID + "sparqlEndpoint", NamedNode(f"{base}/sparql")),
        (_VOID + "uriSpace", Literal(iri.BASE)),
        (_VOID + "vocabulary", NamedNode(iri.NS)),
        (_VOID + "triples", integer(len(store))),
        (_VOID + "documents", integer(len(store.documents()))),
    ]
    yield from (Triple(data, NamedNode(name), value) for name, value in facts)
    for row in rows:
        kind = row["c"]
        part = NamedNode(f"{base}/.well-known/void#{iri.digest(kind.value)}")
        yield Triple(data, NamedNode(_VOID + "classPartition"), part)
        yield Triple(part, NamedNode(_VOID + "class"), kind)
        yield Triple(part, NamedNode(_VOID + "entities"), integer(int(row["n"].value)))
