"""A claim in words: the table knows every way in which the code fills a slot, and the words are exact."""

import ast
from pathlib import Path

import pytest

import khabar
from khabar.evaluate.scheme import ROLES
from khabar.explain import Grounds, Words, cues
from khabar.lexicon import load
from khabar.model import Stance
from khabar.trace import PATTERNS, Trace

SOURCE = Path(khabar.__file__).parent
READERS = "clauses subjects verb_slots doers slots frames locations claims events happenings model".split()


def ways(tree: ast.AST):
    """Ways to fill a slot: third arguments of Filler and Role, values of `how`, second parts of (mention, how)."""
    for node in ast.walk(tree):
        made: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Filler", "Role"):
            made = node.args[2:3]
        elif isinstance(node, ast.Assign) and "how" in ast.dump(node.targets[0]):
            made = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "how" and node.value:
            made = [node.value]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.List | ast.ListComp):
            parts = node.value.elts if isinstance(node.value, ast.List) else [node.value.elt]
            made = [part.elts[1] for part in parts if isinstance(part, ast.Tuple) and len(part.elts) == 2]
        for value in made:
            for leaf in [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]:
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                    yield leaf.value


def test_every_way_to_fill_a_slot_is_explained():
    found = {how for name in READERS for how in ways(ast.parse((SOURCE / f"{name}.py").read_text("utf-8")))}
    found -= {"far", ""}  # too far off to fill anything
    assert {"argument", "parse", "fronted", "relative", "pronoun", "control", "place", "place before"} <= found
    words = Words()
    assert [how for how in sorted(found) if not words.has("how", how)] == []


def test_every_pattern_slot_form_and_stance_is_explained():
    words = Words()
    stances = "Happened Ongoing Planned Proposed Considered Requested Threatened Conditional Affirmed Negated Certain"
    wanted = [
        *(("pattern", name) for name in ("frame", *PATTERNS)),
        *(("slot", name) for name in (*ROLES, "subject", "object", "side")),
        *(("trigger", name) for name in "past present noun definite-noun active passive".split()),
        *(("stance", name) for name in (*stances.split(), "Probable", "Possible")),
    ]
    assert [pair for pair in wanted if not words.has(*pair)] == []


def test_an_event_in_words():
    made = Trace("Strike:غارة", "noun", (("agent", "light verb"), ("place", "place")))
    grounds = Grounds(
        made,
        Stance("Planned", source="x"),
        ["غارة"],
        {"agent": ["الجيش"], "place": ["حلب"]},
        ["يعتزم"],
        "المتحدث",
        "0.61",
    )
    assert Words().explain(grounds, "en") == [
        "told by the frame Strike:غارة, through a verbal noun « غارة »",
        "agent (الجيش): an argument of the verb that governs the noun (carried out a raid)",
        "place (حلب): a place after a preposition behind the word that tells it",
        "told as planned, affirmed, without hedge, it does not count as a fact",
        "cue words in the passage: يعتزم",
        "said by المتحدث",
        "confidence 0.61: the estimated share of its like that is right",
    ]
    arabic = Words().explain(grounds, "ar")
    assert arabic[0] == "الدليل: الإطار Strike:غارة، بواسطة مصدر « غارة »"
    assert arabic[-1] == "الثقة 0.61: النسبة المقدرة للصحيح من أمثاله"
    assert len(arabic) == 7


def test_a_tie_of_a_noun_phrase_and_what_a_model_says():
    plain = Grounds(Trace("nominal:office"), Stance("Ongoing"), [], {}, [], "", "0.83")
    assert Words().explain(plain, "en") == [
        "told by the noun phrase alone (pattern office)",
        "told as going on, affirmed, without hedge, it counts as a fact",
        "said by nobody but the outlet",
        "confidence 0.83: the estimated share of its like that is right",
    ]
    model = Grounds(Trace("llm:m"), Stance(), [], {}, [], "", "0.5")
    assert Words().explain(model, "en")[-1] == "confidence 0.5: a constant, for nothing was measured"


@pytest.mark.parametrize(
    ("passage", "stance", "found"),
    [
        ("ونفى الوزير أن تكون القوات قصفت البلدة", Stance(polarity="Negated", source="e1"), ["ونفى"]),
        ("قال الوزير إن القوات قصفت البلدة", Stance(source="e1"), ["قال"]),
        ("قال الوزير إن القوات قصفت البلدة", Stance(), []),
    ],
)
def test_cue_words(passage, stance, found):
    assert cues(passage, stance, load()) == found
