"""A redacted name is nowhere any more: not in a graph, an export or a file of the store, now or after a new reading."""

import json
import re
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from handmade import ENTRIES, EXTRACTION, RECORD, TEXT, Catalogue, Schema
from khabar import integrity, iri
from khabar.candidates import settle
from khabar.decisions import Decision
from khabar.errors import QueryError, StoreError
from khabar.finder import find_entity
from khabar.identities import Identity
from khabar.kb import Entry
from khabar.model import Entity, Extraction, Mention, Record, Relation, Stance
from khabar.rdf import to_rdf
from khabar.redactions import FILE, NODE
from khabar.redactions.names import Names, keyed, spelt
from khabar.snapshots import Snapshots
from khabar.store import Store
from khabar.text import fold, normalise

CATALOGUE = Catalogue(
    (
        *(replace(e, qid="Q999001") if e.key == "haftar" else e for e in ENTRIES),
        Entry("saddam_haftar", "Person", "صدام حفتر", "Saddam Haftar", country="ly"),
        Entry("haftar_force", "ArmedForce", "جيش الشرق", "", ("قوات حفتر", "قوات الشرق"), country="ly"),
        Entry("bridge", "Facility", "جسر الواحة", "", country="ly", located_in="gn-8"),
    )
)
HAFTAR = iri.entity("haftar")
NAMES = ("حفتر", "haftar", "Haftar", "Q999001")


class Kinds(Schema):
    """The handmade schema, in which a facility is a place as well."""

    def is_a(self, cls: str, ancestor: str) -> bool:
        return (cls == "Facility" and ancestor == "Place") or super().is_a(cls, ancestor)


def told(number: int, text: str, *said: tuple[str, str, str | None, tuple[str, ...]], **fields: str) -> Extraction:
    """An article in which entities (class, name, key, words of mentions) are named; the first supports the second."""
    entities = []
    for place, (cls, name, key, words) in enumerate(said):
        mentions = []
        for word in words:
            begin = -1
            while (begin := text.find(word, begin + 1)) >= 0:
                mentions.append(Mention(begin, begin + len(word), 0, 1, 0, cls, "name"))
        entities.append(Entity(f"e{place}", cls, name, key, tuple(mentions)))
    ties = [Relation("e0", "supports", "e1", Stance("Ongoing"), (0, len(text)), "hand")] if len(said) > 1 else []
    fields = {"url": f"https://news.example/{number}"} | fields
    return Extraction(Record(text, f"article {number}", **fields), tuple(entities), (), tuple(ties))


FAMILY = told(
    2,
    "استقبل صدام حفتر في بنغازي وفدًا، ثم وصل المشير خليفه حَفْتَر وعاد. وقالت قوات حفتر إنها تثق بحفتر وبالحفتر.",
    ("Person", "صدام حفتر", "saddam_haftar", ("صدام حفتر",)),
    ("ArmedForce", "جيش الشرق", "haftar_force", ("قوات حفتر",)),
    title="لقاء مع خليفة حفتر",
    id="haftar-interview",
    url="https://news.example/خليفة-حفتر/2",
)
NAMESAKE = told(
    3,
    "قال المواطن خليفة حفتر إن داره هدمت، وإنه يؤيد تركيا.",
    ("Person", "خليفة حفتر", None, ("خليفة حفتر",)),
    ("Country", "تركيا", "tr", ("تركيا",)),
)
FREE = told(4, "تؤيد تركيا منطقة طرابلس.", ("Country", "تركيا", "tr", ("تركيا",)))
BRIDGE = told(
    5,
    "قصفت تركيا جسر الواحة في طرابلس.",
    ("Country", "تركيا", "tr", ("تركيا",)),
    ("Facility", "جسر الواحة", "bridge", ("جسر الواحة",)),
)
ARTICLES = (EXTRACTION, FAMILY, NAMESAKE, FREE, BRIDGE)


def fill(path: Path, *articles: Extraction) -> Path:
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for article in articles:
            store.replace(to_rdf(article, CATALOGUE, Kinds()))
    return path


