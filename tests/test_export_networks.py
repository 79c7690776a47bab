"""Networks: networkx reads both forms alike, Neo4j's import finds every node that a relationship names."""

import csv
import io
import re
from datetime import datetime
from xml.etree import ElementTree

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reported
from khabar import export, iri, records
from khabar.export import neo4j
from khabar.export.networks import Xml
from khabar.store import Store
from reported import written

E = iri.entity("")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("networks") / "store"
    reported.fill(path)
    with Store.open(path) as opened:
        yield opened


def read(store, form) -> networkx.MultiDiGraph:
    data = io.BytesIO(written(store, form))
    graph = networkx.read_graphml(data) if form == "graphml" else networkx.read_gexf(data)
    return networkx.MultiDiGraph(graph)


def ties(graph) -> dict:
    return {(a, b, data["relation"], data["status"]): data for a, b, data in graph.edges(data=True)}


GOVERNMENT = reported.GOVERNMENTS[0]
EXPECTED = {
    (f"{E}haftar", GOVERNMENT, "Strike", "fact"): (4, 2, False),  # two reports, two claims each
    (f"{E}tr", GOVERNMENT, "supports", "fact"): (2, 2, False),
    (f"{E}tr", f"{E}haftar", "supports", "fact"): (1, 1, False),
    (f"{E}tr", f"{E}haftar", "supports", "denied"): (2, 2, False),
    (f"{E}haftar", f"{E}tr", "opposes", "fact"): (2, 2, True),
    (f"{E}lna", f"{E}tr", "alliedWith", "fact"): (1, 1, True),
    (f"{E}tr", f"{E}lna", "supplies", "claimed"): (1, 1, False),
    (f"{E}brigade", f"{E}lna", "partOf", "fact"): (1, 1, False),  # the knowledge base says so too
}


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_reads_every_tie_with_what_carries_it(store, form):
    found = ties(read(store, form))
    counts = {tie: (data["claims"], data["documents"], data["symmetric"]) for tie, data in found.items()}
    assert counts == EXPECTED
    claims = {claim.claim: claim for claim in records.claims(store)}
    for (_, _, _, status), data in found.items():
        claim = claims[data["claim"]]
        assert (claim.fact or claim.known) == (status == "fact")
        assert data["label"] == data["relation"] if status == "fact" else data["label"].endswith(f"({status})")


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_nodes_are_actors_with_names_and_items(store, form):
    graph = read(store, form)
    assert set(graph.nodes) == {end for tie in EXPECTED for end in tie[:2]}
    turkey = graph.nodes[f"{E}tr"]
    assert (turkey["label"], turkey["label_en"], turkey["class"], turkey["wikidata"]) == (
        "تركيا",
        "Turkey",
        "Country",
        "Q43",
    )
    assert "wikidata" not in graph.nodes[f"{E}haftar"]


def test_dates_are_those_of_the_text_else_of_publication(store):
    found = ties(read(store, "gexf"))
    strike = found[f"{E}haftar", GOVERNMENT, "Strike", "fact"]
    assert (strike["told_from"], strike["told_to"]) == ("2019-10-27", "2019-10-27")
    assert (strike["start"], strike["end"]) == ("2019-10-27", "2019-10-27")
    support = found[f"{E}tr", GOVERNMENT, "supports", "fact"]
    assert "told_from" not in support
    assert (support["published_from"], support["published_to"]) == ("2019-10-28", "2019-11")
    assert (support["start"], support["end"]) == ("2019-10-28", "2019-11-01")
    assert "start" not in found[f"{E}lna", f"{E}tr", "alliedWith", "fact"]


def test_gexf_is_what_gephi_expects(store):
    root = ElementTree.fromstring(written(store, "gexf"))
    space = "{http://www.gexf.net/1.2draft}"
    graph = root.find(f"{space}graph")
    assert (root.get("version"), graph.get("mode"), graph.get("timeformat")) == ("1.2", "dynamic", "date")
    declared = {one.get("id") for one in graph.iter(f"{space}attribute")}
    assert {one.get("for") for one in graph.iter(f"{space}attvalue")} <= declared
    assert all(float(edge.get("weight")) > 0 for edge in graph.iter(f"{space}edge"))


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_text_makes_xml_that_parses(content, attribute):
    output = io.BytesIO()
    Xml(output).leaf("a", content, b=attribute)
    root = ElementTree.fromstring(output.getvalue())
    legal = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
    if legal.fullmatch(content) and "\r" not in content:
        assert (root.text or "") == content
    if legal.fullmatch(attribute):
        assert root.get("b") == attribute


