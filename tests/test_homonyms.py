"""One name, several things: which of them a text means, or none (tests/data/homonyms.tsv)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from khabar.entities import resolve
from khabar.kb import KnowledgeBase
from khabar.mentions import find_mentions
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.text import fold, normalise

TABLE = Path(__file__).parent / "data" / "homonyms.tsv"


@cache
def tools() -> tuple[KnowledgeBase, Analyser]:
    return KnowledgeBase.open(), Analyser()


def cases() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def meant(text: str, name: str, date: str) -> set[str]:
    """What the last mention of these words is: key, QID and class of its entity; "-" where it has no key."""
    kb, analyser = tools()
    hits = kb.scan(normalise(text))
    doc = analyser.read(Record(text, "test", date=date or None), [(h.begin, h.end) for h in hits])
    doc = analyser.parse(doc, range(len(doc.sentences)))
    found = {"-"}
    last = -1
    for e in resolve(doc, find_mentions(doc, hits, kb), kb):
        for m in e.mentions:
            if fold(text[m.begin : m.end]).endswith(fold(name)) and m.begin > last and m.end - m.begin <= len(name) + 8:
                last = m.begin
                found = {e.key, kb.entry(e.key).qid or "", e.cls} if e.key else {"-"}
    return found


def test_there_are_a_hundred_cases():
    assert len(cases()) >= 100


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['name']}-{c['expect']}")
def test_a_homonym_means_what_its_text_says(case):
    assert case["expect"] in meant(case["text"], case["name"], case["date"])
