"""Evaluation: exact figures, tables and errors of a document made by hand."""

import csv
import io
import json
from pathlib import Path

import pytest

from annotated import GOLD, write_gold
from handmade import EXTRACTION, TEXT, Catalogue, Schema
from khabar.rdf import to_rdf
from khabar.store import Store

ROOT = Path(__file__).resolve().parents[1]
STANCE = ROOT / "benchmarks" / "gold" / "stance"


def prf(right: int, extra: int, missed: int) -> dict[str, float]:
    p, r = right / (right + extra), right / (right + missed)
    f = round(2 * p * r / (p + r), 3)
    found = {"P": round(p, 3), "R": round(r, 3), "F1": f, "gold": right + missed, "found": right + extra}
    return found | {"low": f, "high": f}


def share(right: int, of: int) -> dict[str, float]:
    value = round(right / of, 3)
    return {"value": value, "of": of, "low": value, "high": value}


FIGURES = {
    "mentions exact": prf(7, 1, 2),  # the source has other words, one name is missed
    "mentions overlap": prf(8, 0, 1),
    "mentions exact+class": prf(6, 2, 3),  # and the brigade another class
    "links found": share(1, 2),
    "links right when given": share(1, 2),
    "relations": prf(2, 1, 1),
    "relations lenient": prf(2, 1, 1),
    "event triggers": prf(2, 0, 1),
    "events": prf(2, 0, 1),
    "event roles": prf(4, 2, 1),
    "event roles lenient": prf(4, 2, 1),
    "when": share(0, 1),
    "evidence": share(2, 2),
    "stance modality": share(4, 4),
    "stance polarity": share(4, 4),
    "stance certainty": share(3, 4),
    "stance source": share(4, 4),
    "not-fact": prf(2, 0, 1),
    "facts precision": share(1, 2),
    "facts unsafe": share(1, 3),
    "facts unbacked": {"value": 0, "of": 4},  # two relations, the strike, and that it was for the government
}


@pytest.fixture
def gold(tmp_path):
    return str(write_gold(tmp_path / "gold"))


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    with Store.open(path, write=True, create=True) as opened:
        opened.replace(to_rdf(EXTRACTION, Catalogue(), Schema()))
    return str(path)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_figures_are_those_counted_by_hand(khabar, gold, store):
    code, out, err = khabar("evaluate", gold, store, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"figures": FIGURES}
    assert list(json.loads(out)["figures"]) == list(FIGURES)


def test_a_file_of_quads_gives_the_figures_of_the_store(khabar, gold, store, tmp_path):
    quads = str(tmp_path / "all.nq")
    khabar("export", store, "-o", quads)
    assert khabar("evaluate", gold, quads)[1] == khabar("evaluate", gold, store)[1]


def test_text_has_a_line_for_each_figure(khabar, gold, store):
    lines = khabar("evaluate", gold, store)[1].splitlines()
    assert lines[0].split() == ["figures", "P", "R", "F1", "value", "gold", "found", "of", "low", "high"]
    assert lines[1].split() == "mentions exact 0.875 0.778 0.824 9 8 0.824 0.824".split()
    assert lines[4].split() == "links found 0.5 2 0.5 0.5".split()
    assert len(lines) == 1 + len(FIGURES) + 1


