from functools import cache

import pytest

from khabar.coref import pronouns
from khabar.entities import resolve
from khabar.kb import KnowledgeBase
from khabar.landmarks import landmarks
from khabar.mentions import find_mentions
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.text import normalise


@cache
def tools() -> tuple[KnowledgeBase, Analyser]:
    return KnowledgeBase.open(), Analyser()


def taken_up(text: str) -> list[tuple[str, str]]:
    """Each pronoun with its word, and the name of what it stands for."""
    kb, analyser = tools()
    hits = kb.scan(normalise(text))
    doc = analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    things = resolve(doc, find_mentions(doc, hits, kb), kb)
    names = {e.id: e.name for e in things}
    found = pronouns(doc, things, landmarks(doc, things, kb.capital_of))
    return [(doc.tokens[i - 1].text + doc.tokens[i].text, names[e]) for i, e in found.items()]


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("أكدت تركيا أنها ستحمي حدودها", "حدودها", "تركيا"),
        ("قال نديم الجبوري إنه عاد", "إنه", "نديم الجبوري"),
        ("دعت الحكومة المحلية أهالي الفلوجة إلى الخروج ووفرت لهم ملاذات", "لهم", "أهالي الفلوجة"),
        ("هاجمت ميليشيات إفريقية تستأجرها شركة أجنبية القرية", "تستأجرها", "ميليشيات إفريقية"),
        ("وصلت ميليشيات إفريقية التي تستأجرها الإمارات", "تستأجرها", "ميليشيات إفريقية"),
    ],
)
def test_a_pronoun_takes_up_what_agrees(text, word, name):
    assert (word, name) in taken_up(text)


def test_a_relative_clause_about_no_entity_leaves_its_pronoun_open():
    assert "اتخذه" not in {word for word, _ in taken_up("شرح نديم الجبوري القرار الذي اتخذه الوفد")}


def test_nothing_before_nothing_meant():
    assert taken_up("عادت إلى بيتها") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("قال نديم الجبوري إنه من الضروري وقف القتال", "إنه"),
        ("أكد نديم الجبوري أنه لن يتم تسليم المدينة", "أنه"),
        ("هاجم الحوثيون الموقع وقتل أحدهم", "أحدهم"),
    ],
)
def test_a_pronoun_of_a_part_or_of_a_mere_opening_stands_for_nothing(text, word):
    assert word not in {word for word, _ in taken_up(text)}


def test_who_speaks_is_not_the_third_person_of_the_quotation():
    found = taken_up("قال نديم الجبوري: «خالد الحمدان عاد أمس مع قواته إلى قواتي»")
    assert found == [("قواته", "خالد الحمدان"), ("قواتي", "نديم الجبوري")]


def test_what_one_speaks_of_goes_on_in_the_next_quotation():
    found = taken_up("قال نديم الجبوري: «لن نقاتل أحدا بعد اليوم». وأضاف: «عادت قواتي إلى ثكناتها أمس»")
    assert ("قواتي", "نديم الجبوري") in found


def people(text: str) -> list[list[str]]:
    """The words of each person of a text."""
    kb, analyser = tools()
    hits = kb.scan(normalise(text))
    doc = analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    things = resolve(doc, find_mentions(doc, hits, kb), kb)
    return [[text[m.begin : m.end] for m in e.mentions] for e in things if e.cls == "Person"]


def test_a_title_is_who_bears_it_wherever_it_stands():
    text = "أعلن رئيس الوزراء حيدر العبادي الخطة. وقال رئيس الوزراء العراقي إنها ستبدأ غدا"
    assert people(text) == [["حيدر العبادي", "رئيس الوزراء العراقي"]]


def test_a_title_that_goes_on_is_somebody_else():
    text = "زار وزير الدفاع محمد المقدشي عدن. ثم وصل وزير الدفاع صباح مراد إلى مأرب"
    assert all("وزير الدفاع" not in words for words in people(text) if "محمد المقدشي" in words)


def test_a_former_president_is_not_the_president():
    text = "قال الرئيس السابق علي عبد الله صالح إنه باق. ورد الرئيس أمس"
    assert people(text) == [["علي عبد الله صالح"]]


def test_a_surname_behind_another_given_name_is_a_relative():
    assert people("قتل الطفل علي دوابشة ثم توفي والده سعد دوابشة") == [["علي دوابشة"], ["سعد دوابشة"]]


def test_an_adjective_is_no_surname():
    assert people("وصلت سلوى المدني إلى مقر الدفاع المدني") == [["سلوى المدني"]]
