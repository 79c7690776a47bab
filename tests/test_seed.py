"""The article that khabar was designed on (a publisher's text, so only where the shared data is at hand)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest


def khabar(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "khabar", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("seed")
    dev = shared / "gold" / "dev"
    date = json.loads((dev / "seed.json").read_text("utf-8"))["date"]
    khabar("build", str(dev / "seed.txt"), "--date", date, "--store", str(folder / "store"))
    return str(folder / "store")


def table(text: str) -> list[dict[str, str]]:
    """Rows of a CSV answer, without the namespaces."""
    return [
        {k: v.rsplit("/", 1)[-1].rsplit("#", 1)[-1] for k, v in r.items()} for r in csv.DictReader(io.StringIO(text))
    ]


def rows(store: str, name: str, *parameters: str) -> list[dict[str, str]]:
    return table(khabar("query", store, name, "--format", "csv", *parameters))


def ask(store: str, query: str) -> list[dict[str, str]]:
    done = subprocess.run(
        [sys.executable, "-m", "khabar", "query", store, "-", "--format", "csv"],
        input=query,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return table(done.stdout)


def test_who_backs_haftar_and_in_which_words(store: str) -> None:
    found = {(r["backer"], r["relation"]): r["quote"] for r in rows(store, "backers", "-p", "entity=haftar")}
    words = "حفتر يستفيد بتزويد من الإمارات العربية ومصر"
    assert words in found["ae", "supplies"]
    assert words in found["eg", "supplies"]


def test_who_backs_the_side_of_tripoli_and_in_which_words(store: str) -> None:
    found = {(r["backer"], r["relation"]): r["quote"] for r in rows(store, "backers", "-p", "entity=gna")}
    assert "من قبل تركيا وقطر" in found["tr", "supplies"]
    assert "من قبل تركيا وقطر" in found["qa", "supplies"]
    assert "المتمتعة بدعم من الأمم المتحدة" in found["un", "supports"]


def test_haftar_leads_the_militia_of_cyrenaica(store: str) -> None:
    led = {r["leader"]: r["led_name"] for r in rows(store, "who-leads-whom")}
    assert led["haftar"] == "ميليشيا إقليم برقة"


ALLIANCE = """
SELECT ?modality ?said_by WHERE {
  ?c a :Claim ; rdf:predicate :alliedWith ; :modality ?modality ; :attributedTo ?who .
  { ?c rdf:subject entity:gna ; rdf:object entity:tr } UNION { ?c rdf:subject entity:tr ; rdf:object entity:gna }
  ?who rdfs:label ?said_by }
"""
WAGNER = """
SELECT ?certainty WHERE { ?c a :Claim ; rdf:subject entity:wagner ; rdf:predicate :partOf ;
  rdf:object ?ministry ; :certainty ?certainty . ?ministry rdfs:label "وزارة الدفاع الروسية"@ar }
"""
FACTS = """
SELECT ?s ?p ?o { GRAPH graph:facts { ?s ?p ?o } FILTER(?p = :alliedWith || ?p = :partOf && ?s = entity:wagner) }
"""


def test_what_is_considered_or_possible_is_told_as_such_and_is_no_fact(store: str) -> None:
    alliance = ask(store, ALLIANCE)
    assert {"modality": "Considered", "said_by": "مصدر عسكري ليبي"} in alliance
    assert {r["certainty"] for r in ask(store, WAGNER)} == {"Possible"}
    assert ask(store, FACTS) == []