def test_tables_by_class(khabar, gold, store):
    tables = json.loads(khabar("evaluate", gold, store, "--by", "class", "-f", "json")[1])["tables"]
    columns = ("P", "R", "gold", "found")
    assert {
        title: {name: tuple(row[c] for c in columns) for name, row in t.items()} for title, t in tables.items()
    } == {
        "mentions": {
            "Person": (1.0, 0.667, 3, 2),
            "Country": (1.0, 1.0, 2, 2),
            "Government": (1.0, 1.0, 1, 1),
            "Militia": (0.0, 0.0, 1, 0),
            "Settlement": (1.0, 1.0, 1, 1),
            "UnnamedSource": (1.0, 1.0, 1, 1),
            "MilitaryUnit": (0.0, 0.0, 0, 1),
        },
        "events": {
            "Strike": (1.0, 1.0, 1, 1),
            "ViolentEvent": (0.0, 0.0, 1, 0),
            "Withdrawal": (1.0, 1.0, 1, 1),
        },
        "relations": {"supports": (1.0, 1.0, 2, 2), "opposes": (0.0, 0.0, 1, 1)},
        "roles": {
            "agent": (1.0, 1.0, 2, 2),
            "about": (1.0, 1.0, 1, 1),
            "target": (1.0, 1.0, 1, 1),
            "place": (0.0, 0.0, 0, 1),
            "recipient": (0.0, 0.0, 0, 1),
        },
        "modality": {"Happened": (1.0, 1.0, 3, 3), "Planned": (1.0, 1.0, 1, 1)},
        "polarity": {"Affirmed": (1.0, 1.0, 3, 3), "Negated": (1.0, 1.0, 1, 1)},
        "certainty": {"Certain": (0.667, 1.0, 2, 3), "Possible": (1.0, 1.0, 1, 1), "Probable": (0.0, 0.0, 1, 0)},
    }


def test_table_by_phenomenon_tells_what_became_a_fact(khabar, gold, store):
    found = rows(khabar("evaluate", gold, store, "--by", "phenomenon", "-f", "tsv")[1])
    assert [tuple(row.values())[1:] for row in found] == [
        ("plainly told, outlet's own voice", "3", "1", "0.333", "1.0", "1"),
        ("denied or negated", "1", "1", "1.0", "1.0", "0"),
        ("probable", "1", "1", "1.0", "0.0", "1"),
        ("possible", "1", "1", "1.0", "1.0", "0"),
        ("planned", "1", "1", "1.0", "1.0", "0"),
        ("denied, hedged or not happened, attributed", "2", "2", "1.0", "1.0", "0"),
    ]


def test_markdown_has_the_tables_alone(khabar, gold, store):
    assert khabar("evaluate", gold, store, "--by", "relations", "-f", "md")[1].splitlines() == [
        "| relations | P | R | F1 | gold | found |",
        "|---|---|---|---|---|---|",
        "| supports | 1.0 | 1.0 | 1.0 | 2 | 2 |",
        "| opposes | 0.0 | 0.0 | 0.0 | 1 | 1 |",
        "",
    ]


ERRORS = [
    ("argument", "role", "", "place طرابلس", "قصف"),
    ("argument", "role", "", "recipient حكومة الوفاق", "قصف"),
    ("stance", "event", "Strike: Happened, Affirmed, Probable, nobody cited",
     "Happened, Affirmed, Certain, nobody cited, told as a fact", "قصف"),
    ("date", "event", "Strike 2019-10-28", "2019-10-27", "قصف"),
    ("link", "entity", "طرابلس NIL", "Q3579", "طرابلس"),
    ("missed", "event", "ViolentEvent", "", "قتل"),
    ("link", "entity", "حكومة الوفاق Q22120970", "no id", "حكومة الوفاق"),
    ("argument", "relation", "حفتر opposes حكومة الوفاق", "حفتر opposes تركيا", "وتعادي حفتر"),
    ("span", "mention", "مصدر", "مصدر عسكري", "مصدر"),
    ("class", "mention", "Militia", "MilitaryUnit", "اللواء التاسع"),
    ("missed", "mention", "Person", "", "حفتر"),
]  # fmt: skip


def test_each_error_is_listed_once_in_text_order(khabar, gold, store):
    code, out, _ = khabar("evaluate", gold, store, "--errors", "all", "-f", "tsv")
    assert code == 0
    found = rows(out)
    assert [(r["kind"], r["layer"], r["gold"], r["found"], r["words"]) for r in found] == ERRORS
    assert {r["document"] for r in found} == {"hand-1"}
    for r in found:
        begin, end = int(r["begin"]), int(r["end"])
        assert TEXT[begin:end] == r["words"]
        assert r["before"] + r["words"] + r["after"] in TEXT


