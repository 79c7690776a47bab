"""Finders of names: windows, labels, joining, opening; the models are in test_finders_models.py."""

import logging
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import KhabarError, ResourceError
from khabar.extractor import RuleExtractor
from khabar.finders import FoundName, open_finder
from khabar.finders.labels import Tag, names, read_labels
from khabar.finders.models import open_model, package
from khabar.finders.windows import depth, located, span, windows, words
from khabar.mentions import joining
from khabar.model import Mention, Record
from khabar.nlp import Analyser


@pytest.fixture(scope="session")
def read():
    analyser = Analyser()
    return lambda text: analyser.read(Record(text, "test"))


def mention(doc, first, last):
    return Mention(doc.tokens[first].begin, doc.tokens[last - 1].end, first, last, first, "Person", "name")


# windows -------------------------------------------------------------------------------------------------------------


def test_words_carry_their_clitics_and_no_marks(read):
    doc = read("وقال رفقـان لِزرفنداق، أمس")
    assert [w.text for w in words(doc)] == ["وقال", "رفقان", "لزرفنداق", "،", "أمس"]
    assert [t.i for w in words(doc) for t in doc.tokens[w.first : w.last]] == list(range(len(doc.tokens)))


def test_windows_of_a_known_text():
    assert windows([], 5, 1) == []
    assert windows([1, 1, 1], 5, 1) == [(0, 3)]
    assert windows([1] * 8, 4, 2) == [(0, 4), (2, 6), (4, 8)]
    assert windows([2, 9, 2], 4, 1) == [(0, 1), (1, 2), (2, 3)]


@given(st.lists(st.integers(0, 7), max_size=60), st.integers(1, 20), st.integers(0, 25))
def test_windows_hold_every_word_and_never_too_much(costs, room, overlap):
    cut = windows(costs, room, overlap)
    assert {i for first, last in cut for i in range(first, last)} == set(range(len(costs)))
    assert all(last - first == 1 or sum(costs[first:last]) <= room for first, last in cut)
    for (a, b), (c, d) in pairwise(cut):
        assert a < c <= b < d
        assert sum(costs[c:b]) <= overlap


def test_the_ends_of_the_text_are_no_cuts():
    assert [depth(i, (0, 4), 8) for i in range(4)] == [3, 2, 1, 0]
    assert [depth(i, (2, 6), 8) for i in range(2, 6)] == [0, 1, 1, 0]
    assert [depth(i, (4, 8), 8) for i in range(4, 8)] == [0, 1, 2, 3]
    assert depth(3, (0, 8), 8) == 8


def test_a_span_leaves_out_clitics_and_marks_at_its_edges(read):
    doc = read('قال ولزرفنداق "رفقان" سالمي')
    assert [t.text for t in doc.tokens] == ["قال", "و", "ل", "زرفنداق", '"', "رفقان", '"', "سالمي"]
    assert doc.text[slice(*span(doc, 1, 4))] == "زرفنداق"
    assert doc.text[slice(*span(doc, 4, 7))] == "رفقان"
    assert doc.text[slice(*span(doc, 4, 8))] == 'رفقان" سالمي'
    assert span(doc, 4, 5) is None


# labels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "tag"),
    [
        ("O", Tag("", "I")),
        ("B-PERS", Tag("Person", "B")),
        ("I_per", Tag("Person", "I")),
        ("E-LOC", Tag("Place", "E")),
        ("L-LOC", Tag("Place", "E")),
        ("U-GPE", Tag("Settlement", "S")),
        ("S-ORG", Tag("Organization", "S")),
        ("M-ORG", Tag("Organization", "I")),
        ("FAC-B", Tag("Facility", "B")),
        ("ORGANIZATION", Tag("Organization", "I")),
        ("B-MISC", Tag("", "B")),
    ],
)
def test_labels_of_the_usual_schemes(label, tag):
    assert read_labels([label, "PER"], "m")[0] == tag


def test_unknown_labels_are_reported_once_in_one_line(caplog):
    with caplog.at_level(logging.WARNING):
        read_labels(["O", "B-PER", "B-FISH", "I-FISH", "B-NORP"], "m")
    assert caplog.messages == ["finder m: what it labels B-FISH, I-FISH is left out: khabar has no class for it"]


def test_a_model_without_labels_of_names_is_refused():
    with pytest.raises(ResourceError, match=r"model 'm' has no label of persons.*LABEL_0, LABEL_1"):
        read_labels(["LABEL_0", "LABEL_1"], "m")


def runs(line):
    """Names in a line of labels; | begins a sentence."""
    parts, sentences, number = [], [], 0
    for part in line.split():
        if part == "|":
            number += 1
            continue
        parts.append(part)
        sentences.append(number)
    tags = read_labels([*parts, "PER"], "m")[:-1]
    return list(names(tags, sentences))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("B-PER I-PER O B-LOC", [(0, 2, "Person"), (3, 4, "Place")]),
        ("B-PER B-PER I-PER", [(0, 1, "Person"), (1, 3, "Person")]),
        ("I-PER I-PER I-ORG", [(0, 2, "Person"), (2, 3, "Organization")]),  # IOB1
        ("PER PER O ORG", [(0, 2, "Person"), (3, 4, "Organization")]),  # IO
        ("B-PER E-PER I-PER", [(0, 2, "Person"), (2, 3, "Person")]),
        ("S-PER S-PER O", [(0, 1, "Person"), (1, 2, "Person")]),
        ("B-PER I-PER | I-PER", [(0, 2, "Person"), (2, 3, "Person")]),
        ("B-PER I-MISC I-PER", [(0, 1, "Person"), (2, 3, "Person")]),
        ("O O", []),
    ],
)
def test_runs_of_labels_make_names(line, found):
    assert runs(line) == found


