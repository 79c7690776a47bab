"""Puts lines in order, however many there are, so that equal content gives equal bytes."""

from __future__ import annotations

import heapq
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice

from pyoxigraph import Quad, RdfFormat, parse

_CHUNK = 200_000
"""Lines that are sorted in memory; more are sorted in pieces on disk, which are all open when they are merged."""


def in_order(lines: Iterable[str]) -> Iterator[str]:
    """The distinct lines in code-point order; each must end in a line feed."""
    lines = iter(lines)
    with ExitStack() as stack:
        pieces: list[Iterable[str]] = []
        while piece := sorted(set(islice(lines, _CHUNK))):
            if len(piece) < _CHUNK and not pieces:
                yield from piece
                return
            file = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            file.writelines(piece)
            file.seek(0)
            pieces.append(file)
        last = ""
        for line in heapq.merge(*pieces):
            if line != last:
                yield line
            last = line


def quads_in_order(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The distinct quads by graph, subject, predicate and object."""
    quads = iter(quads)
    first = deque(islice(quads, _CHUNK))
    if len(first) < _CHUNK:
        yield from sorted(set(first), key=_key)
        return
    for line in in_order(f"{_key(quad)}\t{quad} .\n" for quad in chain(_emptied(first), quads)):
        yield from parse(line.partition("\t")[2], format=RdfFormat.N_QUADS)


def _emptied(quads: deque[Quad]) -> Iterator[Quad]:
    """The quads, each let go of when it is taken."""
    while quads:
        yield quads.popleft()


def _key(quad: Quad) -> str:
    return f"{quad.graph_name} {quad.triple}"