def redact(path: Path, name: str, *also: str, because: str = "") -> tuple[str, object]:
    """Redact what a name means; the IRI of its new node, and what was counted."""
    with Store.open(path, write=True) as store:
        counts = store.redact(store.decisions.group(find_entity(store, name)), also, "Mona", because)
    with Store.open(path, write=True) as store:
        return store.redactions.made[-1].node, counts


def content(path: Path) -> set[Quad]:
    with Store.open(path) as store:
        return set(store.quads())


def text_of(path: Path, article: Extraction) -> str:
    with Store.open(path) as store:
        node = NamedNode(iri.document(iri.document_key(article.record)))
        return next(store.quads(node, NamedNode(iri.NIF + "isString"))).object.value


def dump(path: Path) -> str:
    return "\n".join(sorted(map(str, content(path))))


def files(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file())


def problems(path: Path, *, shapes: bool = True) -> list[str]:
    with Store.open(path) as store:
        return list(integrity.problems(store, shapes=shapes))


@pytest.fixture
def store(tmp_path):
    return fill(tmp_path / "store", *ARTICLES)


# What becomes of the graph --------------------------------------------------------------------------------------------


def test_the_document_is_the_one_that_would_have_been_read_with_the_name_covered(tmp_path):
    path = fill(tmp_path / "store", EXTRACTION)
    node, counts = redact(path, "haftar")
    assert (counts.documents, counts.mentions, counts.others, counts.entities, counts.addresses) == (1, 2, 1, 1, 1)

    class Hidden(Catalogue):
        def entry(self, key: str) -> Entry:
            hidden = Entry(node.removeprefix(iri.entity("")), "Person", "", "")
            return hidden if key == "haftar" else CATALOGUE.entry(key)

    covered = replace(EXTRACTION, record=replace(RECORD, text=TEXT.replace("حفتر", "████")))
    expected = to_rdf(covered, Hidden(), Kinds())
    graph = iri.document_graph(expected.key)
    assert {quad for quad in content(path) if quad.graph_name.value == graph} == set(expected.quads)
    said = {(q.predicate.value, str(q.object), q.graph_name.value) for q in content(path) if q.subject.value == node
            and q.graph_name.value in (iri.ENTITIES, iri.LINKS)}  # fmt: skip
    assert said == {
        (iri.RDF + "type", f"<{iri.NS}Person>", iri.ENTITIES),
        (iri.RDFS + "label", '"[محجوب]"@ar', iri.ENTITIES),
        (iri.RDFS + "label", '"[redacted]"@en', iri.ENTITIES),
    }


def test_nothing_names_it_any_more_and_the_store_is_valid(store):
    before = dump(store)
    assert all(name in before for name in NAMES)
    node, _ = redact(store, "haftar")
    after = dump(store)
    for kept in ("saddam_haftar", "haftar_force", "صدام حفتر", "Saddam Haftar"):
        after = after.replace(kept, "")
    assert node in after
    assert not [name for name in NAMES if name in after]
    assert problems(store) == []


def test_families_keep_their_names_and_forces_lose_theirs(store):
    redact(store, "haftar")
    text = text_of(store, FAMILY)
    assert text == (
        "استقبل صدام حفتر في بنغازي وفدًا، ثم وصل المشير ████████████████ وعاد. وقالت قوات ████ إنها تثق ب████ وب██████."
        .replace("████████████████", "█" * len("خليفه حَفْتَر"))
    )  # fmt: skip
    after = dump(store)
    assert '"صدام حفتر"@ar' in after
    assert '"قوات الشرق"@ar' in after
    assert '"قوات حفتر"@ar' not in after
    assert '"قوات ████"@ar' in after  # the words of a mention of the force


