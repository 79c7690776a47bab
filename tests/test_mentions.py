from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.kb import KnowledgeBase
from khabar.mentions import find_mentions, words
from khabar.model import Document, Mention, Record
from khabar.nlp import Analyser
from khabar.text import normalise


@cache
def tools() -> tuple[KnowledgeBase, Analyser]:
    return KnowledgeBase.open(), Analyser()


def read(text: str) -> tuple[Document, list[Mention]]:
    kb, analyser = tools()
    hits = kb.scan(normalise(text))
    doc = analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    return doc, find_mentions(doc, hits, kb)


def found(text: str) -> set[tuple[str, str]]:
    return {(text[m.begin : m.end], m.cls) for m in read(text)[1]}


@pytest.mark.parametrize(
    ("text", "mention", "cls"),
    [
        ("هاجمت القوات التركية المدينة", "القوات التركية", "StateForce"),
        ("قتل مسلحون ثلاثة مدنيين", "مسلحون", "ArmedForce"),
        ("قتل مسلحون ثلاثة مدنيين", "مدنيين", "PopulationGroup"),
        ("دخلت قوات المعارضة البلدة", "قوات المعارضة", "ArmedForce"),
        ("نشرت وزارة الدفاع الروسية بيانا", "وزارة الدفاع الروسية", "Government"),
        ("قال مصدر عسكري ليبي إن الهدنة انتهت", "مصدر عسكري ليبي", "UnnamedSource"),
        ("وذكر شهود عيان أن القصف توقف", "شهود عيان", "UnnamedSource"),
        ("قال نائب في البرلمان الليبي إن الجلسة ألغيت", "نائب في البرلمان الليبي", "UnnamedSource"),
        ("وصل مقاولون روس إلى القاعدة", "مقاولون روس", "ArmedForce"),
        ("قصفت طائرات مسيرة تركية مواقع في ليبيا", "طائرات مسيرة تركية", "Materiel"),
        ("أطلقت صاروخا باليستيا على المدينة", "صاروخا باليستيا", "Materiel"),
        ("هبطت الطائرة في مطار الواحة الدولي", "مطار الواحة الدولي", "Facility"),
        ("انفجرت عبوة عند نقطة تفتيش", "نقطة تفتيش", "Facility"),
        ("تدور المعارك في شمال سوريا", "شمال سوريا", "Place"),
        ("تدور المعارك في شمال سوريا", "سوريا", "Country"),
        ("انتشر الجنود على الحدود مع تركيا", "الحدود مع تركيا", "Place"),
        ("توغلت القوات في الأراضي السورية", "الأراضي السورية", "Country"),
        ("إذا دخل الأتراك صعب إخراجهم", "الأتراك", "PopulationGroup"),
        ("قال لـ«عكاظ» إن الوفد وصل", "عكاظ", "MediaOutlet"),
        ("احتج أهالي بلدة زعروطة على القصف", "زعروطة", "Settlement"),
    ],
)
def test_one_mention_of_each_kind(text, mention, cls):
    assert (mention, cls) in found(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("وقالت فاديا البرغوثي إن القصف توقف", "فاديا البرغوثي"),
        ("صرح العميد عيد عماش الكربولي بذلك", "عيد عماش الكربولي"),
        ("قال عطية بن محمد الزهراني إن الوفد وصل", "عطية بن محمد الزهراني"),
        ("كما قال القيادي فرحان المجذوب، أمس", "فرحان المجذوب"),
        ("أعلن وزير الدفاع التركي يلدز أقصوي أن العملية بدأت", "يلدز أقصوي"),
    ],
)
def test_names_that_no_list_knows(text, name):
    assert (name, "Person") in found(text)


def test_an_office_beside_a_name_is_a_position_and_alone_a_person():
    both = found("قال وزير الدفاع التركي خلوصي آكار إن بلاده سترد")
    assert ("وزير الدفاع التركي", "Position") in both
    assert ("خلوصي آكار", "Person") in both
    assert ("وزير الدفاع التركي", "Person") in found("وصل وزير الدفاع التركي إلى القاعدة")


def test_ranks_and_leaders_are_no_positions():
    mentions = found("قال اللواء أحمد المسماري، وأكد المشير خليفة حفتر قائد الجيش الوطني الليبي")
    assert not {m for m in mentions if m[1] == "Position"}
    assert ("أحمد المسماري", "Person") in mentions