TYPES = {
    "int": int,
    "double": float,
    "boolean": lambda text: {"true": True, "false": False}[text],
    "datetime": datetime.fromisoformat,
    "string": str,
    "string[]": lambda text: text.split("|"),
}


@pytest.fixture(scope="module")
def folder(store, tmp_path_factory):
    path = tmp_path_factory.mktemp("neo4j")
    export.find("neo4j").write_folder(export.Selection(store), path)
    return path


def load(folder, name) -> list[dict]:
    """A file as the import reads it: columns by name, values by type, an empty cell no value."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert not head[0].startswith("\ufeff")
    read = []
    for cells in rows:
        row = {}
        for column, cell in zip(head, cells, strict=True):
            name, _, kind = column.partition(":")
            if kind in ("ID", "LABEL", "START_ID", "END_ID", "TYPE"):
                row[f":{kind}"] = cell.split("|") if kind == "LABEL" else cell
            elif cell:
                row[name] = TYPES[kind or "string"](cell)
        read.append(row)
    return read


def test_every_column_is_one_that_the_import_knows(folder):
    for name, columns in {**neo4j.NODES, **neo4j.RELATIONSHIPS}.items():
        kinds = [column.partition(":")[2] for column in columns.split(",")]
        special = [kind for kind in kinds if kind.isupper()]
        assert special == (["ID", "LABEL"] if name in neo4j.NODES else ["START_ID", "END_ID", "TYPE"])
        assert {kind for kind in kinds if not kind.isupper()} <= {"", *TYPES}


def test_every_relationship_has_its_ends(folder):
    nodes = [row[":ID"] for name in neo4j.NODES for row in load(folder, name)]
    assert len(nodes) == len(set(nodes))
    for name in neo4j.RELATIONSHIPS:
        rows = load(folder, name)
        assert rows, name
        for row in rows:
            assert {row[":START_ID"], row[":END_ID"]} <= set(nodes)
            assert re.fullmatch("[A-Z_]+", row[":TYPE"])


def test_nodes_and_ties_say_what_the_rows_say(store, folder):
    claims = {row.claim: row for row in records.claims(store)}
    assert {row[":ID"]: row["fact"] for row in load(folder, "claims")} == {c.claim: c.fact for c in claims.values()}
    occurrences = {row[":ID"] for row in load(folder, "events") if "Occurrence" in row[":LABEL"]}
    assert occurrences == {row.event for row in records.events(store) if row.fact}
    tied = {(row[":START_ID"], row[":TYPE"], row[":END_ID"], row["claim"]) for row in load(folder, "ties")}
    assert tied == {
        (c.subject, neo4j.kind(c.predicate), c.object, c.claim)
        for c in claims.values()
        if c.fact and c.predicate not in ("type", *records.ROLES)
    }
    quotes = {row[":START_ID"]: (row["quote"], row["begin"], row["end"]) for row in load(folder, "evidence")}
    assert quotes == {c.claim: (c.quote, c.begin, c.end) for c in claims.values()}
    turkey = next(row for row in load(folder, "entities") if row[":ID"] == f"{E}tr")
    assert (turkey[":LABEL"], turkey["name"], turkey["wikidata"]) == (["Entity", "Country"], "تركيا", "Q43")
    assert load(folder, "same") == [
        {":START_ID": reported.GOVERNMENTS[1], ":END_ID": reported.GOVERNMENTS[0], ":TYPE": "SAME_AS"}
    ]
    told = {(row[":START_ID"], row[":TYPE"], row[":END_ID"]) for row in load(folder, "background")}
    assert (f"{E}brigade", "PART_OF", f"{E}lna") in told


def test_the_readme_names_every_file_in_one_command(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"--(nodes|relationships)=(\w+)\.csv", text)
    assert {name for kind, name in named if kind == "nodes"} == set(neo4j.NODES)
    assert {f"{name}.csv" for _, name in named} | {"README.md"} == {path.name for path in folder.iterdir()}
    assert text.count("neo4j-admin") == 1


def test_the_command_writes_a_folder(khabar, tmp_path):
    reported.fill(tmp_path / "store")
    code, _, _ = khabar("export", str(tmp_path / "store"), "--format", "neo4j", "-o", str(tmp_path / "out"))
    assert code == 0
    assert (tmp_path / "out" / "claims.csv").exists()


def test_without_text_no_long_quote_leaves(store, tmp_path):
    export.find("neo4j").write_folder(export.Selection(store, text=False), tmp_path)
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    files += [written(store, form, text=False) for form in ("graphml", "gexf")]
    assert not any(("ق" * 170).encode() in data for data in files)
