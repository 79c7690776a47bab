"""Form of the frame tables and of the light verbs; whether their examples are read right is tested elsewhere."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from khabar.extractor import RuleExtractor
from khabar.frames import written
from khabar.model import Record
from khabar.text import fold

LEXICON = Path(__file__).parents[1] / "ontology" / "lexicon"
ONTOLOGY = LEXICON.parent / "conflict.ttl"
TABLES = sorted((LEXICON / "frames").glob("*.tsv"))
LISTS = ("never:", "not:", "needs:")
COLUMNS = ["verb", "nouns", "participles", "roles", "flags", "example", "expect"]
LIGHT = ["verb", "subj", "obj_prep", "slots", "example", "participle", "noun"]
RELATIONS = frozenset(
    "supports supplies hires alliedWith opposes controls basedIn leads partOf memberOf affiliatedWith holdsPosition"
    " locatedIn".split()
)
EVENT_ROLES = frozenset("agent target recipient instrument place about participant".split())
FLAGS = frozenset("armed force weapon person place durative symmetric toll takes joins apart said".split())
PREPOSITIONS = frozenset(
    "إلى_جانب في_صفوف ضمن_صفوف في_وجه"
    " ب ل ك من على إلى في مع عن ضد بين نحو باتجاه داخل ضمن تحت قرب فوق خلف أمام قبالة وسط لدى بحق".split()
)
SLOTS = {"subj", "obj"} | PREPOSITIONS | EVENT_ROLES | {"s", "o"}
PRINCIPAL_PARTS = re.compile(r"[ء-ي]{2,8}/ي[ء-ي]{1,8}")
PARTICIPLE = re.compile(r"[ap]:[ء-ي]+")

Row = dict[str, str]


def read(path: Path) -> tuple[list[str], list[Row]]:
    with path.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
        found = list(table)
        return list(table.fieldnames or []), found


def pairs(text: str, mark: str | None = None) -> dict[str, str]:
    parts = [x.strip().partition("=") for x in text.split(mark) if x.strip()]
    assert all(equals and value for _, equals, value in parts), text
    assert len({key for key, _, _ in parts}) == len(parts), f"a slot or role twice: {text}"
    return {key: value for key, _, value in parts}


def words(row: Row, column: str) -> list[str]:
    return [x.strip() for x in row[column].split("|") if x.strip()]


@pytest.fixture(params=TABLES, ids=[p.stem for p in TABLES])
def table(request: pytest.FixtureRequest) -> tuple[str, list[Row]]:
    path: Path = request.param
    header, found = read(path)
    assert header == COLUMNS
    assert found
    return path.stem, found


def test_every_table_is_a_term_of_the_ontology() -> None:
    ontology = ONTOLOGY.read_text(encoding="utf-8")
    for path in TABLES:
        kind = "owl:ObjectProperty" if path.stem in RELATIONS else "owl:Class"
        assert re.search(rf"^:{path.stem} a {kind}", ontology, re.MULTILINE), path.stem


def test_every_relation_that_words_express_has_a_table() -> None:
    assert {p.stem for p in TABLES} >= RELATIONS


def test_cells(table: tuple[str, list[Row]]) -> None:
    _, found = table
    for row in found:
        assert set(row) == set(COLUMNS)
        assert all(value is not None for value in row.values()), row
        assert row["verb"] or row["nouns"] or row["participles"], row
        assert all(PRINCIPAL_PARTS.fullmatch(x) for x in words(row, "verb")), row["verb"]
        assert all(re.fullmatch(r"[ء-ي]+( [ء-ي]+)*", x) for x in words(row, "nouns")), row["nouns"]
        assert all(PARTICIPLE.fullmatch(x) for x in row["participles"].split()), row["participles"]
        assert {f for f in row["flags"].split() if not f.startswith(LISTS)} <= FLAGS, row["flags"]


def test_words_of_flags_are_words_as_they_are_met(table: tuple[str, list[Row]], extractor: RuleExtractor) -> None:
    for row in table[1]:
        for flag in (f for f in row["flags"].split() if f.startswith(LISTS)):
            for word in flag.partition(":")[2].split("|"):
                met = written(extractor.analyser.read(Record(word, "test"), []).tokens)
                assert fold(word) in met, (row["verb"], word)


def test_roles(table: tuple[str, list[Row]]) -> None:
    term, found = table
    allowed = {"s", "o", "about"} if term in RELATIONS else EVENT_ROLES
    for row in found:
        roles = pairs(row["roles"])
        slots = {k: v for k, v in roles.items() if k not in ("gen", "adj")}
        assert slots, row
        assert set(slots) <= SLOTS, row["roles"]
        assert set(slots.values()) <= allowed, row["roles"]
        assert term not in RELATIONS or {"s", "o"} <= set(slots.values()), row["roles"]
        assert roles.get("gen", "في") in {*slots, "في"}, row["roles"]
        assert roles.get("adj", "none") in {*slots, "none", "في"}, row["roles"]


def test_examples(table: tuple[str, list[Row]]) -> None:
    term, found = table
    allowed = {"trigger", "s", "o"} if term in RELATIONS else {"trigger", *EVENT_ROLES}
    for row in found:
        expect = pairs(row["expect"], ";")
        assert "trigger" in expect, row
        assert set(expect) <= allowed, row["expect"]
        for value in expect.values():
            assert all(part in row["example"] for part in value.split("|")), (row["example"], value)


def test_no_word_stands_twice_in_a_table(table: tuple[str, list[Row]]) -> None:
    _, found = table
    for column in ("verb", "nouns"):
        seen = Counter(x for row in found for x in words(row, column))
        assert not [x for x, n in seen.items() if n > 1]


def test_every_example_is_its_own() -> None:
    seen = Counter(row["example"] for path in TABLES for row in read(path)[1])
    assert not [x for x, n in seen.items() if n > 1]


def test_breadth() -> None:
    found = [row for path in TABLES for row in read(path)[1]]
    columns = ("verb", "nouns")
    pairs = {(p.stem, x) for p in TABLES for row in read(p)[1] for column in columns for x in words(row, column)}
    assert len(found) >= 700
    assert len(pairs) >= 1900


def test_light_verbs() -> None:
    header, found = read(LEXICON / "light_verbs.tsv")
    assert header == LIGHT
    for row in found:
        assert PRINCIPAL_PARTS.fullmatch(row["verb"]), row
        assert row["subj"] in {"subj", "obj", "في", ""}, row
        assert row["obj_prep"] in PREPOSITIONS | {""}, row
        slots = pairs(row["slots"])
        assert set(slots) <= {"obj"} | PREPOSITIONS, row
        assert set(slots.values()) <= {"subj", "obj"} | PREPOSITIONS, row
        assert row["example"], row
        assert re.fullmatch(r"(م[ء-ي]+|[ء-ي]ا[ء-ي]+)?", row["participle"]), row
    keys = [(r["verb"], r["obj_prep"], r["subj"]) for r in found]
    assert len(set(keys)) == len(keys)
