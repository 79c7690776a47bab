"""Evaluation: exact figures, tables and errors of a document made by hand, and what is said of bad files."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handmade import EXTRACTION, TEXT, Catalogue, Schema
from khabar import cli, iri
from khabar.evaluate import scheme
from khabar.evaluate.gold import GoldDocument, GoldEntity, find, read_gold, records
from khabar.evaluate.graph import open_graph
from khabar.evaluate.pairs import pair
from khabar.model import Record
from khabar.ontology import Ontology
from khabar.pipeline import Build
from khabar.rdf import to_rdf
from khabar.store import Store

ROOT = Path(__file__).resolve().parents[1]
STANCE = ROOT / "benchmarks" / "gold" / "stance"
PLAIN = {"polarity": "Affirmed", "certainty": "Certain", "source": None}
GOLD = {
    "id": "hand-1",
    "date": "2019-10-28",
    "entities": [
        {"id": "haftar", "class": "Person", "name": "حفتر", "qid": None,
         "mentions": [["حفتر", 1], ["حفتر", 2], ["حفتر", 3]]},
        {"id": "tripoli", "class": "Settlement", "name": "طرابلس", "qid": "NIL", "mentions": [["طرابلس", 1]]},
        {"id": "turkey", "class": "Country", "name": "تركيا", "qid": "Q43", "mentions": [["تركيا", 1], ["تركيا", 2]]},
        {"id": "gna", "class": "Government", "name": "حكومة الوفاق", "qid": "Q22120970",
         "mentions": [["حكومة الوفاق", 1]]},
        {"id": "source", "class": "UnnamedSource", "name": "مصدر", "qid": None, "mentions": [["مصدر", 1]]},
        {"id": "brigade", "class": "Militia", "name": "اللواء التاسع", "qid": None, "mentions": ["اللواء التاسع"]},
    ],
    "relations": [
        {"s": "turkey", "p": "supports", "o": "gna", "evidence": ["تركيا تدعم حكومة الوفاق", 1], "modality": "Ongoing",
         **PLAIN},
        {"s": "haftar", "p": "opposes", "o": "gna", "evidence": ["وتعادي حفتر", 1], "modality": "Ongoing", **PLAIN},
        {"s": "turkey", "p": "supports", "o": "haftar", "evidence": ["أنها تدعم حفتر", 1], "modality": "Ongoing",
         "polarity": "Negated", "certainty": "Certain", "source": "turkey"},
    ],
    "events": [
        {"id": "v1", "class": "Strike", "trigger": ["قصف", 1], "agent": ["haftar"], "target": ["tripoli"],
         "when": "2019-10-28", "status": "Happened", **PLAIN, "certainty": "Probable"},
        {"id": "v2", "class": "Withdrawal", "trigger": ["ينسحب", 1], "agent": ["brigade"], "about": ["v1"],
         "status": "Planned", "polarity": "Affirmed", "certainty": "Possible", "source": "source"},
        {"id": "v3", "class": "ViolentEvent", "trigger": ["قتل", 1], "agent": ["haftar"], "status": "Happened",
         **PLAIN},
    ],
}  # fmt: skip


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


def write_gold(folder: Path, document: object = GOLD, text: str = TEXT) -> Path:
    folder.mkdir(exist_ok=True)
    source = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "hand-1.json").write_text(source, encoding="utf-8")
    (folder / "hand-1.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def gold(tmp_path):
    return str(write_gold(tmp_path / "gold"))


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    with Store.open(path, write=True, create=True) as opened:
        opened.replace(to_rdf(EXTRACTION, Catalogue(), Schema()))
    return str(path)


@pytest.fixture
def khabar(capfd):
    """Runs a command line: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(list(arguments))
        return code, *capfd.readouterr()

    return run


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
    monkeypatch.setattr("khabar.extract.RuleExtractor", lambda: extractor)
    (tmp_path / "st-01.json").write_bytes((STANCE / "st-01.json").read_bytes())
    (tmp_path / "st-01.txt").write_bytes((STANCE / "st-01.txt").read_bytes())
    code, out, err = khabar("evaluate", str(tmp_path / "st-01.json"), "-f", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["figures"]["mentions exact"]["gold"] == 19


ENTITY, TIE = GOLD["entities"][5], GOLD["relations"][0]
ALONE = {"relations": [], "events": []}


@pytest.mark.parametrize(
    ("document", "place", "words"),
    [
        ('{\n "id": 1,\n}', "}", "not JSON"),
        ({}, "{}", 'has no "id"'),
        (GOLD | {"date": "yesterday"}, '"date": "yesterday",', "date 'yesterday' is not YYYY"),
        (GOLD | {"events": None}, "{", '"events" is not a list'),
        (GOLD | {"relations": ["x"]}, '"x"', "'x' under relations is not an object"),
        (ALONE | {"entities": [{**ENTITY, "class": "Army"}]}, '"class": "Army",', "class 'Army' is none of Admin"),
        (ALONE | {"entities": [{**ENTITY, "mentions": ["دمشق"]}]}, '"دمشق"', "'دمشق' does not stand in hand-1.txt at"),
        (ALONE | {"entities": [{**ENTITY, "mentions": [["اللواء", 2]]}]}, '"اللواء",', "hand-1.txt a 2. time"),
        (ALONE | {"entities": [{**ENTITY, "mentions": [["اللواء", 0]]}]}, "{", "is no quotation"),
        (ALONE | {"entities": [{**ENTITY, "mentions": []}]}, "{", 'has no "mentions"'),
        (ALONE | {"entities": [{**ENTITY, "qid": "43"}]}, '"qid": "43",', "qid '43' of brigade is no Wikidata id"),
        (ALONE | {"entities": [{**ENTITY, "id": ""}]}, "{", 'an entity or event has no "id"'),
        (ALONE | {"entities": [ENTITY, ENTITY]}, '"id": "brigade",', "the id 'brigade' is used twice"),
        (GOLD | {"relations": [{**TIE, "o": "nobody"}]}, '"o": "nobody",', "relation supports: no entity or event has"),
        (GOLD | {"relations": [{**TIE, "modality": "Done"}]}, '"modality": "Done",', "modality 'Done' is none of"),
        (GOLD | {"events": [{**GOLD["events"][2], "agent": "gna"}]}, '"agent": "gna",', "agent of event v3 is not a"),
    ],
)
def test_a_bad_file_is_one_line_with_its_place(khabar, tmp_path, store, document, place, words):
    whole = {"id": "hand-1", **document} if "entities" in document and isinstance(document, dict) else document
    folder = write_gold(tmp_path / "gold", whole)
    code, out, err = khabar("evaluate", str(folder), store)
    assert (code, out) == (1, "")
    first, last = err.splitlines()
    path, line, what = first.removeprefix("problem: ").split(":", 2)
    assert path == str(folder / "hand-1.json")
    assert Path(path).read_text("utf-8").splitlines()[int(line) - 1].strip() == place
    assert words in what
    assert last == f"khabar: {folder}: 1 problems; nothing was measured"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["NONE", "STORE"], "there is no such folder; give one with annotated documents"),
        (["EMPTY", "STORE"], "no annotated document here"),
        (["GOLD", "NONE"], "there is no store"),
        (["GOLD", "TEXT"], "cannot be read as N-Quads"),
        (["GOLD", "STORE", "--by", "colour"], "there is no table 'colour'; choose one of class, phenomenon, mentions"),
        (["GOLD", "STORE", "--errors", "hand-1"], "there is no kind of error 'hand-1'; choose one of all, missed"),
        (["GOLD", "STORE", "--format", "xls"], "there is no format 'xls'; choose one of text, json, tsv, md"),
        (["GOLD", "STORE", "--errors", "all", "--format", "md"], "--format md has no errors"),
        (["GOLD", "--records", "NONE/x"], "cannot be written"),
    ],
)
def test_wrong_use_is_one_line(khabar, gold, store, tmp_path, arguments, words):
    (tmp_path / "empty").mkdir()
    names = {"GOLD": gold, "STORE": store, "NONE": str(tmp_path / "none"), "EMPTY": str(tmp_path / "empty"),
             "TEXT": f"{gold}/hand-1.txt", "NONE/x": str(tmp_path / "none" / "x")}  # fmt: skip
    code, out, err = khabar("evaluate", *(names.get(argument, argument) for argument in arguments))
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_text_that_is_missing_is_named(khabar, gold, store):
    (Path(gold) / "hand-1.txt").unlink()
    code, _, err = khabar("evaluate", gold, store)
    assert code == 1
    assert err.startswith(f"problem: {gold}/hand-1.txt:1: cannot be read (No such file or directory)")


