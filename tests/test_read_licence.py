"""The licence of a document: from its source or the command line into the graph, and what a new one does."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from handmade import RECORD, Catalogue, Reader, Schema
from khabar import iri
from khabar.pipeline import Build
from khabar.store import Store
from test_read import read

BY = "https://creativecommons.org/licenses/by/4.0/"
TEXT = "قصف الطيران مواقع في سرت."


def test_it_is_read_from_every_format_with_fields(tmp_path: Path) -> None:
    lines = [{"text": TEXT, "licence": BY}, {"text": TEXT, "license": "CC0-1.0"}, {"text": TEXT, "licence": " "}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"text,License\n{TEXT},CC0-1.0\n{TEXT},\n", encoding="utf-8")
    (tmp_path / "c.md").write_text(f"---\nlicence: {BY}\n---\n{TEXT}", encoding="utf-8")
    (tmp_path / "d.txt").write_text(TEXT, encoding="utf-8")
    records, problems = read(tmp_path, licence="ODbL-1.0")
    assert [record.licence for record in records] == [BY, "CC0-1.0", "ODbL-1.0", "CC0-1.0", "ODbL-1.0", BY, "ODbL-1.0"]
    assert problems == []
    assert [record.licence for record in read(tmp_path / "d.txt", licence=" ")[0]] == [None]


def test_a_bad_one_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": TEXT, "licence": ["x"]}), encoding="utf-8")
    [record], [problem] = read(path)
    assert record.licence is None
    assert problem == f"{path}:1: 'licence' is a list, so it is left out; write it as a string"


@pytest.mark.parametrize("change", [{"licence": BY}, {"licence": "CC0-1.0"}, {"licence": None}])
def test_a_changed_licence_is_read_anew_and_the_same_is_not(tmp_path: Path, change: dict) -> None:
    def build(store: Store, record) -> tuple[int, int]:
        run = Build(store, Reader(), Catalogue(), Schema(), problem=[].append)
        summary = run.run([record])
        return summary.stored, summary.skipped

    first, second = replace(RECORD, licence="MIT"), replace(RECORD, **change)
    with Store.open(tmp_path / "store", write=True, create=True) as store:
        assert build(store, first) == (1, 0)
        assert build(store, first) == (0, 1)
        assert build(store, second) == (1, 0)
        assert build(store, second) == (0, 1)
        found = [quad.object for quad in store.quads(None, NamedNode(iri.DCT + "license"))]
    terms = {None: [], BY: [NamedNode(BY)], "CC0-1.0": [Literal("CC0-1.0")]}
    assert [term for term in found if term.value.startswith(("CC0", "https://creative"))] == terms[change["licence"]]


def test_the_option(tmp_path: Path, khabar) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    store = str(tmp_path / "store")
    code, _, err = khabar("build", str(path), "--store", store, "--licence", "CC-BY-4.0")
    assert (code, err.startswith("1 documents")) == (0, True)
    query = f"SELECT ?l WHERE {{ ?d a <{iri.NS}Document> ; <{iri.DCT}license> ?l }}"
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    assert khabar("query", store, str(tmp_path / "q.rq"), "--format", "csv")[1].split() == ["l", "CC-BY-4.0"]
    assert "were there already" in khabar("build", str(path), "--store", store, "--licence", "CC-BY-4.0")[2]
    assert "were there already" not in khabar("build", str(path), "--store", store)[2]
