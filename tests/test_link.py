from collections import Counter
from functools import cache

import pytest

from khabar import link
from khabar.kb import Entry, KnowledgeBase
from khabar.mentions import find_mentions
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


@pytest.mark.parametrize(
    ("text", "city", "government"),
    [
        ("اقترحت أنقرة هدنة جديدة", "أنقرة", True),
        ("أكد أن أنقرة سترد على الهجوم", "أنقرة", True),
        ("أما موسكو فلم ترد", "موسكو", True),
        ("الاتفاق بين واشنطن وطهران", "واشنطن", True),
        ("تنظيم العلاقات مع طهران", "طهران", True),
        ("التقى الوفدان في موسكو", "موسكو", False),
        ("قصف طهران أمس", "طهران", False),
        ("وصل الوزير إلى أنقرة", "أنقرة", False),
        ("أكد أن دمشق شهدت هدوءا", "دمشق", False),
    ],
)
def test_a_capital_acts_or_lies(text, city, government):
    doc, mentions = read(text)
    (m,) = [m for m in mentions if text[m.begin : m.end] == city]
    assert link.acts(doc, m) is government


def test_states_are_counted_by_name_and_by_nationality():
    kb, _ = tools()
    _, mentions = read("قصفت القوات التركية مواقع في سوريا")
    assert link.states(mentions, kb) == Counter({"sy": 3, "tr": 1})


def test_no_candidate_no_link():
    kb, _ = tools()
    assert link.choose(Mention(0, 1, 0, 1, 0, "Person", "name"), {}, kb) is None


class Two:
    """Two cities of one name."""

    def entry(self, key: str) -> Entry:
        return Entry(key, "Settlement", "طرابلس", "Tripoli", country={"one": "ly", "two": "lb"}[key])


@pytest.mark.parametrize(
    ("votes", "key"), [({"ly": 3}, "one"), ({"lb": 3}, "two"), ({"ly": 1, "lb": 3}, "one"), ({}, "one")]
)
def test_of_one_name_the_state_spoken_of_decides(votes, key):
    m = Mention(0, 6, 0, 1, 0, "Settlement", "name", ("one", "two"))
    assert link.choose(m, votes, Two()).key == key
