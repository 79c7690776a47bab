"""Stance with scope: sentences of which half are traps, each with one statement that must be, or never be, a fact.

`data/stance_suite.tsv` states in `expect` one of
  fact CLASS TRIGGER | fact SUBJECT relation OBJECT: told as having happened or going on, whoever tells it;
  notfact CLASS TRIGGER MODALITY POLARITY CERTAINTY (or with a relation): found, with this stance, and no fact;
  source TRIGGER NAME: who says so, `-` for the outlet itself.
Words parted by | are equally right, `-` for any value. `data/stance_suite_faults.tsv` lists what is not mastered.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.lexicon import rows
from khabar.model import Extraction, Record, Stance

DATA = Path(__file__).parent / "data"
SUITE = list(rows(DATA / "stance_suite.tsv"))
FAULTS = {r["id"]: r["cause"] for r in rows(DATA / "stance_suite_faults.tsv")}
RELATION = re.compile(r"(?P<subject>.+) (?P<name>[a-z]\w+) (?P<object>.+)")
DONE = {"Happened": "Happened", "Ongoing": "Happened"}


def stated(x: Extraction, what: str) -> Iterator[tuple[bool, Stance]]:
    """The stance of all that is claimed of an expected statement, and whether its class is the expected one."""
    text = x.record.text
    if tie := RELATION.fullmatch(what):
        names = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
        for r in x.relations:
            if tie["subject"] in names[r.subject] and tie["object"] in names[r.object]:
                yield r.predicate == tie["name"], r.stance
        return
    classes, _, triggers = what.partition(" ")
    spans = [(text.index(t), text.index(t) + len(t)) for t in triggers.split("|")]
    for e in x.events:
        if any(e.begin < end and begin < e.end for begin, end in spans):
            yield e.cls in classes.split("|"), e.stance


def values(stance: Stance) -> tuple[str, str, str]:
    """Modality, polarity, certainty; what goes on counts as what happened."""
    return DONE.get(stance.modality, stance.modality), stance.polarity, stance.certainty


def fault(x: Extraction, expect: str) -> str:
    """How the extraction misses the expectation; empty when it meets it."""
    kind, _, what = expect.partition(" ")
    if kind == "source":
        trigger, _, name = what.partition(" ")
        found = list(stated(x, f"- {trigger}"))
        if not found:
            return "missed"
        text = x.record.text
        names = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
        told = names[source] if (source := found[0][1].source) else {"-"}
        return "" if any(n in t for n in name.split("|") for t in told) else f"source {sorted(told)}"
    wanted: list[str] = []
    if kind == "notfact":
        what, *wanted = what.rsplit(" ", 3)
    found = list(stated(x, what))
    if kind == "notfact" and any(stance.settled for _, stance in found):
        return "leaked"
    if not (right := [stance for same, stance in found if same]):
        return "other class" if found else "missed"
    if kind == "fact":
        return "" if any(stance.settled for stance in right) else f"lost {values(right[0])}"
    met = any(
        all(w == "-" or v in w.split("|") for v, w in zip(values(stance), wanted, strict=True)) for stance in right
    )
    return "" if met else f"stance {values(right[0])}"


@pytest.mark.parametrize("row", SUITE, ids=lambda r: r["id"])
def test_stance_with_scope(row, extractor, request):
    if cause := FAULTS.get(row["id"]):
        request.applymarker(pytest.mark.xfail(strict=True, reason=cause))
    assert fault(extractor.extract(Record(text=row["text"], where="suite")), row["expect"]) == ""


def test_the_suite_is_large_half_traps_and_has_no_sentence_twice():
    assert len(SUITE) >= 240
    assert len({r["text"] for r in SUITE}) == len(SUITE) == len({r["id"] for r in SUITE})
    assert 2 * sum(r["trap"] == "yes" for r in SUITE) >= len(SUITE)
    assert {r["id"] for r in SUITE} >= set(FAULTS)
