"""Groups of nodes that are one thing: what pairs hold together, by which way, and which pairs give way to a person."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from pyoxigraph import NamedNode, Quad

from khabar import iri
from khabar.terms import ns

Pair = tuple[str, str]
"""Two IRIs, the smaller first."""

_SAME, _LINKS = ns("sameEntityAs"), NamedNode(iri.LINKS)


def pair(one: str, other: str) -> Pair:
    """The two IRIs in their order."""
    return (one, other) if one < other else (other, one)


def representative(nodes: Iterable[str]) -> str:
    """The node that stands for a group: one that the knowledge base knows, else the smallest IRI."""
    return min(nodes, key=lambda node: (node.startswith(iri.entity("nil-")), node))


def groups(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    """Every node of the pairs with its group: being one is transitive."""
    beside, found = _beside(pairs), dict[str, frozenset[str]]()
    for start in beside:
        if start in found:
            continue
        group, todo = {start}, [start]
        while todo:
            new = [node for node in beside[todo.pop()] if node not in group]
            group.update(new)
            todo.extend(new)
        found.update(dict.fromkeys(group, frozenset(group)))
    return found


def chain(pairs: Iterable[Pair], start: str, end: str) -> list[str]:
    """The shortest way from one node to another over pairs; empty when there is none."""
    beside, before = _beside(pairs), dict[str, str]()
    todo = deque([start])
    while todo and end not in before:
        node = todo.popleft()
        for other in beside.get(node, []):
            if other not in before and other != start:
                before[other] = node
                todo.append(other)
    if end not in before:
        return []
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def yielding(decided: Iterable[Pair], scores: Mapping[Pair, float], apart: Iterable[Pair]) -> set[Pair]:
    """The pairs of `scores` that give way, so that none of `apart` is one by them: the lowest score of each way first.

    Those of `decided` are a person's and stay, as they are: two that they make one stay one.

    >>> yielding([], {("a", "b"): 0.99, ("b", "c"): 0.98}, [("a", "c")])
    {('b', 'c')}
    """
    sure, kept = set(decided), dict(scores)
    for one, other in sorted(apart):
        while way := chain(sure | kept.keys(), one, other):
            steps = [pair(*step) for step in pairwise(way)]
            loose = [step for step in steps if step not in sure]
            if not loose:
                break
            del kept[min(loose, key=lambda step: (kept[step], step))]
    return scores.keys() - kept.keys()


def links(found: Iterable[frozenset[str]], present: Callable[[str], bool]) -> set[Quad]:
    """The links of groups: from each node that is there to the one that stands for all."""
    quads = set()
    for group in set(found):
        nodes = {node for node in group if present(node)}
        if len(nodes) > 1:
            first = representative(nodes)
            quads |= {Quad(NamedNode(node), _SAME, NamedNode(first), _LINKS) for node in nodes - {first}}
    return quads


def _beside(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """The nodes that each node makes a pair with."""
    beside: dict[str, list[str]] = {}
    for one, other in sorted(pairs):
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    return beside
