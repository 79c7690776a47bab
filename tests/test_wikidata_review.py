"""Reviewing what a comparison with Wikidata found, and applying what was accepted."""

import csv
import io

import pytest

from khabar.errors import InputError
from khabar.kb.records import COUNTRY, Candidate
from khabar.wikidata.refresh import Change
from khabar.wikidata.review import COLUMNS, TABLE, apply, context_of, log_of, news, read_review, write_review
from test_wikidata import ENTRIES, KB, q

CHANGES = [
    Change("id-redirected", "marji", "سالم المرجي", q(2), "qid", q(2), q(4), "now"),
    Change("id-gone", "gone", "سعيد الغائب", q(99), "qid", q(99), "", ""),
    Change("label-changed", "nl", "الشمال", q(9), "name_ar", "الشمال", "جمهورية الشمال", 'a "note"'),
    Change("alias-new", "sarw", "عين السرو", q(1), "aliases_ar", "", "عين سرو", ""),
    Change("alias-new", "sarw", "عين السرو", q(1), "aliases_ar", "", "عين السروة", ""),
    Change("coordinates-moved", "sarw", "عين السرو", q(1), "coordinates", "34.5,36.5", "34,36.5", "56 km"),
]


def review(path, changes=CHANGES, accept="yes"):
    write_review(path, changes)
    text = path.read_text("utf-8")
    head, *lines = text.splitlines(keepends=True)
    path.write_text(head + "".join(accept + line for line in lines), "utf-8")
    return path


def applied(path, table, **kwargs):
    known = {entry.qid: entry.key for entry in ENTRIES if entry.qid}
    return apply(path, table, KB().entry, by="Mona", on="2026-01-02", known=known, **kwargs)


def rows(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8")), delimiter="\t"))


def test_a_review_says_nothing_by_itself(tmp_path):
    path, table = tmp_path / "changes.tsv", tmp_path / "mine.tsv"
    write_review(path, CHANGES)
    assert [change for _, _, change in read_review(path)] == CHANGES
    assert path.read_text("utf-8").splitlines()[0].split("\t") == list(COLUMNS)
    done = applied(path, table)
    assert (done.taken, done.left, done.problems) == (0, 6, ())
    assert not table.exists()
    assert not log_of(table).exists()


def test_accepted_rows_enter_the_users_own_table_and_the_log(tmp_path):
    table = tmp_path / "mine.tsv"
    done = applied(review(tmp_path / "changes.tsv"), table)
    assert (done.taken, done.logged, done.left, done.problems) == (6, 1, 0, ())
    found = {row["key"]: row for row in rows(table)}
    assert tuple(rows(table)[0]) == TABLE
    assert found["marji"] == dict.fromkeys(TABLE, "") | {
        "key": "marji",
        "class": "Person",
        "name_ar": "سالم المرجي",
        "qid": q(4),
        "qid_source": f"wikidata: {q(2)} redirects there (2026-01-02)",
    }
    assert found["gone"]["qid"] == "-"
    assert found["nl"]["name_ar"] == "جمهورية الشمال"
    assert found["sarw"]["aliases_ar"] == "عين سرو|عين السروة"
    log = rows(log_of(table))
    assert [(row["kind"], row["by"], row["on"]) for row in log] == [(c.kind, "Mona", "2026-01-02") for c in CHANGES]
    assert applied(tmp_path / "changes.tsv", table).taken == 6  # once more: nothing twice
    assert {row["key"]: row for row in rows(table)} == found
    assert rows(log_of(table)) == log


def test_only_accepted_rows_and_kinds(tmp_path):
    path, table = review(tmp_path / "changes.tsv", accept=""), tmp_path / "mine.tsv"
    assert applied(path, table, kinds=["alias-new"]).taken == 2
    assert [row["key"] for row in rows(table)] == ["sarw"]
    assert applied(review(path, accept="no"), table, kinds=["alias-new"]).taken == 0
    with pytest.raises(InputError, match="no kind 'alias'"):
        applied(path, table, kinds=["alias"])
    done = applied(review(path, accept="perhaps"), table)
    assert (done.taken, len(done.problems)) == (0, 6)
    assert done.problems[0].endswith("changes.tsv:2: 'perhaps' is neither yes nor no; the row is left out")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("id-gone", "nobody", "", q(1), "qid", q(1), ""), "no entry 'nobody'"),
        (Change("id-gone", "gone", "", q(98), "qid", q(98), ""), f"the entry has {q(99)} now, not {q(98)}"),
        (Change("id-redirected", "marji", "", q(2), "qid", q(2), "DROP"), "'DROP' is no Wikidata id"),
        (Change("id-redirected", "marji", "", q(2), "qid", q(2), q(9)), "is the id of 'nl'; two entries"),
        (Change("label-changed", "nl", "", q(9), "name_en", "South", "North"), "is called 'Northland' now"),
        (Change("label-changed", "nl", "", q(9), "name_en", "Northland", ""), "the new name is empty"),
        (Change("alias-new", "nl", "", q(9), "aliases_ar", "", "أ|ب"), "is no alias"),
        (Change("alias-new", "nl", "", q(9), "aliases_ar", "", "=cmd()"), "is no alias"),
        (Change("coordinates-new", "nl", "", q(9), "coordinates", "", "91,0"), "is not latitude,longitude"),
        (Change("coordinates-new", "nl", "", q(9), "coordinates", "", "nan,0"), "is not latitude,longitude"),
        (Change("nonsense", "nl", "", q(9), "qid", q(9), ""), "no kind 'nonsense' of change"),
        (Change("label-new", "nl", "", q(9), "class", "", "Person"), "no column 'class' to change"),
    ],
)
def test_what_does_not_fit_is_a_problem_and_the_rest_goes_on(tmp_path, change, words):
    table = tmp_path / "mine.tsv"
    done = applied(review(tmp_path / "changes.tsv", [change, CHANGES[1]]), table)
    assert done.taken == 1
    assert len(done.problems) == 1
    assert "changes.tsv:2: " in done.problems[0]
    assert words in done.problems[0]
    assert [row["key"] for row in rows(table)] == ["gone"]


