"""Commands: what they print, where, and how they end."""

import json
import subprocess
import sys

import pytest
from pyoxigraph import NamedNode

from handmade import EXTRACTION, RECORD, Catalogue, Reader, Schema, article
from khabar import cli, iri
from khabar.rdf import to_rdf
from khabar.store import Store

KEY = iri.document_key(RECORD)
OTHER = article(1, ("tr", "supports", "haftar"))


class FakeExtractor(Reader):
    """Stands in for the models."""

    kb = Catalogue()

    def __init__(self):
        super().__init__(OTHER)


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    with Store.open(path, write=True, create=True) as opened:
        opened.put_ontology()
        for extraction in (EXTRACTION, OTHER):
            opened.replace(to_rdf(extraction, Catalogue(), Schema()))
    return str(path)


@pytest.fixture
def articles(tmp_path, monkeypatch):
    monkeypatch.setattr("khabar.extractor.RuleExtractor", FakeExtractor)
    path = tmp_path / "articles.jsonl"
    records = [{"text": r.text, "id": r.id, "url": r.url, "date": r.date} for r in (RECORD, OTHER.record)]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def test_help_lists_the_commands_and_each_has_its_manual(khabar):
    code, out, _ = khabar("--help")
    assert code == 0
    for command in cli.COMMANDS:
        assert f"\n  {command} " in out
        code, manual, _ = khabar(command, "--help")
        assert code == 0
        assert manual.startswith(f"Usage: khabar {command}")
        assert "..." not in next(line for line in out.splitlines() if line.startswith(f"  {command} "))


def test_version(khabar):
    assert khabar("--version")[:2] == (0, "khabar 0.1.0\n")


def test_without_arguments_the_help_is_shown_as_wrong_use(khabar):
    code, out, _ = khabar()
    assert code == 2
    assert out.startswith("Usage:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["build", "x"], "Missing option '--store'"),
        (["query", "STORE", "nothing"], "no query is named 'nothing'"),
        (["query", "NONE", "documents"], "there is no store; make one"),
        (["query", "STORE", "missing.rq"], "the query cannot be read"),
        (["query", "STORE", "backers", "-p", "entity"], "is not KEY=VALUE"),
        (["query", "STORE", "backers", "-p", "x=1"], "has no parameter x"),
        (["query", "STORE", "backers", "--format", "xls"], "there is no format 'xls'"),
        (["query", "STORE", "backers", "--format", "ttl"], "give no triples"),
        (["show", "STORE", "لا أحد"], "nothing in"),
        (["forget", "STORE", "nothing"], "there is no document 'nothing'"),
        (["export", "STORE", "--format", "xls"], "there is no format 'xls'"),
        (["export", "STORE", "--graph", "xls"], "there is no graph 'xls'"),
    ],
)
def test_wrong_use_is_one_line_and_two(khabar, store, arguments, words):
    code, out, err = khabar(*(store if word == "STORE" else word for word in arguments))
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith("khabar: ")
    assert err.count("\n") == 1


def test_build_stores_resumes_and_sums_up(khabar, articles, tmp_path):
    store = str(tmp_path / "built")
    code, out, err = khabar("build", str(articles), "--store", store)
    assert (code, out) == (0, "")
    assert err == "2 documents, 12 mentions, 8 entities, 8 claims, 5 facts in the store, 0 problems\n"
    code, _, err = khabar("build", str(articles), "--store", store)
    assert code == 0
    assert err.endswith(
        "0 documents, 0 mentions, 0 entities, 0 claims, 5 facts in the store, 0 problems (2 were there already)\n"
    )
    code, _, err = khabar("build", str(articles), "--store", store, "--again")
    assert err.startswith("2 documents")


@pytest.mark.parametrize(("option", "asked"), [("--guess-names", [True]), ("--no-guess-names", [])])
def test_build_guesses_names_when_asked(khabar, articles, tmp_path, monkeypatch, option, asked):
    guessed = []

    def extractor(*_, guess_names=False):
        guessed.extend([True] * guess_names)
        return FakeExtractor()

    monkeypatch.setattr("khabar.extractor.RuleExtractor", extractor)
    assert khabar("build", str(articles), "--store", str(tmp_path / "built"), option)[0] == 0
    assert guessed == asked


def test_build_reports_problems_and_goes_on(khabar, articles, tmp_path):
    with articles.open("a", encoding="utf-8") as file:
        file.write('{"text": "broken", "id": "x"}\nno json\n')
    code, _, err = khabar("build", str(articles), str(tmp_path / "none.txt"), "--store", str(tmp_path / "built"))
    assert code == 1
    lines = err.splitlines()
    assert [line.startswith("problem: ") for line in lines] == [True, True, True, False]
    assert "articles.jsonl:3: reading failed" in lines[0]
    assert "articles.jsonl:4: broken JSON" in lines[1]
    assert "none.txt" in lines[2]
    assert lines[3].startswith("2 documents")
    assert lines[3].endswith("3 problems")


