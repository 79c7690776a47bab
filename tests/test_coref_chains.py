"""Which words of a text are one thing, and which are not (tests/data/chains.tsv).

A row is one chain: `same` are its strings (`حفتر#2` is the second occurrence, `~قواته` the pronoun at the end of that
word), `fills` the roles it has (`قصفنا=agent`: of the event with that trigger), `not` the strings that stand for
something else or for nothing sure. A row without text goes on with the text above it; `open` tells why a chain is not
yet found.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from khabar import coref
from khabar.entities import resolve
from khabar.extractor import RuleExtractor
from khabar.landmarks import landmarks
from khabar.mentions import find_mentions
from khabar.model import Entity, Event, Record
from khabar.text import normalise

TABLE = Path(__file__).parent / "data" / "chains.tsv"


@cache
def chains() -> list[dict[str, str]]:
    """The rows, each with its text and its number among those of the text."""
    found: list[dict[str, str]] = []
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            number = 1 if row["text"] else int(found[-1]["number"]) + 1
            found.append(row | {"text": row["text"] or found[-1]["text"], "number": str(number)})
    return found


@cache
def extractor() -> RuleExtractor:
    return RuleExtractor()


@cache
def read(text: str) -> tuple[tuple[Entity, ...], dict[int, str], tuple[Event, ...]]:
    """The entities of a text, what its pronouns stand for by their end, and its events."""
    tools = extractor()
    hits = tools.kb.scan(normalise(text))
    doc = tools.analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    doc = tools.analyser.parse(doc, range(len(doc.sentences)))
    things = resolve(doc, find_mentions(doc, hits, tools.kb), tools.kb)
    found = coref.pronouns(doc, things, landmarks(doc, things, tools.kb.capital_of))
    pronouns = {doc.tokens[i].end: e for i, e in found.items()}
    return things, pronouns, tools.extract(Record(text, "test")).events


def parts(cell: str) -> list[str]:
    return [x.strip() for x in cell.split("|") if x.strip()]


def span(text: str, wanted: str) -> tuple[int, int]:
    """Offsets of `words#n`; the words must stand in the text."""
    words, _, n = wanted.partition("#")
    at = -1
    for _ in range(int(n or 1)):
        at = text.index(words, at + 1)
    return at, at + len(words)


def entity(text: str, wanted: str) -> str | None:
    """The entity of the mention nearest to these words (at least half in common), or of the pronoun they end in."""
    things, pronouns, _ = read(text)
    begin, end = span(text, wanted.removeprefix("~"))
    if wanted.startswith("~"):
        return pronouns.get(end)
    best, top = None, 0.5
    for e in things:
        for m in e.mentions:
            common = min(m.end, end) - max(m.begin, begin)
            share = common / (max(m.end, end) - min(m.begin, begin))
            if e.cls != "Position" and share >= top:
                best, top = e.id, share
    return best


def faults(row: dict[str, str]) -> list[str]:
    """What is wrong in one chain."""
    text, wanted = row["text"], parts(row["same"])
    mine = entity(text, wanted[0])
    if mine is None:
        return [f"{wanted[0]} is no mention"]
    found = [f"{w} is not {wanted[0]}" for w in wanted[1:] if entity(text, w) != mine]
    found += [f"{w} is {wanted[0]}" for w in parts(row["not"]) if entity(text, w) == mine]
    for filled in parts(row["fills"]):
        trigger, role = filled.split("=")
        begin, _ = span(text, trigger)
        fillers = {r.filler for v in read(text)[2] if v.begin == begin for r in v.roles if r.name == role}
        found += [f"{wanted[0]} is not the {role} of {trigger}"] if mine not in fillers else []
    return found


def marked(row: dict[str, str]) -> object:
    marks = pytest.mark.xfail(strict=True, reason=row["open"]) if row["open"] else ()
    return pytest.param(row, marks=marks, id=f"{row['id']}-{row['number']}")


def test_there_are_forty_texts_half_of_them_with_traps():
    assert len({row["id"] for row in chains()}) >= 40
    assert len({row["id"] for row in chains() if row["not"]}) >= 20
    assert sum(not row["open"] for row in chains()) >= 50


@pytest.mark.parametrize("row", [marked(row) for row in chains()])
def test_what_is_one_is_one_and_what_is_two_is_two(row):
    assert faults(row) == []
