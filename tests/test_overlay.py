"""The user's table of names: what is accepted, what is said of bad rows, and what its names mean in a text."""

import hashlib

import pytest

from khabar import cli, iri
from khabar.errors import InputError
from khabar.kb import KnowledgeBase
from khabar.model import Record
from khabar.ontology import Ontology
from khabar.overlay import COLUMNS, read_overlay
from khabar.pipeline import Build, tables
from khabar.store import Store
from khabar.text import normalise


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return KnowledgeBase.open()


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return Ontology.load()


@pytest.fixture
def table(tmp_path, kb, ontology):
    """Reads a table of these rows, given as dictionaries."""

    def read(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS):
        lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows)]
        path = tmp_path / "my.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_overlay(path, kb, ontology)

    return read


def row(key: str = "falcons", cls: str = "Militia", name: str = "لواء صقور الهضبة", **more: str) -> dict[str, str]:
    return {"key": key, "class": cls, "name_ar": name, **more}


def found(kb: KnowledgeBase, text: str) -> dict[str, tuple[str, ...]]:
    return {text[h.begin : h.end]: h.keys for h in kb.scan(normalise(text))}


def said(overlay) -> list[str]:
    """The problems without the folder."""
    return [line.split("my.tsv:", 1)[1] for line in overlay.problems]


def test_a_new_entry_is_found_with_its_aliases_and_spellings(kb, table):
    overlay = table(row(aliases_ar="صقور الهضبة|ميليشيا الصقور السود", country="LY", name_en="Falcons"))
    assert overlay.problems == ()
    assert overlay.notes == ()
    laid = overlay.over(kb)
    entry = laid.entry("falcons")
    assert (entry.cls, entry.name_en, entry.country) == ("Militia", "Falcons", "ly")
    assert found(laid, "هاجم لواء صقور الهضبة البلدة")["لواء صقور الهضبة"] == ("falcons",)
    assert found(laid, "وصقور الهَضَبة أيضا")["صقور الهَضَبة"] == ("falcons",)
    assert found(laid, "تقدمت مليشيا الصقور السود")["مليشيا الصقور السود"] == ("falcons",)
    assert "falcons" not in str(found(kb, "هاجم لواء صقور الهضبة البلدة"))
    with pytest.raises(KeyError):
        kb.entry("falcons")


def test_what_the_table_names_is_no_longer_what_the_knowledge_base_names(kb, table):
    text = "قال خليفة حفتر إن قواته دخلت سرت"
    assert found(kb, text)["خليفة حفتر"] == ("haftar",)
    overlay = table(row("other_haftar", "Person", "خليفة حفتر"))
    assert overlay.problems == ()
    assert overlay.notes[0].endswith(
        "2: 'خليفة حفتر' is also haftar (خليفة حفتر, Person) in the knowledge base; it now means other_haftar only; "
        "write country in the column context to keep the others"
    )
    assert found(overlay.over(kb), text)["خليفة حفتر"] == ("other_haftar",)


def test_context_country_asks_the_text_and_keeps_the_other_meanings(kb, table):
    overlay = table(row("sirte_club", "Organization", "سرت", country="eg", context="country"))
    laid = overlay.over(kb)
    assert found(laid, "وصل الوفد إلى مصر ثم التقى سرت في القاهرة")["سرت"][0] == "sirte_club"
    sirte = found(laid, "دخلت القوات مدينة سرت في ليبيا")["سرت"]
    assert kb.entry(sirte[0]).qid == "Q162413"
    assert "sirte_club" not in sirte


def test_a_row_with_a_known_key_changes_that_entry(kb, table):
    old = kb.entry("haftar")
    overlay = table(row("haftar", "Person", "المشير حفتر الجديد", aliases_ar="أبو صدام المرج", active_to="2030"))
    laid = overlay.over(kb)
    new = laid.entry("haftar")
    assert (new.qid, new.name_en, new.country) == (old.qid, old.name_en, old.country)
    assert (new.name_ar, new.active_to) == ("المشير حفتر الجديد", "2030")
    assert {"خليفة حفتر", "أبو صدام المرج"} <= set(new.aliases_ar)
    assert found(laid, "قال خليفة حفتر وأبو صدام المرج")["أبو صدام المرج"] == ("haftar",)


def test_another_way_to_a_key_means_the_same_entry(kb, table):
    overlay = table(row("turkey", "Country", "تركيا", aliases_ar="بلاد الأناضول كلها"))
    assert [e.key for e in overlay.entries] == ["tr"]
    assert found(overlay.over(kb), "في بلاد الأناضول كلها")["بلاد الأناضول كلها"] == ("tr",)


