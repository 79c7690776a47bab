"""Terms of office: who held which position from when to when, where a source states it of a person by QID."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb_build.base import Base

_TERM = re.compile(r"(Q\d+)\(([\d-]*)/([\d-]*)\)")


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A person in a position; dates are ISO prefixes (2014, 2014-05, 2014-05-24), `end` empty while it lasted."""

    position: str
    begin: str
    end: str
    person: str
    source: str


def terms(b: Base) -> list[Term]:
    """The dated terms of the positions that the knowledge base has; `person` is empty for somebody it lacks.

    A term without an end lasts until the latest beginning that the source knows of, for it knows nothing later. Who
    held another office of ours all the while only stood in (Lebanon's prime minister, for a president): left empty.
    """
    found = {t for r in b.wikidata for t in _stated(b, r["qid"], r.get("positions") or "", "kb:" + "+".join(r["src"]))}
    known = max((t.begin for t in found), default="")
    ended = [replace(t, end=t.end or known) for t in found if t.begin <= known]
    return sorted(replace(t, person="") if _acting(t, ended) else t for t in ended)


def _acting(t: Term, terms: list[Term]) -> bool:
    others = (o for o in terms if o.person == t.person and o.position != t.position)
    return any(o.begin <= t.begin and t.end <= o.end for o in others)


def _stated(b: Base, qid: str, positions: str, source: str) -> Iterator[Term]:
    """The terms of one person that have a beginning and a position of ours."""
    for position, begin, end in _TERM.findall(positions):
        key = b.by_qid.get(position, "")
        if begin and key and b.items[key].cls == "Position":
            yield Term(key, begin, end, b.by_qid.get(qid, ""), source)


def lives(b: Base) -> None:
    """Give persons the end of their life where a source states it and no other end of their activity is known."""
    for r in b.wikidata:
        item = b.items.get(b.by_qid.get(r["qid"], ""))
        if item is not None and item.cls == "Person" and r.get("death") and not item.end:
            item.end = r["death"][:4]