def test_titles_identifiers_and_addresses_that_spell_out_the_name(store):
    redact(store, "haftar")
    with Store.open(store) as opened:
        node = NamedNode(iri.document(iri.document_key(FAMILY.record)))
        said = {q.predicate.value: q.object.value for q in opened.quads(node)}
        assert said[iri.DCT + "title"] == "لقاء مع ██████████"
        assert said[iri.DCT + "identifier"] == "██████-interview"
        assert said[iri.DCT + "source"] == "https://news.example/"
        other = NamedNode(iri.document(iri.document_key(BRIDGE.record)))
        assert next(opened.quads(other, NamedNode(iri.DCT + "source"))).object.value == "https://news.example/5"


def test_somebody_of_the_same_name_is_redacted_too_but_stays_somebody_else(store):
    node, _ = redact(store, "haftar")
    graph = iri.document_graph(iri.document_key(NAMESAKE.record))
    with Store.open(store) as opened:
        named = {q.object.value for q in opened.quads(None, NamedNode(iri.NS + "refersTo"), None, graph)}
    (other,) = named - {iri.entity("tr")}
    assert other.startswith(NODE)
    assert other != node
    assert "هدمت" in text_of(store, NAMESAKE)


def test_facts_follow(store):
    node, _ = redact(store, "haftar")
    with Store.open(store) as opened:
        facts = {tuple(map(str, quad.triple)) for quad in opened.quads(graph=iri.FACTS)}
    # :opposes is symmetric: the smaller IRI is its subject
    assert (f"<{node}>", f"<{iri.NS}opposes>", f"<{iri.entity('tr')}>") in facts
    assert not any(f"<{HAFTAR}>" in fact for fact in facts)


def test_a_place_loses_its_coordinates_and_ties(tmp_path):
    path = fill(tmp_path / "store", *ARTICLES)
    before = dump(path)
    assert "32.88743" in before
    assert f"<{iri.entity('bridge')}> <{iri.NS}locatedIn> <{iri.entity('gn-8')}>" in before
    node, _ = redact(path, "Q3579")
    after = dump(path)
    assert not [word for word in ("32.88743", "13.18", "gn-8", "Q3579", 'Tripoli"', "wktLiteral") if word in after]
    assert f"locatedIn> <{node}>" not in after
    assert f"<{node}> <{iri.NS}locatedIn>" not in after
    # طرابلس is an ordinary word: covered in documents that name the place, not where the district is meant
    assert "طرابلس" not in text_of(path, EXTRACTION)
    assert "طرابلس" in text_of(path, FREE)
    assert problems(path) == []


def test_an_unlinked_entity_that_is_only_described_is_hidden_in_its_document_alone(tmp_path):
    other = told(6, "قال مصدر عسكري إن تركيا قصفت.", ("UnnamedSource", "مصدر عسكري", None, ("مصدر عسكري",)))
    path = fill(tmp_path / "store", EXTRACTION, other)
    with Store.open(path) as opened:
        graph = iri.document_graph(iri.document_key(RECORD))
        (source,) = (q.subject.value for q in opened.quads(None, None, Literal("مصدر عسكري", language="ar"), graph)
                     if q.subject.value.startswith(iri.entity("nil-")))  # fmt: skip
    node, counts = redact(path, source)
    assert counts.documents == 1
    assert text_of(path, EXTRACTION) == TEXT.replace("مصدر عسكري", "██████████")
    assert text_of(path, other) == other.record.text
    assert source not in dump(path)
    assert f"<{iri.NS}attributedTo> <{node}>" in dump(path)
    assert problems(path) == []


def test_merged_nodes_become_one_and_decisions_stay_without_names(store):
    with Store.open(store, write=True) as opened:
        (nil,) = (node.value for node in map(lambda q: q.subject, opened.quads(None, NamedNode(iri.RDFS + "label"),
                  Literal("خليفة حفتر", language="ar"))) if node.value.startswith(iri.entity("nil-")))  # fmt: skip
        opened.decide(Decision.of(HAFTAR, nil, "SameEntity", "Mona", "خليفة حفتر هو", "خليفة حفتر / خليفة حفتر"))
        saddam = iri.entity("saddam_haftar")
        opened.decide(Decision.of(HAFTAR, saddam, "DifferentEntities", "Mona", "ابن حفتر", "خليفة حفتر / صدام"))
    node, _ = redact(store, nil)
    with Store.open(store) as opened:
        (kept,) = opened.decisions.log()
        assert sorted(kept.pair) == sorted((node, saddam))
        assert (kept.because, kept.by) == ("ابن ████", "Mona")
        assert sorted(kept.title.split(" / ")) == ["[redacted]", "صدام"]
        graphs = {q.graph_name.value for q in opened.quads(None, NamedNode(iri.NS + "refersTo"), NamedNode(node))}
        assert len(graphs) == 2
        assert opened.decisions.groups() == {}
    assert nil not in dump(store)
    assert problems(store) == []