def test_a_spokesman_phrase_holds_the_one_he_speaks_for():
    mentions = found("قال المتحدث باسم القوات الحوثية يحيى سريع إن الهجوم نجح")
    assert ("المتحدث باسم القوات الحوثية", "Position") in mentions
    assert ("القوات الحوثية", "RebelGroup") in mentions


def test_a_last_name_alone_is_found_after_the_full_name():
    text = "قال نديم الجبوري إن الوضع هادئ. وأضاف الجبوري أن الطرق مفتوحة"
    assert sum(m.cls == "Person" for m in read(text)[1]) == 2


def test_names_inside_a_description_are_mentions_too():
    mentions = found("تقدمت قوات مصراتة نحو الجنوب في ليبيا")
    assert ("مصراتة", "Settlement") in mentions
    assert "قوات مصراتة" in {m[0] for m in mentions}


def test_the_article_stays_in_and_the_proclitic_out():
    text = "وقع الاتفاق مع المقاتلين التابعين للحكومة وللجيش"
    assert {"لحكومة", "لجيش"} <= {m[0] for m in found(text)}


def test_words_that_only_look_like_names():
    mentions = {m[0] for m in found("عاد الجنود إلى المدينة في المساء من اليوم الماضي على الأقل")}
    assert not mentions & {"المدينة", "المساء", "اليوم", "على"}


def test_a_nationality_adjective_alone_is_no_mention():
    assert not {m for m in found("كانت الضربات التركية موجعة") if "تركية" in m[0]}


def test_forms_of_nouns():
    assert set(words.forms("مسلحون", True)) == {"مسلحون", "مسلحين", "مسلحو", "مسلحي"}
    assert set(words.forms("طائرة", False)) == {"طايره", "طايرتان", "طايرتين", "طايرتا", "طايرتي"}
    assert set(words.forms("صاروخ", False)) == {"صاروخ", "صاروخا", "صاروخان", "صاروخين"}
    assert set(words.forms("سجون", True, sound=False)) == {"سجون", "سجونا"}


def test_the_article_of_short_and_deceptive_words():
    assert words.definite("الجو")
    assert not words.definite("التزام")
    assert words.bare("الجيش") == "جيش"
    assert words.bare("الله") == "الله"


def test_every_table_row_has_a_class_of_its_own():
    table = words.load()
    assert {n.cls for n in table.nouns.values()} >= {"ArmedForce", "StateForce", "Materiel", "Facility", "Settlement"}
    assert {n.kind for n in table.titles.values()} == {"rank", "title", "royal", "office", "leader"}


_PIECES = st.lists(
    st.sampled_from(
        "قوات القوات تركية التركية قال وزير الدفاع محمد الجبوري بن في من ، . « » ( ) لـ مدينة حلب شمال سوريا مصدر عسكري"
        " الموالية للحكومة و صواريخ على المسلحين أهالي ليبيا مطار الحدود مع المتحدث باسم 30 اللواء الأول".split()
    ),
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(_PIECES)
def test_spans_fit_their_tokens_and_never_cross(pieces):
    doc, mentions = read(" ".join(pieces))
    spans = [(m.first, m.last) for m in mentions]
    assert len(spans) == len(set(spans))
    for m in mentions:
        assert (m.begin, m.end) == (doc.tokens[m.first].begin, doc.tokens[m.last - 1].end)
        assert m.first <= m.head < m.last
    for a in mentions:
        for b in mentions:
            assert not a.first < b.first < a.last < b.last


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("عين المجلس الرئاسي محمد الحداد رئيسا للأركان", "رئيسا للأركان"),
        ("أصبح متحدثا باسم الخارجية الإيرانية", "متحدثا باسم الخارجية الإيرانية"),
        ("الذي كان نائبا لكير", "نائبا"),
    ],
)
def test_an_office_somebody_is_given(text, office):
    assert (office, "Position") in found(text)


def test_adjectives_are_told_from_states_and_groups():
    assert ("تركيا", "Country") not in found("قتل 12 جنديا تركيا في الهجوم")
    assert ("أوكرانيا", "Country") in found("غزت روسيا أوكرانيا في فبراير")
    assert ("الحوثيين", "RebelGroup") in found("تقاوم المقاومة الشعبية الحوثيين في البيضاء في اليمن")
    assert ("الأكراد", "PopulationGroup") not in found("هاجم الجيش المقاتلين الأكراد في تركيا")
