from functools import cache

import pytest

from khabar.coref import pronouns
from khabar.entities import resolve
from khabar.kb import KnowledgeBase
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
    return [(doc.tokens[i - 1].text + doc.tokens[i].text, names[e]) for i, e in pronouns(doc, things).items()]


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
