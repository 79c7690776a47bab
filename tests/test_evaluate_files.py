"""Evaluation: what is said of bad files and wrong use; the scheme, the guide and the pages of figures."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from annotated import GOLD, write_gold
from handmade import EXTRACTION, Catalogue, Schema
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


@pytest.fixture
def gold(tmp_path):
    return str(write_gold(tmp_path / "gold"))


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    with Store.open(path, write=True, create=True) as opened:
        opened.replace(to_rdf(EXTRACTION, Catalogue(), Schema()))
    return str(path)


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
