"""Whether what is there is what was sent: counts of all graphs, and the triples of some."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, Triple

from khabar import iri
from khabar.push.ledger import Sent
from khabar.push.remote import Remote
from khabar.push.rewritings import Rewriting, normal
from khabar.push.source import Source, is_document

_BATCH = 50


def counts(remote: Remote, expected: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Graphs that hold another number of triples than expected there, each with a line that says so."""
    names = list(expected)
    for begin in range(0, len(names), _BATCH):
        for name, found in remote.count(names[begin : begin + _BATCH]).items():
            if found != expected[name]:
                yield name, f"{found:,} triples are there, {expected[name]:,} should be"


def sample(names: Iterable[str], known: Mapping[str, Sent], documents: int, largest: int) -> list[str]:
    """Of these graphs the derived ones and so many documents, as far as they are not too large to be read back.

    The documents are picked by the digests of their names: any of them, but the same ones each time.
    """
    fit = [name for name in dict.fromkeys(names) if 0 < known[name].triples <= largest]
    picked = sorted(filter(is_document, fit), key=lambda name: iri.digest("sample", name))[:documents]
    return [*picked, *(name for name in fit if documents and not is_document(name))]


def compare(remote: Remote, source: Source, name: str, without: Collection[Triple] = ()) -> str:
    """What differs between a graph here (but for the triples `without`) and there, in a line; empty when nothing."""
    habits = source.rewritings
    here = _lines((quad.triple for quad in source.quads(name, without)), habits)
    there = _lines(remote.triples(name), habits)
    found = [
        f"{len(lines):,} {words}, such as {min(lines)}"
        for lines, words in ((here - there, "triples are missing"), (there - here, "triples are not from here"))
        if lines
    ]
    return "; ".join(found)


def _lines(triples: Iterable[Triple], rewritings: Iterable[Rewriting]) -> set[str]:
    """Triples in normal form as text, their blank nodes named by what is said of them."""
    forms = {normal(triple, rewritings) for triple in triples}
    if any(isinstance(node, BlankNode) for form in forms for node in (form.subject, form.object)):
        graph = Dataset(Quad(*form) for form in forms)
        graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        forms = {quad.triple for quad in graph}
    return {str(form) for form in forms}
