"""A client of another language: npm's fetch-sparql-endpoint, which Comunica asks endpoints with."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from handmade import EXTRACTION, Catalogue, Schema
from khabar import iri
from khabar.rdf import to_rdf
from khabar.store import Store
from serving import serving

NODE = Path(__file__).parent / "node"


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
@pytest.mark.skipif(not (NODE / "node_modules").is_dir(), reason="run `npm ci` in tests/node")
def test_fetch_sparql_endpoint(tmp_path):
    with Store.open(tmp_path / "store", write=True, create=True) as store:
        store.replace(to_rdf(EXTRACTION, Catalogue(), Schema()))
        labels = sorted(row["l"].value for row in store.query("SELECT ?l { entity:haftar rdfs:label ?l }"))
        types = len(list(store.query("CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }")))
    with serving(tmp_path / "store") as running:
        select = f"SELECT ?l WHERE {{ <{iri.entity('haftar')}> <{iri.RDFS}label> ?l }}"
        words = [f"{running.address}/sparql", select, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }", "ASK { ?s ?p ?o }"]
        done = subprocess.run(
            ["node", "fetch.js", *words], cwd=NODE, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        for found in json.loads(done.stdout).values():
            assert sorted(row["l"] for row in found["rows"]) == [["Literal", label] for label in labels]
            assert (found["triples"], found["ask"]) == (types, True)
            assert "400" in found["failure"]