def test_a_dash_takes_away(kb, table):
    overlay = table(row("haftar", "Person", "خليفة حفتر", aliases_ar="-", qid="-", country="-"))
    entry = overlay.entries[0]
    assert (entry.aliases_ar, entry.qid, entry.qid_source, entry.country) == ((), None, None, None)


def test_a_changed_class_is_what_old_names_mean_too(kb, table):
    laid = table(row("haftar", "Organization", "خليفة حفتر")).over(kb)
    assert {c.cls for c in laid.meanings("حفتر") if c.key == "haftar"} == {"Organization"}
    assert {c.cls for c in kb.meanings("حفتر") if c.key == "haftar"} == {"Person"}


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (row(key=""), "2: key is empty; fill it in"),
        (row(name=""), "2: name_ar is empty; fill it in"),
        (row(key="Falcons 1"), "2: key 'Falcons 1' is not usable; take small Latin letters, digits, - and _, and no"),
        (row(key="nil-1"), "2: key 'nil-1' is not usable"),
        (row(cls="Milita"), "2: class 'Milita' is no class of entities; did you mean Militia?"),
        (row(cls="Strike"), "2: class 'Strike' is no class of entities"),
        (row(name="Falcons"), "2: name 'Falcons' cannot be looked for; write at least two Arabic letters"),
        (row(aliases_ar="و"), "2: name 'و' cannot be looked for"),
        (row(country="zz"), "2: country 'zz' is unknown; give a code like ly, or the key of a Country row"),
        (row(country="haftar"), "2: country 'haftar' is of class Person; give the key of a Country"),
        (row(part_of="nobody"), "2: part_of 'nobody' is unknown; give the key of a row or of the knowledge base"),
        (row(part_of="falcons"), "2: part_of is the row's own key; leave it empty"),
        (row(active_from="spring"), "2: active_from 'spring' is no date; write YYYY, YYYY-MM or YYYY-MM-DD"),
        (row(active_from="2020", active_to="2019"), "2: active_from 2020 is after active_to 2019; exchange them"),
        (row(qid="43"), "2: qid '43' is not Q and a number (Q43); correct it or leave it empty"),
        (row(qid="Q999999999"), "2: qid Q999999999 has no qid_source; say who states it"),
        (row(qid="Q43", qid_source="x"), "2: qid Q43 is that of 'tr'; use that key, or take the qid from one of them"),
        (row(context="often"), "2: context 'often' is unknown; write sure, country or nothing"),
        (row(context="country"), "2: context country needs a country; fill in the column country"),
    ],
)
def test_a_bad_row_is_one_line_that_says_what_to_do(table, bad, line):
    overlay = table(bad, row("good", "Militia", "كتيبة الجبل البعيد"))
    assert len(overlay.problems) == 1
    assert said(overlay)[0].startswith(line)
    assert "good" in {e.key for e in overlay.entries}


def test_problems_come_in_the_order_of_the_lines(table):
    overlay = table(row(country="zz"), row("b", "Nothing", "كتيبة باء"), row("c", "Militia", "لواء صقور الهضبة"))
    assert [line.partition(":")[0] for line in said(overlay)] == ["2", "3", "4"]
    assert said(overlay)[2] == (
        "4: name 'لواء صقور الهضبه' is given to 'falcons' in line 2 too; take it from one of them, or write country in "
        "the column context of both"
    )


def test_a_key_twice_is_a_problem_and_a_name_twice_is_none_where_countries_decide(table, kb):
    overlay = table(row(), row(name="كتيبة أخرى تماما"))
    assert said(overlay) == ["3: key 'falcons' stands in line 2 too; join the rows or rename one"]
    two = table(row("a", country="ly", context="country"), row("b", country="sy", context="country"))
    assert two.problems == ()
    laid = two.over(kb)
    assert found(laid, "قتل لواء صقور الهضبة مدنيين في سوريا")["لواء صقور الهضبة"] == ("b",)
    assert found(laid, "قتل لواء صقور الهضبة مدنيين في ليبيا")["لواء صقور الهضبة"] == ("a",)


def test_rows_may_point_to_rows(table):
    overlay = table(row(part_of="upper"), row("upper", "Militia", "الفرقة العليا للهضبة"))
    assert overlay.problems == ()
    assert overlay.entries[0].part_of == "upper"