def test_the_users_table_keeps_its_comments_rows_and_columns(tmp_path):
    table = tmp_path / "mine.tsv"
    table.write_text("# ours\nkey\tclass\tname_ar\tcountry\n# towns\nsarw\tSettlement\tعين السرو\tnl\n", "utf-8")
    applied(review(tmp_path / "changes.tsv", CHANGES[3:4]), table)
    assert table.read_text("utf-8") == (
        "# ours\nkey\tclass\tname_ar\tcountry\tname_en\taliases_ar\taliases_en\tqid\tqid_source\tcontext\n# towns\n"
        "sarw\tSettlement\tعين السرو\tnl\t\tعين سرو\t\t\t\t\n"
    )


def test_a_shared_name_gets_its_context():
    entry = ENTRIES[0]
    assert context_of(entry, "عين السرو", KB()) == ""
    assert context_of(entry, "عين سرو", KB()) == "country"
    assert context_of(entry, "لا أحد", KB()) == "country"
    assert context_of(ENTRIES[5], "الشمال", KB()) == ""

    class Weak(KB):
        def meanings(self, name):
            return (Candidate("sarw", COUNTRY, "Settlement", "nl", 50, ""),)

    assert context_of(entry, "عين السرو", Weak()) == "country"


def test_what_was_accepted_is_no_news(tmp_path):
    table = tmp_path / "mine.tsv"
    assert news(CHANGES, table) == CHANGES
    applied(review(tmp_path / "changes.tsv", CHANGES[:3]), table)
    assert news(CHANGES, table) == CHANGES[3:]


def test_tables_of_another_form(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("a\tb\n", "utf-8")
    with pytest.raises(InputError, match="the column 'accept' is missing"):
        applied(path, tmp_path / "mine.tsv")
    with pytest.raises(InputError, match="lacks the column key"):
        applied(review(tmp_path / "changes.tsv"), path)
    with pytest.raises(InputError, match="cannot be read"):
        applied(tmp_path / "none.tsv", tmp_path / "mine.tsv")


def test_the_users_table_is_one_that_build_takes(tmp_path):
    from khabar import overlay
    from khabar.kb import KnowledgeBase
    from khabar.ontology import Ontology

    assert set(TABLE) <= set(overlay.COLUMNS)
    kb = KnowledgeBase.open()
    entry = kb.entry("haftar")
    changes = [
        Change("alias-new", "haftar", entry.name_ar, entry.qid or "", "aliases_ar", "", "خليفة بلقاسم حفتر", ""),
        Change("id-gone", "haftar", entry.name_ar, entry.qid or "", "qid", entry.qid or "", "", ""),
    ]
    table = tmp_path / "mine.tsv"
    apply(
        review(tmp_path / "changes.tsv", changes), table, kb.entry, by="Mona", on="2026-01-02", known={},
        context=lambda entry, name: context_of(entry, name, kb),
    )  # fmt: skip
    read = overlay.read_overlay(table, kb, Ontology.load())
    assert read.problems == ()
    assert "خليفة بلقاسم حفتر" in read.over(kb).entry("haftar").aliases_ar
    assert read.over(kb).entry("haftar").qid is None
    assert kb.entry("haftar").qid == entry.qid