def test_a_decision_about_its_item_goes(tmp_path):
    path = fill(tmp_path / "store", NAMESAKE)
    with Store.open(path, write=True) as opened:
        nil = find_entity(opened, "خليفة حفتر")
        opened.identify(Identity.of(nil, "Q999002", "SameEntity", "Mona", said="خليفة حفتر"))
    assert "Q999002" in dump(path)
    redact(path, nil)
    assert "Q999002" not in dump(path)
    assert problems(path) == []


def test_khabar_neither_merges_nor_proposes_whom_it_may_not_name(tmp_path):
    more = [replace(NAMESAKE, record=replace(NAMESAKE.record, url=f"https://news.example/more/{n}")) for n in range(3)]
    path = fill(tmp_path / "store", *more)
    with Store.open(path, write=True) as opened:
        first = min(quad.subject.value for quad in opened.quads(None, None, NamedNode(iri.NS + "Person")))
    redact(path, first)
    with Store.open(path, write=True) as opened:
        assert settle(opened) == (0, 0)
    assert "حفتر" not in dump(path)
    assert problems(path) == []


# Reading again --------------------------------------------------------------------------------------------------------


def test_reading_again_gives_the_same_bytes_and_needs_none(store):
    redact(store, "haftar", because="شاهد: خليفة حفتر")
    before = content(store)
    with Store.open(store, write=True) as opened:
        for article in ARTICLES:
            key = iri.document_key(article.record)
            assert opened.has_text(key, article.record.text)
            assert not opened.has_text(key, article.record.text + ".")
            opened.replace(to_rdf(article, CATALOGUE, Kinds()))
    assert content(store) == before
    with Store.open(store, write=True) as opened:
        assert all(opened.has_text(iri.document_key(one.record), one.record.text) for one in ARTICLES)
        (made,) = opened.redactions.made
        assert (made.because, made.by) == ("شاهد: ██████████", "Mona")
        assert made.documents == {iri.document_key(one.record) for one in (EXTRACTION, FAMILY, NAMESAKE)}


def test_a_new_document_comes_in_masked(tmp_path):
    path = fill(tmp_path / "store", EXTRACTION)
    node, _ = redact(path, "haftar")
    by_key = told(7, "وصل حفتر.", ("Person", "حفتر", "haftar", ("حفتر",)))
    by_name = told(8, "وصل المشير حفتر إلى تركيا.", ("Person", "المشير حفتر", None, ("المشير حفتر",)))
    unnamed = told(9, "تكلمت تركيا عن لحفتر وخليفةحفتر.", ("Country", "تركيا", "tr", ("تركيا",)))
    fill(path, by_key, by_name, unnamed, FREE)
    assert text_of(path, by_key) == "وصل ████."
    assert text_of(path, by_name) == "وصل ███████████ إلى تركيا."
    assert text_of(path, unnamed) == "تكلمت تركيا عن ل████ و█████████."
    assert text_of(path, FREE) == FREE.record.text
    assert not [name for name in NAMES if name in dump(path)]
    assert f"<{iri.NS}refersTo> <{node}> <{iri.document_graph(iri.document_key(by_key.record))}>" in dump(path)
    assert problems(path) == []


