"""Every family of the frame tables is read right in its example: its trigger, its class, each of its roles."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from khabar.extractor import RuleExtractor
from khabar.lexicon import Frame, load, rows
from khabar.model import Extraction, Record

FAULTS = {r["family"] for r in rows(Path(__file__).parent / "data" / "lexicon_faults.tsv")}


@cache
def read(extractor: RuleExtractor, text: str) -> Extraction:
    return extractor.extract(Record(text=text, where="example"))


def missing(x: Extraction, frame: Frame) -> list[str]:
    """What the example states and the extraction lacks."""
    text = x.record.text
    words = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
    expect = dict(frame.expect)
    trigger = expect.pop("trigger", "")
    if frame.term[0].islower():
        subjects, objects = expect["s"].split("|"), expect["o"].split("|")
        told = [(words[r.subject], words[r.object]) for r in x.relations if r.predicate == frame.term]
        sides = [(s, o) for s in subjects for o in objects if s != o]
        return [
            f"{s} {frame.term} {o}"
            for s, o in sides
            if not any((s in a and o in b) or (o in a and s in b) for a, b in told)
        ]
    events = [e for e in x.events if e.cls == frame.term and trigger in text[e.begin : e.end]]
    events += [e for e in x.events if e.cls == frame.term and e not in events and text[e.begin : e.end] in trigger]
    if not events:
        return [f"{frame.term} at {trigger}"]
    filled = {(r.name, w) for e in events for r in e.roles for w in words.get(r.filler, ())}
    return [f"{role}={v}" for role, vs in expect.items() for v in vs.split("|") if (role, v) not in filled]


@pytest.mark.parametrize("frame", load().frames, ids=lambda f: f.name)
def test_example(frame: Frame, extractor: RuleExtractor, request: pytest.FixtureRequest) -> None:
    if frame.name in FAULTS:
        request.applymarker(pytest.mark.xfail(strict=True, reason="listed in lexicon_faults.tsv"))
    assert missing(read(extractor, frame.example), frame) == []