def test_build_refuses_a_wrong_date(khabar, articles, tmp_path):
    code, _, err = khabar("build", str(articles), "--store", str(tmp_path / "built"), "--date", "yesterday")
    assert code == 2
    assert "'yesterday' is not a date" in err


def test_query_formats(khabar, store):
    text = "SELECT ?who ?n { ?who :supports entity:haftar BIND(3 AS ?n) }"
    file = f"{store}.rq"
    with open(file, "w", encoding="utf-8") as output:
        output.write(text)
    assert khabar("query", store, file)[:2] == (0, "who         n\n─────────────\nentity:tr   3\n1 row\n")
    assert khabar("query", store, file, "-f", "csv")[1] == "who,n\r\nhttps://w3id.org/khabar/entity/tr,3\r\n"
    rows = json.loads(khabar("query", store, file, "-f", "json")[1])["results"]["bindings"]
    assert rows[0]["who"]["value"] == iri.entity("tr")


def test_query_gives_triples_and_truth(khabar, store, tmp_path):
    path = tmp_path / "q.rq"
    path.write_text("CONSTRUCT { ?s :supports ?o } WHERE { ?s :supports ?o FILTER(?o = entity:haftar) }")
    assert khabar("query", store, str(path))[1].endswith("entity:tr :supports entity:haftar .\n")
    path.write_text("ASK { ?s :supports entity:haftar }")
    assert khabar("query", store, str(path))[1] == "yes\n"


def test_query_named_with_parameter(khabar, store):
    code, out, _ = khabar("query", store, "backers", "-p", "entity=Q43", "--format", "csv")
    assert code == 0
    assert out.count("\n") == 1
    code, out, _ = khabar("query", store, "backers", "-p", "entity=haftar", "--format", "csv")
    assert out.count(iri.entity("tr")) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * {service<http://x.example/>{ ?s ?p ?o } }", "SERVICE"),
        ("LOAD <http://x.example/>", "LOAD"),
        ("# a comment\nDELETE WHERE { ?s ?p ?o }", "DELETE"),
        (r"SELECT * { \u0053ERVICE <http://x.example/> { ?s ?p ?o } }", r"\u"),
    ],
)
def test_query_stays_offline_and_reads_only(khabar, store, tmp_path, text, word):
    path = tmp_path / "q.rq"
    path.write_text(text)
    code, out, err = khabar("query", store, str(path))
    assert (code, out) == (2, "")
    assert word in err
    assert "refused" in err


def test_words_in_strings_names_and_comments_are_no_keywords(khabar, store, tmp_path):
    path = tmp_path / "q.rq"
    path.write_text(
        "# SERVICE\nPREFIX load: <urn:LOAD> SELECT ?service { ?service load:add ?x FILTER(?x != 'SERVICE <a>' && 1<2) }"
    )
    assert khabar("query", store, str(path))[0] == 0


def test_queries_lists_questions_in_both_languages(khabar):
    code, out, _ = khabar("queries")
    assert code == 0
    assert "backers\n" in out
    assert "؟" in out
    assert "-p entity=haftar" in out


@pytest.mark.parametrize(
    "name", ["haftar", "entity:haftar", iri.entity("haftar"), "خليفة حفتر", "Khalifa Haftar", "حفتر"]
)
def test_show_entity(khabar, store, name):
    code, out, _ = khabar("show", store, name)
    assert code == 0
    assert out.startswith("Khalifa Haftar · خليفة حفتر\n  entity:haftar, Person\n  also: حفتر\n")
    assert "disputed Turkey · تركيا supports Khalifa Haftar · خليفة حفتر\n" in out
    denied = out.partition("« أنها تدعم حفتر »\n")[2]
    assert denied.startswith("       Ongoing, Negated, Certain; said by Turkey · تركيا; hand-1 ")


def test_show_by_wikidata_id(khabar, store):
    assert khabar("show", store, "Q3579")[1].startswith("Tripoli · طرابلس\n  entity:gn-8, Settlement, wd:Q3579\n")


@pytest.mark.parametrize("name", [KEY, "hand-1", RECORD.url, iri.document(KEY), f"doc:{KEY}"])
def test_show_document(khabar, store, name):
    code, out, _ = khabar("show", store, name)
    assert code == 0
    assert out.startswith(f"قصف طرابلس\n  doc:{KEY}\n")
    assert out.count("\nfact   ") == 4
    assert out.count("\nclaim  ") == 3


@pytest.mark.parametrize("form", ["{}", "event:{}", "event/{}"])
def test_show_event(khabar, store, form):
    with Store.open(store) as opened:
        kind = NamedNode(iri.NS + "Strike")
        (event,) = {quad.subject.value for quad in opened.quads(predicate=NamedNode(iri.RDF + "type"), obj=kind)}
    name = event if form == "{}" else form.format(event.rpartition("/")[2])
    code, out, _ = khabar("show", store, name)
    assert code == 0
    assert out.splitlines()[1] == f"  event:{event.rpartition('/')[2]}, Strike"
    assert "Strike" in out.partition("\n\n")[2]


