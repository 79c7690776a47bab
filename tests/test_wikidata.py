"""Comparing the knowledge base with Wikidata, reviewing, and applying what was accepted."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services
from handmade import Schema
from khabar import cli
from khabar.errors import InputError
from khabar.kb.records import COUNTRY, SURE, Candidate, Entry
from khabar.wikidata import Cache, Client, Manners
from khabar.wikidata.items import Asker
from khabar.wikidata.refresh import KINDS, Change, Refresh, distance, kinds_of_types, plain
from khabar.wikidata.review import COLUMNS, TABLE, apply, context_of, log_of, news, read_review, write_review


def q(number: int) -> str:
    return f"Q{900000000000 + number}"


ENTRIES = [
    Entry("sarw", "Settlement", "عين السرو", "Ain al-Sarw", ("السرو",), "nl", lat=34.5, lon=36.5, qid=q(1)),
    Entry("marji", "Person", "سالم المرجي", "", (), "nl", qid=q(2)),
    Entry("round", "Person", "سالم الدوار", "Salem", (), "nl", qid=q(5)),
    Entry("dawn", "Militia", "كتيبة الفجر", "Dawn Brigade", (), "nl", qid=q(7)),
    Entry("grove", "Settlement", "تل الرمان", "Tell al-Rumman", (), "nl", qid=q(8)),
    Entry("nl", "Country", "الشمال", "Northland", (), "nl", lat=34.2, lon=36.1, qid=q(9)),
    Entry("gone", "Person", "سعيد الغائب", "Said", (), "nl", qid=q(99)),
    Entry("none", "Person", "بلا رقم", "", (), "nl"),
]


class KB:
    """A knowledge base of the entries above."""

    def entries(self):
        return iter(ENTRIES)

    def entry(self, key):
        return {entry.key: entry for entry in ENTRIES}[key]

    def meanings(self, name):
        found = [e for e in ENTRIES if name in {plain(n) for n in (e.name_ar, *e.aliases_ar)}]
        if name == plain("عين سرو"):
            found.append(Entry("other", "Settlement", "عين سرو", ""))
        return tuple(Candidate(e.key, SURE, e.cls, e.country or "", 50, "") for e in found)


class Classes(Schema):
    def is_a(self, cls, ancestor):
        if ancestor == "Organization":
            return cls == "Militia"
        return cls == ancestor or (ancestor in ("Place", "Actor", "Event") and super().is_a(cls, ancestor))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@pytest.fixture
def service():
    running = services.Service()
    yield running
    running.close()


def compared(service, tmp_path, entries=ENTRIES, **kwargs) -> list[Change]:
    client = Client(Manners("khabar/test", pause=0.0), sleep=lambda _: None)
    with Cache(tmp_path / "c.sqlite", **kwargs) as cache:
        asker = Asker(client, cache, service.sparql)
        known = {entry.qid: entry.key for entry in ENTRIES if entry.qid}
        return Refresh(asker, KB(), Classes(), known).run(entries)


def of(changes, key) -> list[tuple[str, str, str, str, str]]:
    return [(c.kind, c.field, c.before, c.after, c.note) for c in changes if c.key == key]


def test_a_town_has_moved_and_has_new_names(service, tmp_path):
    assert of(compared(service, tmp_path), "sarw") == [
        ("coordinates-moved", "coordinates", "34.5,36.5", "34,36.5", "56 km"),
        ("alias-new", "aliases_ar", "", "عين سرو", "also a name of other"),
        ("alias-new", "aliases_en", "", "Ayn as-Sarw", ""),
        ("types-new", "types", "", "Q515 city", ""),
    ]


def test_a_merged_item_is_followed_to_its_end_and_compared(service, tmp_path):
    assert of(compared(service, tmp_path), "marji") == [
        ("id-redirected", "qid", q(2), q(4), f"now Salem al-Marji (politician), by way of {q(3)}"),
        ("label-new", "name_en", "", "Salem al-Marji", ""),
        ("types-new", "types", "", "Q5 human", ""),
    ]


def test_redirects_in_a_circle_end(service, tmp_path):
    assert of(compared(service, tmp_path), "round") == [
        ("id-redirected", "qid", q(5), "", "redirects lead in a circle or nowhere")
    ]


def test_a_wrong_item_is_suspected_and_its_names_are_not_offered(service, tmp_path):
    changes = compared(service, tmp_path)
    assert of(changes, "dawn") == [
        ("type-conflict", "qid", q(7), "", "Dawn Brigade is a human; the entry is a Militia")
    ]
    assert of(changes, "grove") == [("name-conflict", "qid", q(8), "", "Wikidata calls it Olive Grove")]


def test_a_changed_label(service, tmp_path):
    assert of(compared(service, tmp_path), "nl") == [
        ("label-changed", "name_ar", "الشمال", "جمهورية الشمال", "the old name is an alias there"),
        ("label-changed", "name_en", "Northland", "Republic of the North", "the old name is an alias there"),
        ("types-new", "types", "", "Q6256 country", ""),
    ]


def test_a_label_that_changed_since_the_last_time_is_said(service, tmp_path):
    compared(service, tmp_path)
    service.graph.update(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX wd: <http://www.wikidata.org/entity/> "
        f'DELETE DATA {{ wd:{q(9)} rdfs:label "Republic of the North"@en }}; '
        f'INSERT DATA {{ wd:{q(9)} rdfs:label "Northern Republic"@en }}'
    )
    note = "the old name is an alias there; when last asked the label was Republic of the North"
    changed = of(compared(service, tmp_path, days=0.0), "nl")[1]
    assert changed == ("label-changed", "name_en", "Northland", "Northern Republic", note)


def test_gone_and_never_linked(service, tmp_path):
    changes = compared(service, tmp_path)
    assert of(changes, "gone") == [("id-gone", "qid", q(99), "", "asked for twice, no answer")]
    assert of(changes, "none") == []
    assert [c.kind for c in changes] == sorted((c.kind for c in changes), key=list(KINDS).index)


def test_a_redirect_to_the_item_of_another_entry_is_said(service, tmp_path):
    service.graph.update(
        f"INSERT DATA {{ <http://www.wikidata.org/entity/{q(50)}> <http://www.w3.org/2002/07/owl#sameAs> "
        f"<http://www.wikidata.org/entity/{q(9)}> }}"
    )
    changes = compared(service, tmp_path, [Entry("north2", "Country", "الشمال", "Northland", qid=q(50))])
    assert (
        changes[0].note == "now Republic of the North; nl has that id already: one of the two entries may be too much"
    )


def test_the_table_of_types_names_classes_that_are_there():
    from khabar.ontology import Ontology

    ontology = Ontology.load()
    assert set(kinds_of_types().values()) <= ontology.classes
    assert kinds_of_types()["Q5"] == "Person"


def test_distances():
    assert distance((0, 0), (0, 0)) == 0
    assert math.isclose(distance((0, 0), (0, 180)), 20_015, rel_tol=1e-3)
    assert math.isclose(distance((33.513, 36.292), (36.202, 37.134)), 309, abs_tol=3)  # Damascus, Aleppo


@given(st.text(max_size=30))
def test_plain_names_stay_as_they_are(name):
    assert plain(plain(name)) == plain(name)


# Review ---------------------------------------------------------------------------------------------------------------

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
    overlay = pytest.importorskip("khabar.overlay")
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


# The command ----------------------------------------------------------------------------------------------------------


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
