"""The knowledge base: what it finds, what it leaves, what it says of an entry."""

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.errors import ResourceError
from khabar.kb import KnowledgeBase
from khabar.kb.matcher import Matcher, split
from khabar.text import fold, normalise


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return KnowledgeBase.open()


def found(kb: KnowledgeBase, text: str) -> dict[str, str]:
    return {text[h.begin : h.end]: h.keys[0] for h in kb.scan(normalise(text))}


def test_finds_actors_countries_and_places_without_their_proclitics(kb):
    text = "وقال خليفة حفتر إن قواته دخلت مدينة سرت في ليبيا، وردت تركيا بقصف لمواقع بطرابلس"
    names = found(kb, text)
    assert names["خليفة حفتر"] == "haftar"
    assert names["ليبيا"] == "ly"
    assert names["تركيا"] == "tr"
    assert kb.entry(names["طرابلس"]).qid == "Q3579"
    assert kb.entry(names["سرت"]).qid == "Q162413"


def test_the_lam_of_a_contracted_article_stays_in_the_name(kb):
    assert "لحوثيين" in found(kb, "تسليم صنعاء للحوثيين في اليمن")


def test_diacritics_and_quotation_marks_do_not_hide_a_name(kb):
    assert found(kb, "التقى فايز السرّاج نظيره")["فايز السرّاج"] == "sarraj"
    assert found(kb, "قصفت قوات حكومة «الوفاق» سرت")["قوات حكومة «الوفاق»"] == "gna_forces"


@pytest.mark.parametrize(
    ("text", "qid"),
    [("دخلت القوات طرابلس شمال لبنان قرب بيروت", "Q168954"), ("دخلت القوات طرابلس غرب ليبيا قرب مصراتة", "Q3579")],
)
def test_a_homonym_follows_the_country_of_the_text(kb, text, qid):
    hit = next(h for h in kb.scan(normalise(text)) if text[h.begin : h.end] == "طرابلس")
    qids = [kb.entry(k).qid for k in hit.keys]
    assert qids[0] == qid
    assert {"Q3579", "Q168954"} <= set(qids)


def test_preposition_is_not_a_given_name(kb):
    assert "طرابلس" in found(kb, "شن حفتر هجوما على طرابلس في ليبيا")


def test_nationality_adjective_is_not_the_state(kb):
    assert "السعودية" not in found(kb, "وصلت القوات السعودية إلى اليمن")
    assert "السعودية" in found(kb, "غادر الوفد إلى السعودية")


@pytest.mark.parametrize(
    "text", ["تمتع الفريق بالقاعدة الصلبة", "كان الأمل كبيرا", "قال محمد علي لصديقه", "كسرت الباب"]
)
def test_ordinary_words_without_support_are_left(kb, text):
    assert not [h for h in kb.scan(normalise(text)) if "gn-" in h.keys[0]]


def test_a_common_word_is_no_village(kb):
    without = "حقق الجيش السوري النصر في ريف حلب"
    assert "النصر" not in found(kb, without)


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("تركي", "tr"),
        ("التركية", "tr"),
        ("أتراك", "tr"),
        ("الأتراك", "tr"),
        ("روس", "ru"),
        ("أميركية", "us"),
        ("أمريكيون", "us"),
        ("مصريين", "eg"),
        ("مغاربة", "ma"),
        ("إماراتي", "ae"),
        ("سوري", "sy"),
        ("بيت", None),
    ],
)
def test_demonyms(kb, word, country):
    assert kb.demonym(fold(word)) == country


@pytest.mark.parametrize(
    ("name", "country"), [("أنقرة", "tr"), ("موسكو", "ru"), ("طهران", "ir"), ("الرياض", "sa"), ("كييف", "ua")]
)
def test_capitals_know_their_country(kb, name, country):
    keys = kb.scan(normalise(f"اقترحت {name} هدنة"))[0].keys
    assert kb.capital_of(keys[0]) == country


def test_an_entry_tells_class_country_and_source(kb):
    entry = kb.entry("gna")
    assert (entry.cls, entry.country, entry.qid, entry.active_from) == ("Government", "ly", "Q22120970", "2016")
    assert entry.qid_source
    assert kb.entry("turkey").key == "tr"
    with pytest.raises(KeyError):
        kb.entry("no such key")


def test_every_qid_has_a_source(kb):
    with kb._lock:
        bare = kb._db.execute("SELECT count(*) FROM entry WHERE qid IS NOT NULL AND qid_source IS NULL").fetchone()
    assert bare == (0,)