def test_another_key_of_the_same_item_is_known_again(tmp_path):
    path = fill(tmp_path / "store", EXTRACTION)
    redact(path, "haftar")
    own = told(7, "وصل الفيلد إلى هنا.", ("Person", "الفيلد", "field_marshal", ("الفيلد",)))
    catalogue = Catalogue((*ENTRIES, Entry("field_marshal", "Person", "الفيلد", "", qid="Q999001")))
    with Store.open(path, write=True) as opened:
        opened.replace(to_rdf(own, catalogue, Kinds()))
    assert text_of(path, own) == "وصل ██████ إلى هنا."
    assert "field_marshal" not in dump(path)


def test_two_redactions_give_what_reading_again_gives(store):
    redact(store, "haftar")
    redact(store, "tr", "أنقرة")
    before = content(store)
    assert "تركيا" not in dump(store)
    fill(store, *ARTICLES)
    assert content(store) == before
    assert problems(store) == []
    with pytest.raises(QueryError, match="nothing in"), Store.open(store) as opened:
        find_entity(opened, "haftar")


def test_lifting_lets_the_name_back_in(store):
    before = content(store)
    node, _ = redact(store, "haftar")
    with Store.open(store, write=True) as opened:
        opened.lift(node)
        assert opened.redactions.made == ()
        assert not opened.has_text(iri.document_key(RECORD), TEXT)
        assert opened.has_text(iri.document_key(FREE.record), FREE.record.text)
    assert "حفتر" not in dump(store).replace("صدام حفتر", "")
    fill(store, *ARTICLES)
    assert content(store) == before
    with pytest.raises(QueryError, match="there is no redaction"), Store.open(store, write=True) as opened:
        opened.lift(node)


def test_forgetting_a_document_forgets_its_hash(store):
    redact(store, "haftar")
    key = iri.document_key(RECORD)
    with Store.open(store, write=True) as opened:
        opened.forget(key)
    kept = json.loads((store / FILE).read_text(encoding="utf-8"))
    assert key not in json.dumps(kept)


# The files ------------------------------------------------------------------------------------------------------------


def test_the_files_do_not_keep_the_name(tmp_path):
    path = fill(tmp_path / "store", EXTRACTION, NAMESAKE)
    for copies in ("snapshots", "quotes"):
        (path / copies / "00000001").mkdir(parents=True)
        (path / copies / "00000001" / "data").write_text("حفتر", encoding="utf-8")
    assert all(name.encode() in files(path) for name in NAMES)
    redact(path, "haftar", because="خليفة حفتر")
    assert not [name for name in (*NAMES, "خليفة") if name.encode() in files(path)]
    assert not list(path.glob("*/00000001"))
    assert stat.S_IMODE((path / FILE).stat().st_mode) == 0o600
    assert sorted(one.name for one in path.iterdir()) == sorted(
        ("khabar.json", "lock", "quads", "quotes", FILE, "snapshots")
    )


def test_a_server_that_watches_gets_a_new_snapshot_in_the_place_of_the_old_ones(store):
    with Snapshots(store).watching():
        with Store.open(store, write=True) as opened:
            old = opened.publish()
        assert b"entity/haftar" in files(old)
        redact(store, "haftar")
        new = Snapshots(store).newest()
        assert new is not None
        assert new.name > old.name
        assert not old.exists()
        assert content(new) == content(store)


def test_copies_of_the_store_come_without_the_file(store, tmp_path):
    redact(store, "haftar")
    with Store.open(store) as opened:
        opened.backup(tmp_path / "copy")
    assert not (tmp_path / "copy" / FILE).exists()
    assert content(tmp_path / "copy") == content(store)
    with pytest.raises(StoreError, match=r"redactions.json is missing, .* put it back"):
        Store.open(tmp_path / "copy", write=True)
    (store / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"redactions.json: damaged"):
        Store.open(store, write=True)