def test_odd_quads_are_left_out(gold, tmp_path):
    """Programs of other people may leave out offsets, or put literals where nodes belong."""
    lines = [
        f'<http://x/d> <{iri.DCT}identifier> "hand-1" .',
        f"<http://x/d> <{iri.RDF}type> <{iri.NS}Document> .",
        f"<http://x/m> <{iri.RDF}type> <{iri.NS}Mention> .",
        f"<http://x/m> <{iri.NIF}referenceContext> <http://x/d> .",
        f'<http://x/n> <{iri.NIF}beginIndex> "0" .',
        f'<http://x/n> <{iri.NIF}endIndex> "3" .',
        f"<http://x/n> <{iri.RDF}type> <{iri.NS}Mention> .",
        f"<http://x/n> <{iri.NIF}referenceContext> <http://x/d> .",
        f'<http://x/n> <{iri.NS}refersTo> "a word" .',
    ]
    path = tmp_path / "odd.nq"
    path.write_text("\n".join(lines), encoding="utf-8")
    with open_graph(path) as graph:
        found = graph.document("hand-1")
    assert (found.present, found.broken) == (True, 1)
    assert [(m.span, m.node, m.classes) for m in found.mentions] == [((0, 3), "a word", frozenset())]
    assert (found.events, found.relations, found.qids) == ((), (), {})


