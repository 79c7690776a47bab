"""`khabar export`: whole files or none, one line for each mistake."""

import json
import sys

import pytest

from exports import fill, written
from handmade import EXTRACTION, article
from khabar import export, iri
from khabar.export import Format
from khabar.store import Store

KEY = iri.document_key(EXTRACTION.record)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("command") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    return path


def add(monkeypatch, *forms: Format) -> None:
    """Formats of the test's own beside those that there are."""
    found = {**export.formats(), **{form.name: form for form in forms}}
    monkeypatch.setattr(export, "formats", lambda: found)


def test_the_list_stands_under_headings(khabar):
    code, out, err = khabar("export", "--list")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "RDF"
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert names == list(export.formats())
    assert next(line for line in lines if line.startswith("  jelly")).endswith("(--graph, needs khabar[jelly])")


@pytest.mark.parametrize("form", ["nquads", "jsonld", "nanopub"])
def test_a_file_and_standard_output_get_the_same(khabar, path, tmp_path, form):
    target = tmp_path / "out"
    code, out, err = khabar("export", str(path), "-f", form, "-o", str(target))
    assert (code, out, err) == (0, "", "")
    assert khabar("export", str(path), "-f", form)[:2] == (0, target.read_text("utf-8"))
    with Store.open(path) as store:
        assert target.read_bytes() == written(store, form)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out"]


def test_a_document_without_its_text(khabar, path):
    code, out, _ = khabar("export", str(path), "-f", "jsonld", "--graph", KEY, "--no-text")
    assert code == 0
    (graph,) = json.loads(out)["@graph"]
    assert graph["id"] == f"graph:doc/{KEY}"
    assert "isString" not in out.partition('"@graph"')[2]


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_was_there_stays_when_writing_fails(khabar, path, tmp_path, monkeypatch, kind, error):
    def fail(_, place):
        if kind == "file":
            place.write(b"half")
        else:
            (place / "half").write_bytes(b"half")
        raise error

    add(monkeypatch, Format("half", "", **{"write" if kind == "file" else "write_folder": fail}))
    target = tmp_path / "out"
    if kind == "file":
        target.write_text("before")
    code, out, err = khabar("export", str(path), "-f", "half", "-o", str(target))
    assert out == ""
    if error is KeyboardInterrupt:
        assert code == 130
    else:
        why = "cannot be written (No space left on device); choose another place"
        assert (code, err) == (2, f"khabar: {target}: {why}\n")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out", "before")] * (kind == "file")


def test_a_folder_is_whole_or_not_there(khabar, path, tmp_path, monkeypatch):
    add(monkeypatch, Format("two", "", write_folder=lambda _, folder: (folder / "a").write_text("a")))
    target = tmp_path / "new" / "out"
    assert khabar("export", str(path), "-f", "two", "-o", str(target)) == (0, "", "")
    assert [file.name for file in target.parent.iterdir()] == ["out"]
    assert (target / "a").read_text() == "a"
    code, _, err = khabar("export", str(path), "-f", "two", "-o", str(target))
    assert (code, err) == (2, f"khabar: {target}: there is something already; two needs a new folder\n")
    (tmp_path / "empty").mkdir()
    assert khabar("export", str(path), "-f", "two", "-o", str(tmp_path / "empty"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-f", "nquads"], "DIR is missing; give the store, or --list to see the formats"),
        (["{store}", "-f", "trg"], "there is no format 'trg'; do you mean trig? `khabar export --list` shows all"),
        (["{store}", "-f", "nanopub", "--graph", "facts"], "nanopub is made of the whole store; leave --graph out"),
        (["{store}", "-o", "{store}"], "{store}: this is a folder; nquads needs a file"),
        (["{store}", "-f", "two"], "two takes more than one file; name a folder with -o"),
        (["{store}/no"], "{store}/no: there is no store; make one with `khabar build SOURCE --store {store}/no`"),
        (
            ["{store}", "--graph", "nothing"],
            "there is no graph 'nothing'; "
            "try facts, entities, links, decisions, ontology, runs or the key of a document",
        ),
    ],
)
def test_wrong_use_is_one_line(khabar, path, monkeypatch, arguments, line):
    add(monkeypatch, Format("two", "", write_folder=lambda _, folder: None))
    found = khabar("export", *(one.format(store=path) for one in arguments))
    assert found == (2, "", f"khabar: {line.format(store=path)}\n")


def test_binary_data_stays_off_terminals(khabar, path, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = khabar("export", str(path), "-f", "jelly")
    assert (code, out, err) == (2, "", "khabar: jelly is nothing to read on a terminal; name a file with -o\n")


def test_progress_is_shown_on_a_terminal_only(khabar, path, tmp_path, monkeypatch):
    target = tmp_path / "out"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert "written" in khabar("export", str(path), "-o", str(target))[2]
    assert khabar("export", str(path), "-o", str(target), "--quiet")[2] == ""
    monkeypatch.undo()
    assert khabar("export", str(path), "-o", str(target))[2] == ""
