"""The graph without the articles: offsets and short quotes stay, texts that belong to their publishers do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri

QUOTE = 160
"""Code points of a span that may be quoted: a sentence, or the beginning of a long one."""

_TEXT, _ANCHOR = NamedNode(iri.NIF + "isString"), NamedNode(iri.NIF + "anchorOf")


def withheld(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads without the texts of articles, and with all other words out of them cut to `QUOTE` code points.

    Words come out of an article into any literal of its graph: spans, but also descriptions that became names, titles
    that hold a whole text, and triggers in rules.

    >>> span, graph = NamedNode("https://w3id.org/khabar/doc/1#char=0,500"), NamedNode(iri.document_graph("1"))
    >>> len(next(withheld([Quad(span, _ANCHOR, Literal("ق" * 500, language="ar"), graph)])).object.value)
    161
    """
    for quad in quads:
        if quad.predicate == _TEXT:
            continue
        ours = quad.predicate != _ANCHOR and not str(quad.graph_name).startswith(f"<{iri.DOCUMENTS}")
        yield quad if ours else shortened(quad)


def shortened(quad: Quad) -> Quad:
    """A quad whose words are cut (and marked so by an ellipsis) where they are too many."""
    words = quad.object
    if not isinstance(words, Literal) or len(words.value) <= QUOTE:
        return quad
    cut = Literal(cut_off(words.value), language=words.language, datatype=None if words.language else words.datatype)
    return Quad(quad.subject, quad.predicate, cut, quad.graph_name)


def cut_off(words: str) -> str:
    """Words as they may be quoted: whole, or the first `QUOTE` code points and an ellipsis."""
    return words if len(words) <= QUOTE else words[:QUOTE] + "…"
