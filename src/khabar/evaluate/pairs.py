"""Pairs what was annotated with what was found, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

G = TypeVar("G")
F = TypeVar("F")
Span = tuple[int, int]

NEAR = 0.3
"""The intersection over union from which two spans are about the same words."""


def overlap(one: Span, other: Span) -> float:
    """Intersection over union of two half-open spans.

    >>> overlap((0, 4), (2, 6)), overlap((0, 2), (2, 4))
    (0.3333333333333333, 0.0)
    """
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common / (max(one[1], other[1]) - min(one[0], other[0])) if common > 0 else 0.0


def near(one: Span, other: Span) -> float:
    """Their overlap, or 0 when it is too small to count."""
    return value if (value := overlap(one, other)) >= NEAR else 0.0


@dataclass(frozen=True, slots=True)
class Pairing(Generic[G, F]):
    """What belongs together, and what is left on either side."""

    pairs: tuple[tuple[G, F], ...]
    missed: tuple[G, ...]
    extra: tuple[F, ...]


def pair(gold: Sequence[G], found: Sequence[F], score: Callable[[G, F], float]) -> Pairing[G, F]:
    """Pair items one to one: the highest scores first, of equal ones the earlier items; a score of 0 pairs nothing."""
    ranked = sorted(
        ((value, -i, -j) for i, g in enumerate(gold) for j, f in enumerate(found) if (value := score(g, f)) > 0),
        reverse=True,
    )
    left, right = set(range(len(gold))), set(range(len(found)))
    pairs = []
    for _, i, j in ranked:
        if -i in left and -j in right:
            left.remove(-i)
            right.remove(-j)
            pairs.append((gold[-i], found[-j]))
    return Pairing(tuple(pairs), tuple(gold[i] for i in sorted(left)), tuple(found[j] for j in sorted(right)))
