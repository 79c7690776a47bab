from functools import cache

import pytest

from khabar.entities import resolve
from khabar.kb import KnowledgeBase
from khabar.mentions import find_mentions
from khabar.model import Entity, Record
from khabar.nlp import Analyser
from khabar.text import normalise


@cache
def tools() -> tuple[KnowledgeBase, Analyser]:
    return KnowledgeBase.open(), Analyser()


def entities(text: str) -> tuple[Entity, ...]:
    kb, analyser = tools()
    hits = kb.scan(normalise(text))
    doc = analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    return resolve(doc, find_mentions(doc, hits, kb), kb)


def of(text: str, word: str) -> Entity:
    """The one entity that has a mention reading `word`."""
    (one,) = [e for e in entities(text) if any(text[m.begin : m.end] == word for m in e.mentions)]
    return one


def test_every_mention_carries_its_entity_and_class_in_text_order():
    things = entities("هاجمت القوات التركية مدينة حلب في سوريا، وقالت سوريا إن القوات انسحبت")
    assert [e.id for e in things] == [f"e{i}" for i in range(len(things))]
    for e in things:
        assert {(m.entity, m.cls) for m in e.mentions} == {(e.id, e.cls)}


def test_full_name_and_last_name_are_one():
    text = "قال نديم الجبوري إن الوضع هادئ. وأضاف الجبوري أن الطرق مفتوحة"
    assert len(of(text, "الجبوري").mentions) == 2
    assert of(text, "الجبوري").name == "نديم الجبوري"


def test_aliases_meet_in_their_entry():
    text = "هاجم تنظيم داعش القرية في العراق، ثم انسحب داعش"
    assert of(text, "داعش").key == of(text, "تنظيم داعش").key is not None


@pytest.mark.parametrize(
    ("text", "first", "again"),
    [
        ("أعلنت وزارة الخارجية التركية ذلك. وقالت الوزارة إن الاتفاق قريب", "وزارة الخارجية التركية", "الوزارة"),
        ("قال مصدر أمني إن القصف توقف. وأضاف المصدر أن الطرق مفتوحة", "مصدر أمني", "المصدر"),
        ("هاجمت جماعة مسلحة القرية. وقالت الجماعة إنها انسحبت", "جماعة مسلحة", "الجماعة"),
        ("هاجم مسلحون القرية. ثم انسحب المسلحون", "مسلحون", "المسلحون"),
    ],
)
def test_a_definite_noun_takes_up_what_was_described(text, first, again):
    assert of(text, first).id == of(text, again).id


def test_a_noun_that_needs_an_antecedent_is_dropped_without_one():
    assert not [e for e in entities("وقالت الوزارة إن الاتفاق قريب") if e.name == "الوزارة"]


def test_a_capital_is_the_state_where_it_acts_and_a_city_where_things_happen():
    text = "طلبت أنقرة من موسكو وقف الهجوم. وسقطت قذيفة في موسكو"
    things = entities(text)
    by_class = {(text[m.begin : m.end], e.cls) for e in things for m in e.mentions}
    assert ("أنقرة", "Country") in by_class
    assert {c for name, c in by_class if name == "موسكو"} == {"Country", "Settlement"}


def test_the_label_of_a_contracted_article_is_whole():
    text = "سلموا السلاح للمتظاهرين"
    assert [e.name for e in entities(text) if e.cls == "PopulationGroup"] == ["المتظاهرين"]


def test_no_text_no_entities():
    assert entities("") == ()
