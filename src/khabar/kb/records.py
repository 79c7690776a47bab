"""Records of the knowledge base: an entry, a candidate meaning of a name, a name found in a text."""

from __future__ import annotations

from dataclasses import dataclass

#: How much support a name needs before it counts as a mention of an entry; see `context.supported`.
SURE, COUNTRY, ALIAS, VILLAGE, TYPED = range(5)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the knowledge base knows.

    `country`, `part_of` and `located_in` are keys of other entries; coordinates are WGS84 degrees; `active_from` and
    `active_to` are years; `qid` is given only where `qid_source` names who states it.
    """

    key: str
    cls: str
    name_ar: str
    name_en: str
    aliases_ar: tuple[str, ...] = ()
    country: str | None = None
    part_of: str | None = None
    located_in: str | None = None
    lat: float | None = None
    lon: float | None = None
    qid: str | None = None
    qid_source: str | None = None
    population: int | None = None
    active_from: str | None = None
    active_to: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One meaning of a name: entry key, the support it needs, class, country key, prominence 0 to 99, region key."""

    key: str
    tier: int
    cls: str
    country: str
    weight: int
    region: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A known name in a text: raw half-open span, candidate keys best first.

    `sure` is False for a name that is also an ordinary word, a given name or shared, and was kept for its context.
    """

    begin: int
    end: int
    keys: tuple[str, ...]
    sure: bool