def test_show_may_be_cut(khabar, store):
    assert "and 5 more claims; show them with --limit 7" in khabar("show", store, KEY, "--limit", "2")[1]


def test_show_suggests_names(khabar, store):
    assert "did you mean" in khabar("show", store, "Hafta")[2]


def test_export_to_file_and_screen_is_the_same(khabar, store, tmp_path):
    code, out, _ = khabar("export", store)
    assert code == 0
    assert khabar("export", store, "-o", str(tmp_path / "x.nq"))[:2] == (0, "")
    assert (tmp_path / "x.nq").read_text(encoding="utf-8") == out
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_validate_finds_nothing_in_a_good_store(khabar, store):
    code, out, err = khabar("validate", store)
    assert (code, out) == (0, "")
    assert err.endswith("2 documents, 0 problems\n")


def test_validate_finds_what_is_wrong(khabar, store):
    claim = "<https://w3id.org/khabar/claim/0>"
    triple = f"<{iri.entity('tr')}> <{iri.NS}hires> <{iri.entity('haftar')}>"
    with Store.open(store, write=True) as opened:
        opened._update(
            [
                f"INSERT DATA {{ GRAPH <{iri.FACTS}> {{ {triple} }} GRAPH <{iri.ENTITIES}> {{ {triple} }} }}",
                f"INSERT DATA {{ GRAPH <{iri.document_graph(KEY)}> {{ {claim} a <{iri.NS}Claim> }} }}",
            ]
        )
    code, out, err = khabar("validate", store, "--no-shapes")
    assert code == 1
    assert "triple in two graphs: entity:tr :hires entity:haftar" in out
    assert "fact without a claim: entity:tr :hires entity:haftar" in out
    assert out.count("claim that lacks a property: claim:0 ") == 9
    assert err.endswith("11 problems\n")


def test_forget(khabar, store):
    code, out, err = khabar("forget", store, "hand-1")
    assert (code, out) == (0, "")
    assert err == f"forgot document {KEY}, 4 facts with it\n"
    assert khabar("export", store, "--graph", "facts")[1].count("\n") == 1


def test_query_starts_without_the_models(store):
    """What makes it start at once is what it does not load."""
    code = (
        "import sys; from khabar.cli import run\n"
        "assert run(['query', sys.argv[1], 'documents']) == 0\n"
        "sys.exit(', '.join(sorted({'spacy', 'owlready2', 'rdflib', 'pyshacl', 'numpy'} & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, store], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_is_no_error(store):
    command = f"'{sys.executable}' -m khabar export '{store}' | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_show_explains_a_claim_in_both_languages(khabar, store):
    shown = khabar("show", store, "hand-1")[1]
    claim = next(block for block in shown.split("\n\n") if "« أنها تدعم حفتر »" in block).rpartition("; ")[2].strip()
    code, out, _ = khabar("show", store, claim)
    assert code == 0
    assert out.splitlines()[4:] == [
        "",
        "  told by the frame supports/دعم",
        "  told as going on, denied, without hedge, it does not count as a fact",
        "  said by Turkey · تركيا",
        "  confidence 0.7: the estimated share of its like that is right",
        "",
        "  الدليل: الإطار supports/دعم",
        "  الموقف: ذُكر على أنه قائم، منفيا، بلا تحفظ، لا يُعدّ من الحقائق",
        "  القائل: Turkey · تركيا",
        "  الثقة 0.7: النسبة المقدرة للصحيح من أمثاله",
    ]
    assert khabar("show", store, claim.replace("claim:", iri.BASE + "claim/"))[1] == out


def test_min_confidence_is_said_in_the_summary(khabar, articles, tmp_path):
    code, _, err = khabar("build", str(articles), "--store", str(tmp_path / "s"), "--min-confidence", "0.95")
    assert code == 0
    assert "1 claims, 1 facts in the store, 0 problems, 8 claims below 0.95 left out\n" in err
    code, _, err = khabar("build", str(articles), "--store", str(tmp_path / "s"), "--min-confidence", "2")
    assert code == 2
    assert "--min-confidence" in err


def test_show_explains_an_event_with_its_trigger_and_who_fills_what(khabar, store):
    shown = khabar("show", store, "hand-1")[1]
    claim = next(block for block in shown.split("\n\n") if "Happened, Affirmed" in block and "Strike (" in block)
    out = khabar("show", store, claim.rpartition("; ")[2].strip())[1]
    assert out.splitlines()[5:11] == [
        "  told by the frame Strike/قصف « قصف »",
        "  agent (Khalifa Haftar · خليفة حفتر): an argument beside the word that tells it",
        "  target (Tripoli · طرابلس): an argument beside the word that tells it",
        "  told as having happened, affirmed, without hedge, it counts as a fact",
        "  said by nobody but the outlet",
        "  confidence 0.85: the estimated share of its like that is right",
    ]