KILLED = """
import os, signal, shutil, sys
from pathlib import Path
from khabar.redactions import rewriting
from khabar.store import Store

path, point = Path(sys.argv[1]), sys.argv[2]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def partly(folder, **_):
    for file in list(Path(folder).glob("*"))[:2]:
        file.unlink()
    die()

rename, replaced = Path.rename, Path.replace
if point == "writing":
    rewriting._Rewriting._links = die
elif point == "before":
    Path.rename = die
elif point == "after":
    rewriting._sync = die
elif point == "file":
    Path.replace = lambda one, other: (replaced(one, other), one.name == "redactions.json" and die())[0]
elif point == "partly":
    rewriting.shutil = type("Some", (), {"rmtree": staticmethod(lambda p, **k: p.name == "quads" and partly(p))})
elif point == "renamed":
    Path.rename = lambda one, other: (rename(one, other), one.name == "quads" and die())[0]
elif point == "finish":
    import khabar.redactions
    khabar.redactions.finish = die
with Store.open(path, write=True) as store:
    store.redact(["https://w3id.org/khabar/entity/haftar"], [], "Mona", "")
Store.open(path, write=True).close()
sys.exit(3)
"""


@pytest.mark.parametrize("point", ["writing", "before", "after", "file", "partly", "renamed", "finish"])
def test_a_killed_redaction_leaves_the_old_store_or_the_new_one(tmp_path, point):
    path = fill(tmp_path / "store", EXTRACTION, NAMESAKE)
    old = content(path)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), point], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    now = content(path)  # read before anybody has put things right
    if point in ("writing", "before"):
        assert now == old
        Store.open(path, write=True).close()
        assert content(path) == old
        assert not (path / FILE).exists()
    else:
        assert not [quad for quad in now if "حفتر" in str(quad)]
        with Store.open(path, write=True) as opened:
            assert len(opened.redactions.made) == 1
        assert content(path) == now
        assert "حفتر".encode() not in files(path)
        fill(path, EXTRACTION, NAMESAKE)
        assert content(path) == now
    assert sorted({one.name for one in path.iterdir()} - {FILE}) == ["khabar.json", "lock", "quads"]


# Names ----------------------------------------------------------------------------------------------------------------

SALT = b"s" * 32
MARKS = ("", "\u064e", "\u064f\u0651", "\u0640", "\u200f")
SPELLINGS = {"أ": "أاإآ", "ا": "اأإ", "ي": "يى", "ى": "ىي", "ة": "ةه", "ه": "هة"}


def names(*wanted: str) -> Names:
    known = spelt(wanted, person=True)
    hashes = {keyed(SALT, name): (("r", kind),) for name, (kind, _) in known.items()}
    return Names(SALT, hashes, max(words for _, words in known.values()))


@given(
    st.sampled_from(["أسامة قنونو", "فايز السرّاج", "عبد الله الأمين"]),
    st.sampled_from(["", "و", "ف", "ب", "ل", "ك", "ول", "وب"]),
    st.sampled_from(["", "قال: ", "«", "نقلًا عن "]),
    st.sampled_from(["", ".", " أمس", "»، ثم"]),
    st.data(),
)
def test_a_name_is_covered_in_every_spelling_and_nothing_else_is(name, clitic, before, after, data):
    written = ""
    for letter in name:
        written += data.draw(st.sampled_from(SPELLINGS.get(letter, letter)))
        written += data.draw(st.sampled_from(MARKS)) if letter != " " else ""
    written = written.rstrip("\u200f")  # after the last letter it belongs to nothing
    text = before + clitic + written + after
    covered = names(name).mask(text)
    assert covered == before + clitic + "█" * len(written) + after
    assert names(name).mask(covered) == covered


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("للسراج", "ل█████"),
        ("فايزالسراج", "██████████"),
        ("فايز - السراج", "█████████████"),
        ("والسراج والسراجي", "و██████ والسراجي"),
        ("Fayez Al-Sarraj's", "███████████████'s"),
        ("السراجفايز", "السراجفايز"),
        ("", ""),
    ],
)
def test_words_are_covered_whole(text, covered):
    assert names("فايز السراج", "السراج", "Fayez al-Sarraj").mask(text) == covered


