"""Offices of states: a position enters only where a source states its English label, and exactly one does."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kb_build.base import Base
from kb_build.words import LEXICON, Item, matchable, rows


def offices(b: Base) -> None:
    """Add the position of each office of each state, and the Arabic phrases that name it.

    Phrases are kept apart from the names that a scan finds: an office is read by the mention reader, then looked up.
    """
    stated: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    english: dict[str, list[str]] = {}
    for r in b.wikidata:
        if "position" in r.get("types", []):
            for label in r.get("en", []):
                stated[label.lower()][r["qid"]] = r
        if b.by_qid.get(r["qid"], "") in b.adjectives:
            english[b.by_qid[r["qid"]]] = r.get("en", [])
    for office in rows(LEXICON / "offices.tsv"):
        for country, (both, _) in b.adjectives.items():
            state = b.items.get(country)
            if state is None or state.cls != "Country":
                continue
            found: dict[str, tuple[str, dict[str, Any]]] = {}
            for name in dict.fromkeys([state.name_en, *english.get(country, [])]):
                for pattern in office["english"].split("|"):
                    for label in (pattern.format(c=name), pattern.format(c="the " + name)):
                        if len(holders := stated.get(label.lower(), {})) == 1:
                            found.update({qid: (label, r) for qid, r in holders.items()})
            if len(found) == 1:
                _office(b, office, state, both, *next(iter(found.values())))


def _office(b: Base, office: dict[str, str], state: Item, both: str, label: str, r: dict[str, Any]) -> None:
    """Make the entry of one position and remember its phrases."""
    names: list[str] = []
    for pattern in office["arabic"].split("|"):
        if "{n}" in pattern:
            names += [pattern.format(n=n) for n in dict.fromkeys([state.name_ar, *state.aliases])]
            continue
        names += [pattern.format(m=m, f=f) for m, f in (pair.split("/") for pair in both.split("|"))]
    key = b.by_qid.get(r["qid"], "wd-" + r["qid"].lower())
    if key not in b.items:
        source = "kb:" + "+".join(r["src"][:3])
        b.add(Item(key, "Position", names[0], label, names[1:8], state.key, qid=r["qid"], source=source))
    for n in names:
        b.offices.setdefault(matchable(n), key)
    for n in filter(None, office["bare"].split("|")):
        b.offices.setdefault(f"{matchable(n)}@{state.key}", key)
