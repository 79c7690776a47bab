"""Stance on sentences of our own: each names the trigger, what the text commits to, and who says so."""

from pathlib import Path

import pytest

from khabar.lexicon import rows
from khabar.model import Record

CASES = [tuple(r.values()) for r in rows(Path(__file__).parent / "data" / "stance_sentences.tsv")]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[1]}-{c[3]}-{c[4]}-{c[5]}")
def test_stance(case, extractor):
    text, trigger, cls, modality, polarity, certainty, source = case
    x = extractor.extract(Record(text=text, where="test"))
    found = [e for e in x.events if e.cls == cls and trigger in text[e.begin : e.end]]
    assert found, f"no {cls} at {trigger}: {[(e.cls, text[e.begin : e.end]) for e in x.events]}"
    stance = found[0].stance
    names = {e.id: [text[m.begin : m.end] for m in e.mentions] for e in x.entities}
    done = ("Happened", "Ongoing")
    same = stance.modality == modality or (stance.modality in done and modality in done)
    assert same, stance
    assert (stance.polarity, stance.certainty) == (polarity, certainty)
    if source == "-":
        assert stance.source is None, names[stance.source]
    else:
        assert source in names.get(stance.source or "", ()), (stance.source, names)
