"""What others do with an export of the examples: rdflib, the Oxigraph server's own command line, HermiT, SHACL.

The golden files hold the N-Quads of three short documents; KHABAR_GOLDEN=1 writes them anew. Read the diff first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse

from khabar.cli import main  # noqa: F401  (the command must import)
from khabar.extractor import RuleExtractor
from khabar.model import Record
from khabar.ontology import Ontology, reason
from khabar.rdf import to_rdf

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "articles.jsonl"
GOLDEN = Path(__file__).parent / "golden"
FORMATS = {
    "nquads": "nquads",
    "trig": "trig",
    "jsonld": "json-ld",
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
}
SUFFIX = {**{name: name for name in FORMATS}, "nquads": "nq", "ntriples": "nt", "turtle": "ttl", "rdfxml": "rdf"}
SHORT = {
    "strike": "قال المرصد السوري لحقوق الإنسان إن الطائرات الروسية قصفت مدينة إدلب أمس، ونفت وزارة الدفاع الروسية ذلك.",
    "support": "تدعم تركيا حكومة الوفاق الوطني في طرابلس، وتزود الإمارات قوات خليفة حفتر بالسلاح، بحسب الأمم المتحدة.",
    "plan": "هدد الحوثيون بقصف الرياض إذا لم تنسحب قوات التحالف العربي من الحديدة، وربما تستأنف المحادثات في مسقط.",
}


def khabar(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "khabar", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("consumers") / "store"
    done = khabar("build", str(EXAMPLES), "--store", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def exports(store: Path) -> dict[str, Path]:
    found = {}
    for name in FORMATS:
        found[name] = store.parent / f"export.{SUFFIX[name]}"
        done = khabar("export", str(store), "--format", name, "-o", str(found[name]))
        assert done.returncode == 0, done.stderr
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_rdflib_loads_every_format_with_equal_counts(name: str, exports: dict[str, Path]) -> None:
    triples = {q.triple for q in parse(path=str(exports["nquads"]), format=RdfFormat.N_QUADS)}
    quads = name in ("nquads", "trig", "jsonld")
    graph = rdflib.Dataset(default_union=True) if quads else rdflib.Graph()
    graph.parse(exports[name], format=FORMATS[name])
    assert len(graph) == len(triples)


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_the_oxigraph_command_line_loads_and_dumps_the_same(
    name: str, exports: dict[str, Path], tmp_path: Path
) -> None:
    command = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if command is None:
        pytest.skip("no oxigraph command: install the package oxigraph")
    location, dump = tmp_path / "db", tmp_path / "dump.nq"
    for arguments in (
        ("load", "--location", str(location), "--file", str(exports[name])),
        ("dump", "--location", str(location), "--file", str(dump)),
    ):
        done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def named(path: Path) -> list[str]:  # blank nodes, of the ontology alone, get new names
        return sorted(x for x in path.read_text("utf-8").splitlines() if "_:" not in x)

    assert named(dump) == named(exports["nquads"])
    assert len(dump.read_text("utf-8").splitlines()) == len(exports["nquads"].read_text("utf-8").splitlines())


def test_hermit_finds_the_export_consistent(exports: dict[str, Path]) -> None:
    if shutil.which("java") is None:
        pytest.skip("no java: HermiT can't run")
    assert reason(exports["nquads"]) == frozenset()


def test_the_store_is_valid(store: Path) -> None:
    done = khabar("validate", str(store))
    assert done.returncode == 0, done.stdout + done.stderr


def test_building_again_changes_no_byte_of_the_documents(store: Path, exports: dict[str, Path], tmp_path: Path) -> None:
    done = khabar("build", str(EXAMPLES), "--store", str(store), "--again")
    assert done.returncode == 0, done.stderr
    done = khabar("export", str(store), "--format", "nquads", "-o", str(tmp_path / "again.nq"))
    assert done.returncode == 0, done.stderr

    def documents(path: Path) -> list[str]:
        return [x for x in path.read_text("utf-8").splitlines() if "/graph/runs>" not in x]

    assert documents(tmp_path / "again.nq") == documents(exports["nquads"])


def test_forgetting_every_document_leaves_the_ontology_alone(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    for line in EXAMPLES.read_text("utf-8").splitlines():
        done = khabar("forget", str(copy), json.loads(line)["id"])
        assert done.returncode == 0, done.stderr
    done = khabar("export", str(copy), "--format", "nquads", "-o", str(tmp_path / "left.nq"))
    assert done.returncode == 0, done.stderr
    left = {x.rsplit("<", 1)[1] for x in (tmp_path / "left.nq").read_text("utf-8").splitlines()}
    assert {g.split("/graph/")[1].split(">")[0] for g in left} <= {"ontology", "runs"}


@pytest.mark.parametrize("name", sorted(SHORT))
def test_golden_quads_of_a_short_document(name: str, extractor: RuleExtractor) -> None:
    record = Record(SHORT[name], "golden", id=name, date="2020-01-15", publisher="khabar")
    made = to_rdf(extractor.extract(record), extractor.kb, Ontology.load())
    quads = [*made.quads, *(q for qs in made.descriptions.values() for q in qs)]
    lines = sorted({f"{q} ." for q in quads})
    path = GOLDEN / f"short-{name}.nq"
    if os.environ.get("KHABAR_GOLDEN"):
        path.write_text("\n".join(lines) + "\n", "utf-8")
    assert lines == path.read_text("utf-8").splitlines()