def test_descriptions_are_no_names_and_given_names_are_told_apart():
    assert spelt(["قائد الجيش", "متحدث باسم التحالف"], person=True) == {}
    found = {name: kind for name, (kind, _) in spelt(["محمد", "قنونو", "محمد قنونو", "طرابلس"], person=True).items()}
    assert found == {"محمد": "bare", "قنونو": "short", "محمدقنونو": "full", "طرابلس": "bare"}


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The example articles, read by the rules."""
    from khabar import cli

    path = tmp_path_factory.mktemp("built") / "store"
    assert cli.run(["build", "examples/articles.jsonl", "--store", str(path), "-q"]) == 0
    return path


def named(text: str, names: list[str]) -> list[str]:
    """The names that stand in a text in any spelling."""
    folded = fold(normalise(text).text)
    return [name for name in names if fold(normalise(name).text) in folded]


def test_the_command_from_end_to_end(built, khabar, tmp_path):
    path = tmp_path / "store"
    build = ["build", "examples/articles.jsonl", "--store", str(path), "-q", "--again"]
    export = ["export", str(path), "--format", "nquads"]
    with Store.open(built) as opened:
        opened.backup(path)
        node = NamedNode(find_entity(opened, "sarraj"))
        labels = [q.object.value for name in (iri.RDFS + "label", iri.SKOS + "altLabel")
                  for q in opened.quads(node, NamedNode(name))]  # fmt: skip
    names = ["sarraj", "Q21089561", *labels]
    assert named(khabar(*export)[1], names)
    asked = ["Q21089561", "--because", "فايز السراج", "--by", "Mona", "--also", "سراج ليبيا"]
    code, _, err = khabar("redact", str(path), *asked)
    assert code == 0
    assert re.match(r"redacted-[0-9a-f]{16}: [1-9]\d* mentions and \d+ other places masked", err)
    assert "redactions.json" in err
    id_, *_, why = khabar("redact", str(path), "--list")[1].split(maxsplit=5)
    assert why == "Mona: ███████████\n"
    out = khabar(*export)[1]
    assert id_ in out
    assert named(out, names) == []
    code, _, err = khabar("validate", str(path))
    assert (code, "0 problems" in err) == (0, True)
    assert "[محجوب]" in khabar("show", str(path), id_)[1]
    assert khabar(*build)[0] == 0
    assert named(khabar(*export)[1], names) == []
    assert khabar("redact", str(path), "--lift", id_)[0] == 0
    assert khabar(*build)[0] == 0
    assert "entity/sarraj" in khabar(*export)[1]


def test_building_again_skips_and_linking_anew_keeps_what_is_redacted(built, khabar, tmp_path):
    path = tmp_path / "store"
    with Store.open(built) as opened:
        opened.backup(path)
    assert khabar("redact", str(path), "sarraj")[0] == 0
    before = {quad for quad in content(path) if quad.graph_name.value != iri.RUNS}
    assert "(12 were there already)" in khabar("build", "examples/articles.jsonl", "--store", str(path), "-q")[2]
    code, _, err = khabar("relink", str(path))
    assert (code, "12 documents, 0 changed" in err) == (0, True)
    assert {quad for quad in content(path) if quad.graph_name.value != iri.RUNS} == before
    assert "(12 were there already)" in khabar("build", "examples/articles.jsonl", "--store", str(path), "-q")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "nothing in"),
        ([], "give ENTITY, --list or --lift ID"),
        (["haftar", "--list"], "give ENTITY, --list or --lift ID"),
        (["--lift", "0123456789abcdef"], "there is no redaction '0123456789abcdef'"),
    ],
)
def test_wrong_use_is_one_line_and_changes_nothing(store, khabar, arguments, said):
    before = content(store)
    code, out, err = khabar("redact", str(store), *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert content(store) == before


def test_what_is_redacted_already_and_what_several_are_called(store, khabar):
    assert khabar("redact", str(store), "saddam_haftar")[0] == 0
    (line,) = khabar("redact", str(store), "--list")[1].splitlines()
    assert khabar("redact", str(store), line.split()[0])[2].startswith("khabar: it is redacted already")
    code, _, err = khabar("redact", str(store), "خليفة حفتر")
    assert (code, "2 entities are called" in err) == (2, True)
    assert khabar("redact", str(store.parent / "none"), "x")[0] == 2