def test_an_error_stands_in_its_sentence(khabar, gold, store):
    out = khabar("evaluate", gold, store, "--errors", "class")[1]
    assert out.startswith(
        f"hand-1  class mention, characters {TEXT.index('اللواء')}-{TEXT.index('اللواء') + 13}\n"
        "  gold:  Militia\n  found: MilitaryUnit\n"
        "  وقال مصدر عسكري إن [[اللواء التاسع]] قد ينسحب.\n\n1 error: 1 class\n\nfigures "
    )


def test_what_is_spurious_is_listed(khabar, store, tmp_path):
    bare = GOLD | {"events": [], "relations": [], "entities": GOLD["entities"][1:]}
    gold = str(write_gold(tmp_path / "gold", bare))
    found = json.loads(khabar("evaluate", gold, store, "--errors", "spurious", "-f", "json")[1])["errors"]
    assert [(e["layer"], e["found"], e["words"]) for e in found] == [
        ("event", "Strike", "قصف"),
        ("mention", "Person", "حفتر"),
        ("relation", "تركيا supports حكومة الوفاق", "تركيا تدعم حكومة الوفاق"),
        ("relation", "حفتر opposes تركيا", "وتعادي حفتر"),
        ("mention", "Person", "حفتر"),
        ("event", "Withdrawal", "ينسحب"),
        ("relation", "تركيا supports حفتر", "أنها تدعم حفتر"),
    ]
    assert [e["gold"] for e in found] == [""] * 7


def test_a_wrong_relation_between_the_right_ends_is_one_error_of_class(khabar, store, tmp_path):
    hired = [{**GOLD["relations"][0], "p": "hires"}]
    gold = str(write_gold(tmp_path / "gold", GOLD | {"relations": hired}))
    found = json.loads(khabar("evaluate", gold, store, "--errors", "class", "-f", "json")[1])["errors"]
    assert [(e["gold"], e["found"]) for e in found if e["layer"] == "relation"] == [
        ("تركيا hires حكومة الوفاق", "تركيا supports حكومة الوفاق")
    ]


def test_documents_that_the_store_lacks_are_missed_in_full(khabar, gold, store):
    other = GOLD | {"id": "other", "relations": [], "events": []}
    (Path(gold) / "other.json").write_text(json.dumps(other), encoding="utf-8")
    (Path(gold) / "other.txt").write_text(TEXT, encoding="utf-8")
    code, out, err = khabar("evaluate", gold, store, "-f", "json")
    assert (code, err) == (0, "note: 1 of 2 documents are not there, all missed: other\n")
    found = json.loads(out)["figures"]["mentions overlap"]
    assert (found["gold"], found["found"], found["R"]) == (18, 8, 0.444)
    assert (found["low"], found["high"]) == (0.0, 0.941)
    (Path(gold) / "hand-1.json").unlink()
    code, out, err = khabar("evaluate", gold, store)
    assert (code, out) == (2, "")
    assert err.endswith("holds none of the 1 annotated documents; --records writes them for it\n")


def test_texts_become_records(khabar, gold, tmp_path):
    target = tmp_path / "texts.jsonl"
    assert khabar("evaluate", gold, "--records", str(target)) == (0, "", "")
    assert json.loads(target.read_text("utf-8")) == {"id": "hand-1", "text": TEXT, "date": "2019-10-28"}


def test_without_a_store_the_texts_are_read(khabar, tmp_path, monkeypatch, extractor):
    monkeypatch.setattr("khabar.extractor.RuleExtractor", lambda: extractor)
    (tmp_path / "st-01.json").write_bytes((STANCE / "st-01.json").read_bytes())
    (tmp_path / "st-01.txt").write_bytes((STANCE / "st-01.txt").read_bytes())
    code, out, err = khabar("evaluate", str(tmp_path / "st-01.json"), "-f", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["figures"]["mentions exact"]["gold"] == 19