def test_comments_and_blank_lines_count_as_lines(tmp_path, kb, ontology):
    path = tmp_path / "my.tsv"
    text = "# mine\nkey\tclass\tname_ar\n\nx\tNo\tكتيبة\ny\tMilitia\tكتيبة الواحة\textra\n"
    path.write_text(text, encoding="utf-8-sig")
    overlay = read_overlay(path, kb, ontology)
    assert [line.partition(": ")[0] for line in said(overlay)] == ["4", "5"]
    assert said(overlay)[1] == "5: has 4 cells, the header 3; remove a tab"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; give it a header"),
        (b"key\tclass\n", "the header lacks the column name_ar; columns are parted by tabs"),
        (b"key\tclass\tname_ar\talias\n", "column 'alias' is unknown; the columns are key, class"),
        (b"key\tclass\tname_ar\tkey\n", "column 'key' is there twice"),
        (b"\xff\xfe\x00", "is not UTF-8"),
    ],
)
def test_what_is_no_table_is_one_error(tmp_path, kb, ontology, data, message):
    path = tmp_path / "my.tsv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_overlay(path, kb, ontology)
    with pytest.raises(InputError, match="cannot be read"):
        read_overlay(tmp_path / "none.tsv", kb, ontology)


def test_english_aliases_are_kept_for_reconciliation(table):
    assert table(row(aliases_en="Hill Falcons|HFB")).english == {"falcons": ("Hill Falcons", "HFB")}


def test_a_frequent_word_is_noted(table):
    overlay = table(row("army", "StateForce", "الجيش"))
    assert "'الجيش' is a" in "".join(overlay.notes)


def test_the_curated_table_is_itself_such_a_table(shared, kb, ontology):
    overlay = read_overlay(shared / "facts" / "actors.tsv", kb, ontology)
    assert len(overlay.entries) > 1000
    assert len(overlay.problems) <= 5
    assert all("is given to" in line or "is that of" in line for line in overlay.problems)


# The command ---------------------------------------------------------------------------------------------------------

TEXT = "قصف لواء صقور الهضبة مدينة سرت أمس. وتدعم تركيا لواء صقور الهضبة."


@pytest.fixture
def files(tmp_path):
    """A text and a table of one row."""
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "my.tsv").write_text("key\tclass\tname_ar\nfalcons\tMilitia\tلواء صقور الهضبة\n", encoding="utf-8")
    return tmp_path


def test_build_uses_the_table_and_says_which(files, capfd):
    store = files / "store"
    arguments = ["build", str(files / "a.txt"), "--store", str(store), "--date", "2020-01-02", "-q"]
    assert cli.run([*arguments, "--actors", str(files / "my.tsv")]) == 0
    digest = hashlib.sha256((files / "my.tsv").read_bytes()).hexdigest()
    with Store.open(store) as opened:
        assert opened.query("ASK { ?m :refersTo entity:falcons }")
        about = "?run a :Extraction ; prov:used ?t . ?t dct:title ?n ; dct:identifier ?d"
        rows = list(opened.query(f"SELECT ?n ?d {{ {about} }}"))
        assert [(r["n"].value, r["d"].value) for r in rows] == [("my.tsv", f"sha256:{digest}")]
        assert all(q.graph_name.value == iri.RUNS for q in opened.quads() if "/table/" in str(q))
    capfd.readouterr()
    assert cli.run([*arguments, "--actors", str(files / "my.tsv")]) == 0
    assert "1 were there already" in capfd.readouterr().err
    assert cli.run(arguments) == 0  # without the table it is another reading
    assert "1 documents" in capfd.readouterr().err
    with Store.open(store) as opened:
        assert not opened.query("ASK { ?m :refersTo entity:falcons }")


def test_bad_rows_stop_the_build_before_anything_is_made(files, capfd):
    (files / "my.tsv").write_text("key\tclass\tname_ar\nx\tNo\tكتيبة\ny\tMilitia\t\n", encoding="utf-8")
    code = cli.run(["build", str(files / "a.txt"), "-s", str(files / "store"), "--actors", str(files / "my.tsv")])
    lines = capfd.readouterr().err.splitlines()
    assert code == 1
    assert [line.split(":")[0] for line in lines] == ["problem", "problem", "khabar"]
    assert lines[-1].endswith("my.tsv: 2 bad rows; nothing was done")
    assert not (files / "store").exists()


def test_a_store_remembers_the_table_of_each_document(tmp_path, extractor, table):
    overlay = table(row())
    records = [Record(TEXT, "one", id="one")]
    with Store.open(tmp_path / "store", write=True, create=True) as store:
        Build(store, extractor, extractor.kb, Ontology.load(), problem=print).run(records)
        key = iri.document_key(records[0])
        assert tables(store, key) == set()
        build = Build(store, extractor, overlay.over(extractor.kb), Ontology.load(), problem=print, table=overlay)
        assert build.run(records).stored == 1
        assert tables(store, key) == {overlay.iri}


def test_paths_are_not_kept(files):
    assert "/" not in read_overlay(files / "my.tsv", KnowledgeBase.open(), Ontology.load()).name