def test_pairs_are_made_best_first_and_one_to_one():
    made = pair([3, 5], [4, 5, 9], lambda g, f: 1 / (1 + abs(g - f)) if abs(g - f) < 3 else 0)
    assert (made.pairs, made.missed, made.extra) == (((5, 5), (3, 4)), (), (9,))


def test_the_scheme_says_what_the_ontology_says():
    ontology = Ontology.load()
    assert ontology.classes >= scheme.CLASSES | scheme.EVENTS | scheme.SPEECH | scheme.OUTSIDE
    assert ontology.events >= scheme.EVENTS
    assert ontology.relations >= scheme.RELATIONS
    assert ontology.roles >= set(scheme.ROLES)
    assert ontology.subclasses("Communication") - {"Communication"} == scheme.SPEECH
    assert {p for p in scheme.RELATIONS if ontology.symmetric(p)} == scheme.SYMMETRIC
    above = {p: ontology.parents(p) & scheme.RELATIONS for p in scheme.RELATIONS}
    assert {p: set(up) for p, up in above.items() if up} == {p: {up} for p, up in scheme.PARENTS.items()}


def test_the_example_of_the_guide_is_a_good_file(tmp_path):
    guide = (ROOT / "docs" / "annotation.md").read_text(encoding="utf-8")
    text = re.search(r"The text of this example is «(.*)»:", guide)
    block = re.search(r"```json\n(.*?)```", guide, re.DOTALL)
    read = read_gold(write_gold(tmp_path / "gold", block[1], text[1]))
    assert read.problems == ()
    (document,) = read.documents
    assert [document.words(span) for entity in document.entities for span in entity.spans] == [
        "قوات الوفاق", "قوات الوفاق", "مطار الكفرة", "تركيا",
    ]  # fmt: skip
    assert document.events[0].roles == (("agent", "gna"), ("target", "airport"))


def test_occurrences_may_overlap_and_names_fall_back():
    assert find("اااا", "اا", 3) == (2, 4)
    document = GoldDocument("d", None, "نص", (GoldEntity("e", "Person", "فلان", None, ()),), (), ())
    assert (document.name("e"), document.name("x")) == ("فلان", "x")


@pytest.mark.parametrize("name", ["handmade", "stance", "dev"])
def test_figures_are_those_of_the_annotators_scorer(name, shared, tmp_path, extractor, gold, store):
    scorer = shared / "gold" / "score.py"
    folder = {"handmade": Path(gold), "stance": STANCE, "dev": shared / "gold" / "dev"}[name]
    if not scorer.is_file() or not folder.is_dir():
        pytest.skip(f"no {scorer} or {folder}")
    documents = read_gold(folder).documents
    if name != "handmade":
        store = str(tmp_path / "built")
        with Store.open(store, write=True, create=True) as opened:
            build = Build(opened, extractor, extractor.kb, extractor.ontology, problem=pytest.fail)
            build.run(Record(r["text"], r["id"], id=r["id"], date=r.get("date")) for r in records(documents))
    quads = tmp_path / "all.nq"
    assert cli.run(["export", store, "-o", str(quads)]) == 0
    done = subprocess.run(
        [sys.executable, str(scorer), str(folder), str(quads), "--json"], capture_output=True, text=True, check=True
    )
    ours = subprocess.run(
        [sys.executable, "-m", "khabar", "evaluate", str(folder), store, "-f", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ours.stdout)["figures"] == json.loads(done.stdout)


def test_each_table_of_the_quality_page_shows_its_command():
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    tables = re.findall(r"<!-- table: (.*?) -->\n(.*?)<!-- end -->", page, re.DOTALL)
    assert len(tables) == page.count("<!-- table") == 15
    for command, body in tables:
        assert body.startswith("\n| ")
        assert body.endswith(f"\n\n`{command}`\n\n")
