"""Documents that print one story: copies, cuts and light edits of one text, such as the wire of an agency.

Texts are compared by their runs of five folded words. The smallest hashes of each text stand for it in an index, so
that only texts with some in common are compared in full: time and memory grow with the number of texts, not of pairs.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from heapq import nsmallest
from itertools import combinations

from pyoxigraph import Literal, NamedNode

from khabar import iri
from khabar.bundles import Bundle, gather
from khabar.groups import Pair
from khabar.store import Store
from khabar.text import normalise

RUN = 5
"""Words of one run."""
SKETCH = 64
"""Hashes that stand for a text in the index."""
COMMON = 50
"""A run that more texts have in their sketch is a formula (a signature, a prayer), and leads to nobody."""
LEAST, ENOUGH, OF_LONGER = 20, 0.5, 0.2
"""What two texts must share to be one story: runs, their share of the shorter text's runs, and of the longer one's.

A long text that holds a whole short one is a round-up of many stories, not a copy of one.
"""
DAYS = 4
"""Texts printed further apart are no copies of one wire, but a text that comes round: a listing, a column."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text to compare: the IRI of its document, its words, its day if known."""

    node: str
    words: str
    day: date | None


def stories(store: Store, apart: Iterable[Pair]) -> list[Bundle]:
    """The stories that a store holds in more than one document, none with a pair that somebody keeps apart."""
    texts = {text.node: text for text in _texts(store)}
    ties = alike(texts.values())
    found = []
    for members in gather({ends: share for ends, (share, _) in ties.items()}, apart):
        order = sorted(members, key=lambda node: (texts[node].day or date.max, -len(texts[node].words), node))
        inner = [ties[ends] for ends in combinations(members, 2)]
        least, most = min(share for share, _ in inner), max(share for share, _ in inner)
        shared = min(runs for _, runs in inner)
        percent = f"{least:.0%}" if round(least, 2) == round(most, 2) else f"{least:.0%} to {most:.0%}"
        why = f"any two share {percent} of the shorter text's runs of {RUN} words, {shared:,} at least"
        found.append(Bundle("Story", tuple(order), least, (why,)))
    return found


def alike(texts: Iterable[Text]) -> dict[Pair, tuple[float, int]]:
    """Pairs of texts that are one story, with the share of the shorter one's runs that both have, and their number."""
    runs: dict[str, array[int]] = {}
    days: dict[str, date | None] = {}
    index: defaultdict[int, list[str]] = defaultdict(list)
    for text in sorted(texts, key=lambda one: one.node):
        runs[text.node], days[text.node] = array("Q", sorted(_runs(text.words))), text.day
        for run in nsmallest(SKETCH, runs[text.node]):
            index[run].append(text.node)
    meetings = Counter(ends for nodes in index.values() if len(nodes) <= COMMON for ends in combinations(nodes, 2))
    found = {}
    for ends, times in meetings.items():
        if times > 1 and _near(days[ends[0]], days[ends[1]]):
            one, other = (runs[end] for end in ends)
            shared = len(set(one).intersection(other))
            share, of_longer = shared / min(len(one), len(other)), shared / max(len(one), len(other))
            if shared >= LEAST and share >= ENOUGH and of_longer >= OF_LONGER:
                found[ends] = (round(share, 2), shared)
    return found


def _runs(words: str) -> set[int]:
    """The hashes of all runs of a text; of its words together when they are too few for one."""
    folded = _WORD.findall(normalise(words).fold)
    return {_hash(folded[at : at + RUN]) for at in range(max(1, len(folded) - RUN + 1))}


def _hash(words: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest())


def _near(one: date | None, other: date | None) -> bool:
    return one is None or other is None or abs((one - other).days) <= DAYS


def _texts(store: Store) -> Iterator[Text]:
    for quad in store.quads(None, NamedNode(iri.NIF + "isString")):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
            yield Text(quad.subject.value, quad.object.value, issued(store, quad.subject))


def issued(store: Store, document: NamedNode) -> date | None:
    """The day of a document, if known to the day."""
    for quad in store.quads(document, NamedNode(iri.DCT + "issued")):
        if isinstance(quad.object, Literal) and not any(store.quads(document, NamedNode(iri.NS + "edtf"))):
            return date.fromisoformat(quad.object.value[:10])
    return None
