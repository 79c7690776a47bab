"""The Python API: what it gives, what other libraries make of it, what it refuses; and every example of its docs."""

from __future__ import annotations

import ast
import doctest
import html
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas
import polars
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

import khabar
from khabar import api, iri
from khabar.api import shapes
from khabar.api.filters import told_of
from khabar.api.frames import kind_of
from khabar.api.result import Result, Row, of_query
from khabar.api.shapes import Mark
from khabar.api.values import value
from khabar.errors import InputError, KhabarError, QueryError, ResourceError, StoreError

ROOT = Path(__file__).resolve().parents[1]
ARTICLES = ROOT / "examples" / "articles.jsonl"
MODULES = ["khabar", "khabar.api", *(m.name for m in pkgutil.iter_modules(api.__path__, "khabar.api."))]
EXACT = doctest.REPORT_ONLY_FIRST_FAILURE


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a store of the example articles in `news`."""
    made = tmp_path_factory.mktemp("api")
    with khabar.open(made / "news", write=True) as graph:
        added = graph.add(ARTICLES)
    assert (added.stored, added.skipped, added.problems) == (12, 0, ())
    return made


@pytest.fixture(scope="module")
def kg(folder):
    with khabar.open(folder / "news") as graph:
        yield graph


@pytest.fixture(scope="module")
def reading():
    return khabar.extract("نفت تركيا أنها تدعم حفتر. وقصف الطيران الروسي مدينة إدلب أمس.", date=date(2019, 11, 12))


# Examples ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, kg, folder, capsys):
    found = {"kg": kg, "khabar": khabar, "folder": folder}
    done = doctest.testmod(importlib.import_module(name), extraglobs=found, optionflags=EXACT)
    assert done.failed == 0, capsys.readouterr().out


def test_whatever_is_public_has_an_example():
    public = [khabar.open, khabar.extract, khabar.Row]
    for kind in (khabar.Graph, khabar.Reading, khabar.Result):
        members = inspect.getmembers(kind, inspect.isfunction)
        public += [one for name, one in members if not name.startswith("_")]
    bare = {one.__qualname__ for one in public if ">>>" not in (one.__doc__ or "")}
    assert bare == {"Graph.close"}


def test_the_page_of_the_docs_runs(folder, tmp_path, monkeypatch, capsys):
    """Every example of docs/python.md, in one session, in a folder that has the example articles."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    bare = "\n".join("" if line.startswith("```") else line for line in text.splitlines())
    runner = doctest.DocTestRunner(optionflags=EXACT)
    found = doctest.DocTestParser().get_doctest(bare, {}, "docs/python.md", "docs/python.md", 0)
    assert len(found.examples) > 30
    runner.run(found)
    assert runner.failures == 0, capsys.readouterr().out


# The package -------------------------------------------------------------------------------------------------------


def test_import_loads_nothing():
    code = (
        "import sys, khabar; before = [m for m in sys.modules if m.startswith('khabar.')]; "
        "heavy = [m for m in ('pyoxigraph', 'spacy', 'rdflib', 'pandas', 'owlready2') if m in sys.modules]; "
        "print(before, heavy, 'extract' in dir(khabar), hasattr(khabar, 'nothing'), callable(khabar.extract))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] [] True False True\n"


def test_reading_leaves_pandas_and_polars_alone():
    code = (
        "import sys, khabar; khabar.extract('مصر تدعم حفتر.').claims; print(*({'pandas', 'polars'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_the_function_stays_when_all_of_khabar_is_loaded():
    """A module of the same name would take the place of the function."""
    assert {module.name for module in pkgutil.iter_modules(khabar.__path__)} & set(khabar.__all__) == set()
    importlib.import_module("khabar.cli.build")
    assert inspect.isfunction(khabar.extract)


def test_type_checkers_see_the_names():
    tree = ast.parse((ROOT / "src/khabar/__init__.py").read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {name.name for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert seen == set(khabar.__all__) == set(api.__all__) | {n for n in khabar.__all__ if n.endswith("Error")}


# Values and rows ---------------------------------------------------------------------------------------------------


def typed(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(iri.XSD + kind))


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (typed("-7", "integer"), -7),
        (typed("7", "nonNegativeInteger"), 7),
        (typed("0.70", "decimal"), Decimal("0.70")),
        (typed("1e3", "double"), 1000.0),
        (typed("true", "boolean"), True),
        (typed("0", "boolean"), False),
        (typed("2019-11-12T08:30:00+02:00", "dateTime"), datetime(2019, 11, 12, 6, 30, tzinfo=UTC)),
        (typed("2019-11-12T08:30:00", "dateTime"), datetime(2019, 11, 12, 8, 30, tzinfo=UTC)),
        (typed("-0044-03-15T00:00:00Z", "dateTime"), "-0044-03-15T00:00:00Z"),
        (typed("seven", "integer"), "seven"),
        (typed("2019-11", "gYearMonth"), "2019-11"),
        (ox.Literal("فاغنر", language="ar"), "فاغنر"),
        (ox.NamedNode(iri.entity("haftar")), "https://w3id.org/khabar/entity/haftar"),
        (ox.BlankNode("b1"), "_:b1"),
        (None, None),
    ],
)
def test_terms_become_values(term, expected):
    assert value(term) == expected
    assert type(value(term)) is type(expected)


def test_rows_are_read_by_name_and_by_place(kg):
    row = kg.query("SELECT ?id ?columns ?_x { ?d dct:identifier ?id ; dct:issued ?columns } ORDER BY ?id")[0]
    assert row.id == row["id"] == row[0] == "gaza-1"
    assert row["columns"] == row.columns == row[1]
    assert row["_x"] is None
    name, when, nothing = row
    assert (name, nothing, len(row)) == ("gaza-1", None, 3)
    assert when.tzinfo is UTC
    assert row == Row(("id", "columns", "_x"), ("gaza-1", when, None))
    with pytest.raises(AttributeError, match="no column 'title'; there are: id, columns, _x"):
        _ = row.title
    with pytest.raises(KeyError, match="there is no column 'title'"):
        _ = row["title"]


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.booleans(), st.decimals(allow_nan=False))))
def test_any_column_becomes_a_frame_of_either_kind_with_the_same_gaps(cells):
    cells = [cell if not isinstance(cell, Decimal) or cell.is_finite() else None for cell in cells]
    result = Result(("x",), [Row(("x",), (cell,)) for cell in cells])
    gaps = [cell is None for cell in cells]
    assert result.to_polars()["x"].is_null().to_list() == gaps
    assert result.to_pandas()["x"].isna().tolist() == gaps
    if kind_of(cells) in ("whole", "truth", "text"):
        assert result.to_polars()["x"].to_list() == cells


# Queries -----------------------------------------------------------------------------------------------------------


def test_a_named_query_takes_parameters_of_any_kind(kg):
    by_key = kg.query("backers", entity="haftar")
    assert [row.relation for row in by_key] == ["supplies", "supports", "supports"]
    for other in ("خليفة حفتر", iri.entity("haftar"), kg.entity("haftar")):
        assert kg.query("backers", entity=other).to_list() == by_key.to_list()
    assert kg.query("events-in-period", since=date(2019, 11, 12), until="2019-11-12").columns[0] == "from"


def test_ask_is_a_truth(kg):
    yes, no = (
        kg.query("ASK { entity:ae :supplies entity:haftar }"),
        kg.query("ASK { entity:fr :supports entity:haftar }"),
    )
    assert (bool(yes), bool(no), len(no), str(yes), repr(no)) == (True, False, 1, "yes", "<no>")
    assert no.to_list() == [{"answer": False}]
    with pytest.raises(QueryError, match="only SELECT and CONSTRUCT give RDF"):
        yes.to_rdflib()


def test_construct_is_a_graph_of_rdflib(kg):
    made = kg.query("CONSTRUCT { ?a :backs ?b } WHERE { ?a :supplies ?b }")
    graph = made.to_rdflib()
    ends = {(str(s), str(o)) for s, o in graph.subject_objects(rdflib.URIRef(iri.NS + "backs"))}
    assert ends == {(row.subject, row.object) for row in made}
    assert (iri.entity("ae"), iri.entity("haftar")) in ends
    assert "entity:ae :backs entity:haftar" in graph.serialize(format="turtle")


def test_select_keeps_its_terms(kg):
    found = kg.query("SELECT ?c ?sure ?none { ?c a :Claim ; :confidence ?sure } ORDER BY ?c LIMIT 3")
    rows = found.to_rdflib()
    assert [set(row) for row in rows] == [{"c", "sure"}] * 3
    assert [(str(r["c"]), r["sure"].toPython()) for r in rows] == [(row.c, row.sure) for row in found]
    assert [terms[0] for terms in found.terms] == [ox.NamedNode(row.c) for row in found]


def test_select_has_typed_columns(kg):
    found = kg.query("""SELECT ?event ?begin ?killed (AVG(?sure) AS ?mean) (COUNT(?claim) > 1 AS ?many) ?gone {
        ?event a :Strike . OPTIONAL { ?event :notBefore ?begin } OPTIONAL { ?event :killed ?killed }
        ?claim rdf:subject ?event ; :confidence ?sure } GROUP BY ?event ?begin ?killed ?gone ORDER BY ?event""")
    frame = found.to_pandas()
    assert frame.dtypes.astype(str).to_dict() == {
        "event": "string",
        "begin": "datetime64[us, UTC]",
        "killed": "Int64",
        "mean": "Float64",
        "many": "boolean",
        "gone": "string",
    }
    assert frame["gone"].isna().all()
    assert 0 < frame["killed"].isna().sum() < len(frame) == len(found)
    assert frame["killed"].sum() == sum(row.killed or 0 for row in found)
    other = found.to_polars()
    assert other.schema == {
        "event": polars.String,
        "begin": polars.Datetime("us", "UTC"),
        "killed": polars.Int64,
        "mean": polars.Float64,
        "many": polars.Boolean,
        "gone": polars.String,
    }
    assert other["begin"].to_list() == found.column("begin")
    assert json.loads(found.to_json())[0]["mean"] == float(found[0].mean)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "LOAD <http://example.org/>",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT DATA { entity:a :supports entity:b }",
    ],
)
def test_what_goes_outside_or_changes_is_refused(kg, text):
    with pytest.raises(QueryError, match="is refused"):
        kg.query(text)


def test_wrong_questions_are_one_line(kg, tmp_path):
    query = tmp_path / "mine.rq"
    query.write_text("# title: t\n# question (en): q\n# question (ar): س\n# param: entity (entity) = haftar : who\n"
                     "SELECT ?x { ?x :supplies {{entity}} }", "utf-8")  # fmt: skip
    assert kg.query(query, entity="haftar").column("x") == [iri.entity("ae")]
    for ask, words in [
        (lambda: kg.query("no-such-query"), "no query is named 'no-such-query'"),
        (lambda: kg.query("backers", whom="x"), "has no parameter whom"),
        (lambda: kg.query("ASK {}", entity="x"), "this query has no parameters"),
        (lambda: kg.query("SELECT ?x {"), "the query is malformed"),
        (lambda: kg.query(tmp_path / "no.rq"), "the query cannot be read"),
        (lambda: kg.claims("nobody at all"), "is called 'nobody at all'"),
        (lambda: kg.claims(modality="Dreamt"), "modality cannot be 'Dreamt'; choose of: Conditional, Considered"),
        (lambda: kg.claims(predicate="supportz"), "predicate cannot be 'supportz'"),
        (lambda: kg.claims(since="last week"), "is no date"),
        (lambda: kg.claims(document="no-such"), "there is no document 'no-such'"),
        (lambda: kg.events(class_="Person"), "class_ cannot be 'Person'"),
        (lambda: kg.entity("nobody at all"), "is called 'nobody at all'"),
        (lambda: kg.show("nobody at all"), "is called 'nobody at all'"),
        (lambda: kg.mentions("no-such"), "there is no document 'no-such'"),
        (lambda: kg.facts().column("x"), "there is no column 'x'; there are: subject, relation"),
        (lambda: kg.documents().terms, "these are records"),
    ]:
        with pytest.raises(QueryError, match=words) as caught:
            ask()
        assert "\n" not in str(caught.value)


# Rows of records ---------------------------------------------------------------------------------------------------


def test_claims_of_everything_are_the_claims_of_the_graph(kg):
    stored = kg.query("SELECT ?c { ?c a :Claim } ORDER BY ?c").column("c")
    assert sorted(kg.claims().column("claim")) == stored
    texts = {row.document: row for row in kg.documents()}
    articles = {a["id"]: a["text"] for a in map(json.loads, ARTICLES.read_text("utf-8").splitlines())}
    for row in kg.claims():
        assert articles[texts[row.document].identifier][row.begin : row.end] == row.quote


def test_filters_of_claims_agree_with_the_rows(kg):
    every = list(kg.claims())
    haftar = iri.entity("haftar")
    assert list(kg.claims(facts=True)) == [row for row in every if row.fact]
    assert list(kg.claims(facts=False)) == [row for row in every if not row.fact]
    assert list(kg.claims(polarity="Negated", certainty=["Certain"])) == [
        row for row in every if row.polarity == "Negated" and row.certainty == "Certain"
    ]
    assert list(kg.claims(min_confidence=0.8)) == [row for row in every if row.confidence >= 0.8]
    assert list(kg.claims(document="libya-1")) == [row for row in every if row.identifier == "libya-1"]
    assert list(kg.claims(source="")) == [row for row in every if not row.source]
    assert list(kg.claims(source="fr")) == [row for row in every if row.source == iri.entity("fr")] != []
    backing = list(kg.claims("haftar", predicate=":supports"))
    wider = [r for r in every if r.predicate in ("supports", "supplies") and haftar in (r.subject, r.object)]
    assert backing == wider
    assert {row.predicate for row in backing} == {"supports", "supplies"}
    assert {row.polarity for row in backing} == {"Affirmed", "Negated"}


def test_claims_about_an_entity_take_in_the_events_that_it_has_a_role_in(kg):
    about = kg.claims("عين زارة")
    told = {row.subject for row in about if row.predicate == "type"}
    roles = kg.query(f"SELECT DISTINCT ?e {{ ?e ?role entity:{kg.entity('عين زارة').key} ; :status ?s }}")
    assert told == set(roles.column("e")) != set()
    assert {row.event for row in kg.events("عين زارة")} == told


def test_events_by_class_status_and_time(kg):
    every = list(kg.events())
    strikes = list(kg.events(class_="Strike"))
    assert strikes == [row for row in every if row.class_ == "Strike"] != []
    assert {row.class_ for row in kg.events(class_="ViolentEvent")} > {"Strike"}
    assert list(kg.events(status=["Denied", "Threatened"])) == [
        r for r in every if r.status in ("Denied", "Threatened")
    ]
    november = kg.events(class_="Strike", since="2019-11-12", until=date(2019, 11, 12))
    assert [row.status for row in november] == ["Happened", "Denied", "Threatened"]
    assert [row.identifier for row in november] == ["libya-1"] * 3
    assert list(kg.events(since="2031")) == []


@pytest.mark.parametrize(
    ("since", "until", "passes"),
    [("2019", "2019", True), ("2019-11-30", None, True), (None, "2019-11-01", True), ("2019-12", None, False),
     (None, "2019-10", False), (date(2019, 11, 5), date(2019, 11, 5), True)],
)  # fmt: skip
def test_a_month_is_as_long_as_it_is(since, until, passes):
    class Told:
        date, not_before, not_after = "2019-11", None, None

    assert all(test(Told()) for test in told_of(since, until)) is passes


def test_what_has_no_date_is_in_no_period():
    class Told:
        date, not_before, not_after = "", None, None

    assert [test(Told()) for test in told_of("1900", None)] == [False]
    assert told_of(None, None) == []


def test_entities_are_found_by_what_people_call_them(kg):
    turkey = kg.entity("Q43")
    assert turkey == kg.entity("tr") == kg.entity("تركيا") == kg.entity("Turkey") == kg.entity(turkey.entity)
    assert turkey.wikidata == "Q43"
    named = kg.entities()
    assert all(row.mentions for row in named)
    assert len(kg.entities(mentioned=False)) > len(named)
    people = kg.entities(class_="Person", known=False)
    assert {(row.class_, row.known) for row in people} == {("Person", False)}


def test_merged_entities_are_one(folder, khabar):
    store = folder / "merged"
    with api.open(store, write=True) as graph:
        graph.add(["تدعم تركيا حفتر.", "تدعم قطر فايز السراج."])
        assert len(graph.claims("haftar")) == 1
    code, _, said = khabar("merge", str(store), "haftar", "sarraj", "--because", "a test")
    assert code == 0, said
    with api.open(store) as graph:
        assert len(graph.claims("haftar")) == 2


def test_records_keep_their_types_without_rows(kg):
    full, empty = kg.events().to_pandas(), kg.events(since="2031").to_pandas()
    assert len(empty) == 0
    assert empty.dtypes.equals(full.dtypes)
    assert str(full["killed"].dtype) == "Int64"
    assert str(full["not_before"].dtype) == "datetime64[us, UTC]"
    assert kg.events(since="2031").to_polars().schema == kg.events().to_polars().schema
    assert full["agent"].iloc[0] == kg.events()[0].agent
    assert kg.events().to_polars()["agent"].to_list() == [[list(a) for a in row.agent] for row in kg.events()]


def test_empty_texts_of_records_are_missing_in_frames(kg):
    rows, frame = kg.claims(), kg.claims().to_pandas()
    assert frame["source"].isna().tolist() == [row.source == "" for row in rows]
    assert rows.to_polars()["source"].null_count() == frame["source"].isna().sum() > 0


def test_frames_take_short_names(kg):
    frame = kg.claims("haftar").to_pandas(short_names=True)
    assert frame["claim"].str.startswith("claim:").all()
    assert "entity:haftar" in set(frame["object"])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_one_line(kg, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ResourceError, match=rf"{library}.*khabar\[{library}\]") as caught:
        getattr(kg.facts(), f"to_{library}")()
    assert "\n" not in str(caught.value)


# For the eye -------------------------------------------------------------------------------------------------------


def test_tables_are_escaped_and_run_their_own_way():
    rows = of_query(ox.Store().query("SELECT ('<script>alert(1)</script>' AS ?bad) ('خبر' AS ?name) {}"))
    table = rows._repr_html_()
    assert "<script>" not in table
    assert 'dir="auto" style="text-align:start">&lt;script&gt;alert(1)&lt;/script&gt;</td>' in table
    assert table.count("<tr>") == 2


def test_long_tables_say_how_long_they_are(kg):
    claims = kg.claims()
    table = claims._repr_html_()
    assert table.count("<tr>") == 51
    assert f"<p>{len(claims):,} rows, 50 of them shown</p>" in table
    assert str(claims).splitlines()[-1] == f"{len(claims):,} rows"


@given(
    st.text(min_size=1),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.sampled_from(["entity", "event"]))),
)
def test_marks_change_no_letter_of_a_text(text, spans):
    marks = [Mark(b, min(b + n, len(text)), kind, "<note>") for b, n, kind in spans if b < len(text)]
    shown = shapes.html_text(text, marks)
    assert "<note>" not in shown
    bare = re.sub(r"<br>\n|</?mark[^>]*>", lambda tag: "\n" if tag[0].startswith("<br") else "", shown)
    assert html.unescape(bare) == text


def test_a_document_shows_its_words_marked(kg):
    page = kg.show("libya-1", limit=3)
    assert page._repr_html_().startswith('<div dir="rtl"')
    assert '<mark style="background:#f5a62350;color:inherit" title="Strike">قصفت</mark>' in page.html
    assert str(page) == repr(page) == page.text
    assert page.text.startswith("[طرابلس|طرابلس (Settlement)]")


def test_an_entity_shows_its_evidence_in_its_text(kg):
    page = kg.show("haftar")
    assert page.text.splitlines()[0] == "Khalifa Haftar · خليفة حفتر"
    row = kg.claims("haftar", predicate="supplies")[0]
    assert iri.shorten(row.claim) in page.html
    assert "supplies" in page.html
    assert kg.show(row.key).text.splitlines()[1].startswith("  told by the frame supplies:")


def test_what_a_text_brings_in_is_no_markup():
    shown = khabar.extract("قال <img src=x onerror=alert(1)> إن تركيا تدعم حفتر.", title="<b>خبر</b>").show().html
    assert "<img" not in shown
    assert "<b>" not in shown
    assert "&lt;img" in shown


# One text ----------------------------------------------------------------------------------------------------------


def test_a_reading_has_claims_events_entities_and_mentions(reading):
    assert [(c.predicate, c.polarity, c.fact) for c in reading.claims] == [
        ("supports", "Negated", False),
        ("type", "Affirmed", True),
    ]
    [strike] = reading.events
    assert (strike.class_, strike.edtf, strike.status) == ("Strike", "2019-11-11", "Happened")
    assert {"تركيا", "خليفة حفتر", "إدلب"} <= set(reading.entities.column("label_ar"))
    for one in reading.mentions:
        assert reading.text[one.begin : one.end] == one.words
    assert [one.words for one in reading.mentions if one.of == "event"] == ["قصف"]
    assert repr(reading).startswith("<reading of ")


@pytest.mark.parametrize("form", ["turtle", "ntriples", "rdfxml", "trig", "nquads", "jsonld"])
def test_a_reading_is_rdf_in_every_form(reading, form):
    kind = {"ntriples": "n_triples", "rdfxml": "rdf_xml", "nquads": "n_quads", "jsonld": "json_ld"}.get(form, form)
    parsed = list(ox.parse(reading.serialize(form), format=getattr(ox.RdfFormat, kind.upper())))
    assert {quad.triple for quad in parsed} == {quad.triple for quad in reading.quads}
    assert {quad.graph_name for quad in parsed} == (
        {quad.graph_name for quad in reading.quads} if form in ("trig", "nquads", "jsonld") else {ox.DefaultGraph()}
    )


def test_a_reading_is_a_graph_of_rdflib(reading):
    graph = reading.to_rdf()
    assert set(graph) == set(rdflib.Graph().parse(data=reading.serialize(), format="turtle"))
    assert rdflib.URIRef(iri.document(reading.key)) in set(graph.subjects())


def test_a_reading_can_be_asked(reading):
    found = reading.graph.query("SELECT ?who { ?c rdf:predicate/rdfs:subPropertyOf* :supports ; rdf:subject ?who }")
    assert found.column("who") == [iri.entity("tr")]


def test_a_reading_is_what_a_store_would_hold(folder, kg):
    article = json.loads(ARTICLES.read_text("utf-8").splitlines()[0])
    alone = khabar.extract(**article)
    assert alone.claims.column("claim") == kg.claims(document="libya-1").column("claim")
    assert alone.mentions.to_list() == kg.mentions("libya-1").to_list()


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("", {}, "its text is empty"),
        (None, {}, "it has no text"),
        ("articles.jsonl", {}, "holds no Arabic text"),
        ("مصر تدعم حفتر.", {"date": "yesterday"}, "'yesterday' is not a date"),
        ("مصر \ud800", {}, "half a character"),
    ],
)
def test_what_is_no_text_is_one_line(text, fields, words):
    with pytest.raises(InputError, match=words) as caught:
        khabar.extract(text, **fields)
    assert "\n" not in str(caught.value)


def test_models_load_once():
    first = khabar.extract("مصر تدعم حفتر.")
    assert api.changes.extractor(guess_names=False).analyser is api.changes.extractor(guess_names=False).analyser
    assert first.claims.to_list() == khabar.extract("مصر تدعم حفتر.").claims.to_list()


# Changes -----------------------------------------------------------------------------------------------------------


def test_add_takes_texts_records_frames_and_files(tmp_path):
    (tmp_path / "one.txt").write_text("تدعم تركيا حكومة الوفاق.", "utf-8")
    frame = pandas.DataFrame(
        {
            "text": ["مصر تدعم حفتر.", "تدعم قطر حكومة الوفاق."],
            "date": [pandas.Timestamp("2019-11-12"), pandas.NaT],
            "title": pandas.Series(["عنوان", None], dtype="string"),
            "id": [1, 2],
        }
    )
    with khabar.open(tmp_path / "store", write=True) as graph:
        added = graph.add([tmp_path / "one.txt", "نفت فرنسا أنها تدعم حفتر.", *frame.to_dict("records")], date="2018")
        assert (added.stored, added.problems) == (4, ())
        assert added.counts["claims"] == 4
        assert sorted(row.date for row in graph.documents()) == ["2018", "2018", "2018", "2019-11-12"]
        assert graph.claims(polarity="Negated").column("subject_en") == ["France"]
        again = graph.add(frame.to_dict("records"), date="2018")
        assert (again.stored, again.skipped) == (0, 2)
        assert graph.add("مصر تدعم حفتر.", date=date(2018, 1, 1), again=True).stored == 1


def test_what_cannot_be_added_is_told_and_the_rest_goes_on(tmp_path):
    with khabar.open(tmp_path / "store", write=True) as graph:
        added = graph.add(
            ["مصر تدعم حفتر.", {"title": "x"}, "nothing Arabic", {"text": "تدعم قطر حكومة الوفاق.", "date": "then"}]
        )
        assert added.stored == 2
        assert added.problems == (
            "item 2: it has no text; give it a 'text' field",
            "'nothing Arabic' holds no Arabic text; give a file as pathlib.Path('nothing Arabic')",
            "item 4: 'then' is no date, so it is left out; write it as 2019-10-28, 2019-10 or 2019",
        )
        for wrong, words in [
            ("أخبار.jsonl", "give a file as pathlib.Path"),
            (tmp_path / "none.jsonl", "there is no such file"),
            ([{"title": "x"}, {}], r"it has no text.* \(and 1 more problems\)"),
            ([7], "item 1 is of type int"),
        ]:
            with pytest.raises(InputError, match=words):
                graph.add(wrong)
        with pytest.raises(InputError, match="is not a date"):
            graph.add("مصر تدعم حفتر.", date="then")
        assert len(graph.documents()) == 2


def test_add_and_forget_keep_facts_and_groups(tmp_path):
    article = json.loads(ARTICLES.read_text("utf-8").splitlines()[0])
    copy = {**article, "url": "https://example.org/copy", "publisher": "وكالة أخرى", "id": "copy", "date": "2019-11-13"}
    with khabar.open(tmp_path / "store", write=True) as graph:
        graph.add([article, copy, "مصر تدعم حفتر."])
        assert len(graph.query("stories")) == 2
        facts = graph.store.count_facts()
        graph.forget("copy")
        assert len(graph.query("stories")) == 0
        assert set(graph.store.quads(graph=iri.FACTS)) == {
            ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(iri.FACTS)) for t in graph.store.derived_facts()
        }
        assert graph.store.count_facts() < facts
        with pytest.raises(QueryError, match="there is no document 'copy'"):
            graph.forget("copy")


def test_min_confidence_leaves_claims_out(tmp_path):
    with khabar.open(tmp_path / "store", write=True) as graph:
        added = graph.add("مصر تدعم حفتر.", min_confidence=0.99)
        assert (added.stored, added.counts["claims"], len(graph.claims())) == (1, 0, 0)


def test_a_graph_to_read_cannot_be_changed(kg, folder):
    for change in (lambda: kg.add("مصر تدعم حفتر."), lambda: kg.forget("libya-1")):
        with pytest.raises(StoreError, match=r"opened to read; open it with khabar\.open"):
            change()
    with pytest.raises(StoreError, match="another khabar is using this store"):
        khabar.open(folder / "news", write=True)
    with pytest.raises(StoreError, match="there is no store"):
        khabar.open(folder / "none")


def test_a_closed_graph_says_so_and_its_rows_stay(folder):
    with khabar.open(folder / "news") as graph:
        rows = graph.query("backers", entity="haftar")
        assert repr(graph).startswith(f"<graph {folder / 'news'}: 12 documents, ")
    graph.close()
    assert len(rows.to_pandas()) == 3
    assert repr(graph) == f"<closed graph {folder / 'news'}>"
    with pytest.raises(StoreError, match="the graph is closed"):
        graph.claims()


def test_export_is_that_of_the_command_line(kg, folder, tmp_path, khabar):
    assert kg.export("nquads", tmp_path / "a.nq") == tmp_path / "a.nq"
    assert khabar("export", str(folder / "news"), "-f", "nquads", "-o", str(tmp_path / "b.nq"), "-q")[0] == 0
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()
    kg.export("turtle", str(tmp_path / "facts.ttl"), graph="facts")
    assert len(rdflib.Graph().parse(tmp_path / "facts.ttl")) == kg.store.count_facts()
    kg.export("nquads", tmp_path / "c.nq", text=False)
    assert 'nif-core#isString> "' in (tmp_path / "a.nq").read_text("utf-8")
    assert 'nif-core#isString> "' not in (tmp_path / "c.nq").read_text("utf-8")


def test_what_cannot_be_exported_leaves_nothing(kg, tmp_path):
    (tmp_path / "folder").mkdir()
    for form, path, words in [
        ("nothing", tmp_path / "a", "there is no format 'nothing'"),
        ("turtle", tmp_path / "folder", "this is a folder"),
        ("turtle", tmp_path / "no" / "a.ttl", "cannot be written"),
    ]:
        with pytest.raises(KhabarError, match=words):
            kg.export(form, path)
    with pytest.raises(QueryError, match="there is no graph 'x'"):
        kg.export("turtle", tmp_path / "a.ttl", graph="x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
