"""The statistical finder: spans without clitics, nothing over a known name, the same every time."""

import dataclasses

import numpy as np
import pytest

from khabar.errors import ResourceError
from khabar.mentions import find_mentions, unknown
from khabar.mentions.unknown.chain import Chain
from khabar.mentions.unknown.features import words
from khabar.model import Record
from khabar.text import normalise

TEXT = (
    "وأعلن المتحدث باسم الشرطة الألمانية بوب بيدريجون أن التحقيق مستمر. "
    "وتعاقد النادي مع البرتغالي جوزيه مورينيو، وقال مورينيو إن الفريق جاهز للمباراة."
)


class Told:
    """A finder that finds the words it was told."""

    def __init__(self, kind, sure, *names):
        self.kind, self.sure, self.names = kind, sure, names

    def find(self, doc, mentions):
        found = []
        for name in self.names:
            parts = name.split()
            folds = [t.text for t in doc.tokens]
            at = next(i for i in range(len(folds)) if folds[i : i + len(parts)] == parts)
            found.append(unknown.Span(at, at + len(parts), self.kind, self.sure))
        return found


def read(extractor, text, **options):
    hits = extractor.kb.scan(normalise(text))
    doc = extractor.analyser.read(Record(text, "test"), [(h.begin, h.end) for h in hits])
    return doc, find_mentions(doc, hits, extractor.kb, **options)


def test_adds_names_and_changes_no_other_mention(extractor):
    doc, before = read(extractor, TEXT)
    _, after = read(extractor, TEXT, guess=True)
    assert [m for m in after if m in before] == before
    assert after == sorted(after, key=lambda m: (m.first, -m.last))
    taken = {i for m in before for i in range(m.first, m.last)}
    new = [m for m in after if m not in before]
    assert all(taken.isdisjoint(range(m.first, m.last)) for m in new)
    for m in new:
        assert (m.begin, m.end) == (doc.tokens[m.first].begin, doc.tokens[m.last - 1].end)
    assert "جوزيه مورينيو" in {TEXT[m.begin : m.end] for m in after if m.cls == "Person"}


def test_is_deterministic(extractor):
    _, one = read(extractor, TEXT, guess=True)
    unknown.load.cache_clear()
    _, two = read(extractor, TEXT, guess=True)
    assert one == two


@pytest.mark.parametrize(("sure", "count"), [(0.5, 0), (0.99, 1)])
def test_only_sure_names_are_added(extractor, sure, count):
    text = "وصل زرقفيل إلى البلدة."
    doc, before = read(extractor, text)
    after = unknown.add(doc, before, Told("PER", sure, "زرقفيل"))
    assert [text[m.begin : m.end] for m in after if m not in before] == ["زرقفيل"] * count


def test_last_name_later_in_the_text_is_the_same_class(extractor):
    text = "تحدث تيموراز كلبتاني أمس. ثم غادر كلبتاني القاعة."
    doc, before = read(extractor, text)
    before = [m for m in before if "كلبتاني" not in text[m.begin : m.end]]
    after = unknown.add(doc, before, Told("PER", 1.0, "تيموراز كلبتاني"))
    assert [text[m.begin : m.end] for m in after if m.cls == "Person"] == ["تيموراز كلبتاني", "كلبتاني"]


@pytest.mark.parametrize(
    ("text", "kind", "name", "cls"),
    [
        ("وصل الوفد إلى مدينة زرقفيل مساء.", "LOC", "زرقفيل", "Settlement"),
        ("وصل الوفد إلى زرقفيل مساء.", "LOC", "زرقفيل", "Place"),
        ("وقال زرقفيل إن العمل مستمر.", "PER", "زرقفيل", "Person"),
        ("وأعلنت شركة زرقفيل أرباحها.", "PER", "زرقفيل", None),
        ("ونقلت صحيفة زرقفيل الخبر.", "PER", "زرقفيل", None),
    ],
)
def test_class_comes_from_the_noun_before(extractor, text, kind, name, cls):
    doc, before = read(extractor, text)
    before = [m for m in before if name not in text[m.begin : m.end]]
    after = unknown.add(doc, before, Told(kind, 1.0, name))
    new = [(text[m.begin : m.end], m.cls) for m in after if m not in before]
    assert new == ([(name, cls)] if cls else [])


def test_known_names_are_never_covered(extractor):
    text = "قصفت الطائرات حلب."
    doc, before = read(extractor, text)
    assert unknown.add(doc, before, Told("ORG", 1.0, "حلب")) == before


def test_words_part_clitics_from_stems(extractor):
    doc, _ = read(extractor, "وبمدينتهم")
    assert [(w.before, w.after) for w in words(doc)] == [("وب", "هم")]


def test_empty_text(extractor):
    assert read(extractor, "", guess=True)[1] == []


def test_chain_decodes_as_an_exhaustive_search(tmp_path):
    rng = np.random.default_rng(3)
    chain = Chain(("O", "B-PER", "I-PER"), {}, np.zeros((0, 3), np.float32), rng.normal(size=(3, 3)).astype("f4"), {})
    scores = rng.normal(size=(7, 3)).astype("f4")
    best, sure = chain.decode(scores, [4, 3])
    for begin, end in ((0, 4), (4, 7)):
        n = end - begin
        paths = np.stack(np.meshgrid(*[range(3)] * n, indexing="ij"), -1).reshape(-1, n)
        total = np.array(
            [
                sum(scores[begin + k, p[k]] for k in range(n)) + sum(chain.moves[p[k], p[k + 1]] for k in range(n - 1))
                for p in paths
            ]
        )
        assert paths[total.argmax()].tolist() == best[begin:end].tolist()
        share = np.exp(total - total.max())
        share /= share.sum()
        for k in range(n):
            for label in range(3):
                assert sure[begin + k, label] == pytest.approx(share[paths[:, k] == label].sum(), abs=1e-4)


def test_chain_keeps_what_it_saves(tmp_path):
    weights = np.array([[1.27, -1.27], [0.5, 0.0]], np.float32)
    chain = Chain(("O", "B-PER"), {"w=a": 0, "w=b": 1}, weights, np.eye(2, dtype=np.float32), {"a": "a1 b2"})
    chain.save(tmp_path / "m.npz")
    again = Chain.load(tmp_path / "m.npz")
    assert (again.labels, dict(again.rows), dict(again.clusters)) == (chain.labels, chain.rows, chain.clusters)
    assert np.allclose(again.weights, weights, atol=0.01)
    assert dataclasses.is_dataclass(again)


def test_missing_model_is_one_line(tmp_path):
    with pytest.raises(ResourceError, match="missing or broken"):
        Chain.load(tmp_path / "none.npz")