def test_every_class_is_of_the_ontology(kb):
    classes = {row[0] for row in kb._db.execute("SELECT DISTINCT cls FROM entry")}
    assert classes <= set(
        "Person Organization Government InternationalOrganization MediaOutlet ArmedForce StateForce RebelGroup Militia"
        " PrivateMilitaryCompany MilitaryUnit PopulationGroup Position Country AdministrativeArea Settlement Facility"
        " Place Materiel Conflict".split()
    )


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(ResourceError, match="no knowledge base"):
        KnowledgeBase.open(tmp_path / "kb.sqlite")


def test_blocked_words_are_not_cut():
    names = {"سرت": 0}
    matcher = Matcher(names, {"سرت": 1}, frozenset({"كسرت"}))
    assert list(matcher.matches("كسرت", split("كسرت"))) == []
    assert [m.begin for m in matcher.matches("وبسرت", split("وبسرت"))] == [2]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet='ابتدرسلمنويهكف «»"،.()\n', max_size=60))
def test_hits_are_in_order_and_do_not_overlap(kb, text):
    hits = kb.scan(normalise(text))
    assert all(0 <= h.begin < h.end <= len(text) and h.keys for h in hits)
    assert all(a.end <= b.begin for a, b in pairwise(hits))


@pytest.mark.parametrize(
    ("office", "date", "holder"),
    [
        ("رئيس الوزراء اللبناني", "2004-03-01", "rafic_hariri"),
        ("رئيس الوزراء اللبناني", "2018-05-05", "saad_hariri"),
        ("رئيس الوزراء اللبناني", "2018", "saad_hariri"),
        ("رئيس الوزراء اللبناني", "2016", None),  # two held it in that year
        ("الرئيس السوري", "2000-06-09", "hafez_assad"),
        ("الرئيس السوري", "2000-06-10", None),  # the day of the change
        ("الرئيس السوري", "2001-01-01", "bashar_assad"),
        ("الرئيس السوري", "2025-01-01", None),  # later than the sources know
        ("الرئيس اللبناني", "2015-05-05", None),  # the prime minister stood in
        ("رئيس الوزراء الليبي", "2018-01-01", None),  # two rivals
    ],
)
def test_an_office_has_a_holder_where_the_sources_state_one(kb, office, date, holder):
    key = kb.office(fold(office))
    assert key is not None
    assert kb.holder(key, date) == holder


def test_every_term_has_a_source_and_an_office(kb):
    rows = kb._db.execute("SELECT position, source FROM term").fetchall()
    assert rows
    assert all(source and kb.entry(position).cls == "Position" for position, source in rows)


def spelling_rules() -> list[dict[str, str]]:
    path = Path(__file__).parents[1] / "ontology" / "lexicon" / "spellings.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("rule", spelling_rules(), ids=lambda r: r["rule"])
def test_a_rule_of_spelling_makes_its_example(rule):
    words = fold(rule["example"]).split()
    old, new = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    if rule["rule"] == "allah":
        old, new = "حسن نصر الله", "حسن نصرالله"
    made = {old[: m.start()] + m.expand(rule["with"]) + old[m.end() :] for m in re.finditer(rule["pattern"], old)}
    assert new in made


@pytest.mark.parametrize(
    ("text", "name", "key"),
    [
        ("قال ألكسيس تسيبراس رئيس وزراء اليونان", "ألكسيس تسيبراس", "x_alexis_tsipras"),
        ("زار ناريندرا مودي طهران", "ناريندرا مودي", "x_narendra_modi"),
        ("التقى نارندرا مودي وفدا", "نارندرا مودي", "x_narendra_modi"),
        ("قال ڤلاديمير بوتين إنه سيرد", "ڤلاديمير بوتين", "putin"),
    ],
)
def test_other_spellings_are_found(kb, text, name, key):
    assert found(kb, text)[name] == key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("يدرس الطلاب مقررات ذات طابع اقتصادي ومالي", "مالي"),
        ("وصل عدد القتلى إلى الحد الأقصى في فلسطين", "الأقصى"),
        ("انتقد النائب السياسة الخارجية الأمريكية", "الخارجية الأمريكية"),
        ("سحب اللاعب كأس الدوري في مباراة مع مدرب نادي روما", "روما"),
        ("فاز فريق الكويت الكويتي", "الكويت"),
        ("النظام المدعوم روسيًا", "روسيًا"),
        ("قال وزير خارجية بوش الأب", "بوش"),
        ("التقى في جامعة الكويت", "الكويت"),
    ],
)
def test_names_that_mean_something_else_here_are_left(kb, text, name):
    assert name not in found(kb, text)
