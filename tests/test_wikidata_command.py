"""`khabar wikidata refresh` as a command: what it writes, what it says, that it goes on after a kill."""

import csv
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import services
from khabar import cli, iri
from khabar.kb import KnowledgeBase
from test_wikidata import KB, _no_proxy, q, service

__all__ = ["_no_proxy", "service"]  # the fixtures


@pytest.fixture
def khabar(capfd, monkeypatch):
    monkeypatch.setattr("khabar.cli.wikidata._kb", KB)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(["wikidata", *arguments])
        return code, *capfd.readouterr()

    return run


def test_refresh_writes_a_table_and_touches_nothing_else(khabar, service, tmp_path):
    ask = ("refresh", "--endpoint", service.sparql, "--pause", "0", "--only", "sarw", "--only", q(9))
    code, out, err = khabar(*ask)
    assert code == 0
    assert err == (
        "2 entries compared with 2 requests: 2 label-changed, 1 coordinates-moved, 2 alias-new, 2 types-new\n"
    )
    assert len(out.splitlines()) == 8
    changes, mine = tmp_path / "changes.tsv", tmp_path / "mine.tsv"
    code, out, err = khabar(*ask, "-o", str(changes), "--table", str(mine))
    assert (code, out) == (0, "")
    assert "with 0 requests" in err  # the cache
    code, out, err = khabar("refresh", "--apply", str(changes), "--table", str(mine), "--by", "Mona")
    assert (code, out) == (0, "")
    assert err.endswith("0 changes accepted into " + f"{mine}, 7 left\n")
    code, _, err = khabar(
        "refresh", "--apply", str(changes), "--table", str(mine), "--by", "Mona", "--accept", "alias-new",
        "--accept", "types-new",
    )  # fmt: skip
    assert code == 0
    assert "4 changes accepted" in err
    assert "2 of them (coordinates, types) only into mine.accepted.tsv" in err
    code, _, err = khabar(*ask, "--table", str(mine), "-o", str(changes))
    assert err.endswith("2 label-changed, 1 coordinates-moved\n")


def test_refresh_reports_what_could_not_be_had(khabar, service, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    service.plan = [services.refuse(504)] * 3
    code, _, err = khabar("refresh", "--endpoint", service.sparql, "--pause", "0", "--only", "sarw")
    assert code == 1
    assert err.startswith(f"problem: {q(1)} could not be had")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["refresh"], "give --contact ADDRESS"),
        (["refresh", "--only", "nobody"], "has the key or id 'nobody'"),
        (["refresh", "--apply", "x.tsv"], "--apply needs --table FILE"),
        (["refresh", "--apply", "x.tsv", "--table", "y.tsv", "--by", "Mona"], "cannot be read"),
        (["refresh", "--endpoint", "file:///etc/passwd"], "no web address"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_use_is_one_line_and_two(khabar, monkeypatch, tmp_path, arguments, words):
    monkeypatch.delenv("KHABAR_CONTACT", raising=False)
    monkeypatch.chdir(tmp_path)
    code, out, err = khabar(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.slow
def test_every_item_of_the_knowledge_base_is_asked_for_once_also_after_a_kill(service, tmp_path):
    entries = [entry for entry in KnowledgeBase.open().entries() if entry.qid]
    qids = sorted({entry.qid for entry in entries}, key=lambda qid: int(qid[1:]))
    shared = {qid for qid, number in Counter(entry.qid for entry in entries).items() if number > 1}
    version = NamedNode("http://schema.org/version")
    for entry in entries:
        item = NamedNode(iri.WIKIDATA + entry.qid)
        service.graph.add(Quad(item, version, Literal(1)))
        arabic = "جماعة لبنانية" if entry.key == "hezbollah" else entry.name_ar
        for name, language in ((arabic, "ar"), (entry.name_en, "en")):
            if name:
                service.graph.add(Quad(item, NamedNode(iri.RDFS + "label"), Literal(name, language=language)))
    changes = tmp_path / "changes.tsv"
    command = [
        sys.executable, "-m", "khabar", "wikidata", "refresh", "--endpoint", service.sparql, "--pause", "0",
        "--cache", str(tmp_path / "cache.sqlite"), "-o", str(changes),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1] / "src")}

    service.plan = [*[None] * 70, lambda request: run.kill()]
    run = subprocess.Popen(command, env=environment)
    assert run.wait(300) == -signal.SIGKILL
    assert not changes.exists()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0

    batches = [qids[i : i + 100] for i in range(0, len(qids), 100)]
    assert service.queried() == [*batches[:71], *batches[70:]]
    assert done.stderr.startswith(f"{len(entries):,} entries compared with {len(batches) - 70} requests: ")
    with changes.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["qid"] not in shared]
    found = [(row["kind"], row["key"], row["after"]) for row in rows]
    assert found == [("label-changed", "hezbollah", "جماعة لبنانية")]