def join(doc, mentions, found):
    return joining.join(doc, mentions, located(doc, found))


# joining -------------------------------------------------------------------------------------------------------------


def test_names_join_only_where_no_mention_and_no_better_name_stands(read):
    doc = read("وقال رفقان سالمي لزرفنداق إن التسمير انسحبت")
    at = {t.text: t for t in doc.tokens}
    here = mention(doc, at["رفقان"].i, at["سالمي"].i + 1)

    def name(first, last, cls, score):
        return FoundName(at[first].begin, at[last].end, cls, score)

    given_names = [
        name("سالمي", "زرفنداق", "Person", 0.99),
        name("ل", "زرفنداق", "Settlement", 0.6),
        name("التسمير", "انسحبت", "Organization", 0.7),
        name("التسمير", "التسمير", "Organization", 0.8),
    ]
    joined = join(doc, [here], given_names)
    assert [(doc.text[m.begin : m.end], m.cls, m.how) for m in joined] == [
        ("رفقان سالمي", "Person", "name"),
        ("زرفنداق", "Settlement", "name"),
        ("التسمير", "Organization", "name"),
    ]
    assert joined[1].first == joined[1].head == at["زرفنداق"].i
    assert join(doc, [here], []) == [here]


@pytest.mark.parametrize(
    ("text", "name", "cls", "narrower"),
    [
        ("قالت كتيبة الزرفنة إن", "كتيبة الزرفنة", "Organization", "MilitaryUnit"),
        ("قالت صحيفة الزرفنة إن", "صحيفة الزرفنة", "Organization", "MediaOutlet"),
        ("قالت الزرفنة إن", "الزرفنة", "Organization", "Organization"),
        ("وصل إلى بلدة زرفنداق أمس", "زرفنداق", "Place", "Settlement"),
        ("وصل إلى محافظة زرفنداق أمس", "زرفنداق", "Settlement", "AdministrativeArea"),
        ("وصل إلى زرفنداق أمس", "زرفنداق", "Place", "Place"),
        ("وصل إلى جبل الزرفنة أمس", "جبل الزرفنة", "Settlement", "Place"),
    ],
)
def test_the_noun_of_a_name_gives_it_a_narrower_class(read, text, name, cls, narrower):
    begin = text.index(name)
    [joined] = join(read(text), [], [FoundName(begin, begin + len(name), cls, 0.9)])
    assert (text[joined.begin : joined.end], joined.cls) == (name, narrower)


class Fixed:
    """A finder that knows one word."""

    def find(self, document):
        begin = document.text.index("زرفنداق")
        return [FoundName(begin, begin + 7, "Settlement", 0.9)]


def test_what_a_finder_finds_becomes_an_entity_and_an_argument(extractor):
    record = Record("قصفت الطائرات التركية زرفنداق أمس.", "test")
    before = extractor.extract(record)
    assert "زرفنداق" not in [e.name for e in before.entities]
    mine = RuleExtractor(Fixed())
    mine.__dict__.update(
        {k: getattr(extractor, k) for k in ("kb", "analyser", "lexicon", "ontology")}  # loaded already
    )
    after = mine.extract(record)
    [entity] = [e for e in after.entities if e.name == "زرفنداق"]
    assert (entity.cls, entity.key) == ("Settlement", None)
    [event] = after.events
    assert entity.id in [r.filler for r in event.roles]


# opening -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["", "spacy:x", "transformers", "transformers:", "CAMeL"])
def test_another_kind_of_finder_is_refused(spec):
    with pytest.raises(KhabarError, match="give transformers:MODEL or gliner:MODEL"):
        open_finder(spec)


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_a_missing_package_is_one_line(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ResourceError) as caught:
        open_finder(f"{kind}:x")
    assert str(caught.value) == f"package torch is not installed; `pip install khabar[{kind}]` brings it"


def test_a_broken_package_says_why(monkeypatch):
    monkeypatch.setattr("khabar.finders.models.import_module", _broken)
    with pytest.raises(ResourceError, match=r"package torch cannot be imported \(no libfoo\)"):
        package("torch", "gliner")


def _broken(name):
    raise ImportError("no libfoo")


def _absent(asked):
    def load(name, offline):
        asked.append((name, offline))
        raise OSError("not\n cached")

    return load


@pytest.mark.parametrize("model", ["./nothing", "~/nothing", "/nothing", "a/b/c", "a b", "a/../b"])
def test_a_missing_folder_asks_no_network(model):
    asked = []
    with pytest.raises(ResourceError, match="there is no model folder"):
        open_model(model, _absent(asked), download=True)
    assert asked == []


def test_the_network_is_asked_last_and_only_if_allowed():
    asked = []
    with pytest.raises(ResourceError) as caught:
        open_model("some/model", _absent(asked), download=True)
    assert asked == [("some/model", True), ("some/model", False)]
    assert str(caught.value) == (
        "model 'some/model' is not on this machine and could not be fetched (not cached); fetch it where there is a "
        "network (`hf download some/model`), or give its folder"
    )
    with pytest.raises(ResourceError, match=r"model 'some/model' is not on this machine \(not cached\)"):
        open_model("some/model", _absent(asked), download=False)
    assert asked[2:] == [("some/model", True)]


def test_a_folder_that_is_no_model_is_one_line(tmp_path):
    with pytest.raises(ResourceError, match=r"the model in folder '.*' cannot be read \(not cached\)"):
        open_model(str(tmp_path), _absent([]), download=True)
