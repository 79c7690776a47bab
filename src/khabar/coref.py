"""What the pronouns of a text stand for: the nearest entity before them that agrees, subjects first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from khabar.mentions.words import bare, load
from khabar.model import Document, Entity, Mention

REACH = 45  # tokens back
_FEATURES = {"ه": "m", "ها": "f", "هم": "p", "هما": "d", "هن": "p"}
_RELATIVES = frozenset("الذي التي الذين اللذان اللذين اللتان اللتين اللواتي".split())
_MASCULINE_STATES = frozenset("iq lb sd ss ye jo ma pk in af va".split())
_PEOPLES = frozenset("PopulationGroup UnnamedSource".split())
_ACTORS = frozenset(
    "Person Organization Government InternationalOrganization MediaOutlet StateForce RebelGroup Militia"
    " PrivateMilitaryCompany MilitaryUnit ArmedForce Country UnnamedSource PopulationGroup".split()
)
_PEOPLE_NAMES = ("يون", "يين", "ون", "ين")


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention that a pronoun may take up, with the pronouns it agrees with (m, f, p)."""

    first: int
    last: int
    entity: str
    genders: frozenset[str]
    actor: bool
    subject: bool


def pronouns(doc: Document, entities: Sequence[Entity]) -> dict[int, str]:
    """Token index of each enclitic that surely enough stands for an entity, to that entity's id.

    Candidates stand before the pronoun in its own sentence or the one before, at most 45 tokens back.
    """
    candidates = sorted(
        (_antecedent(doc, m, e) for e in entities for m in e.mentions if m.how != "pronoun" and e.cls != "Position"),
        key=lambda a: (a.last, -a.first),
    )
    ends = [a.last for a in candidates]
    found: dict[int, str] = {}
    for t in doc.tokens:
        if t.kind != "enclitic" or (feature := _FEATURES.get(t.fold)) is None:
            continue
        sentence = t.sentence
        start = max(doc.sentences[max(0, sentence - 1)].first, t.i - REACH)
        near = [a for a in candidates[bisect_left(ends, start + 1) : bisect_left(ends, t.i)] if a.first >= start]
        if feature == "d":
            continue
        relative = _relative(doc, t.i)
        if relative >= 0:
            best = _resumed(doc, near, relative, feature)
            if best is None and t.i - relative > 3:
                best = _best(doc, t.i, near, feature)
        else:
            best = _best(doc, t.i, near, feature)
        if best is not None:
            found[t.i] = best.entity
    return found


def _antecedent(doc: Document, m: Mention, e: Entity) -> Antecedent:
    token = doc.tokens[m.head if m.first <= m.head < m.last else m.first]
    before = doc.tokens[m.first - 1] if m.first else None
    subject = token.dep.startswith("nsubj") or (
        before is not None and (before.fold in load().groups["speech"] or before.pos == "VERB")
    )
    return Antecedent(m.first, m.last, e.id, _genders(token.fold, m, e), e.cls in _ACTORS, subject)


def _genders(word: str, m: Mention, e: Entity) -> frozenset[str]:
    """The pronouns that agree with a mention whose head is `word`."""
    short = bare(word)
    if e.cls == "Country":
        return frozenset("m" if (e.key or "") in _MASCULINE_STATES else "f")
    if e.cls == "Person":
        return frozenset("mf" if word.endswith(("ه", "اء")) and m.last - m.first > 1 and m.how == "name" else "m")
    words = load()
    noun = words.nouns.get(short) or words.nouns.get(word) or words.sources.get(short)
    if e.cls in _PEOPLES or short.endswith(_PEOPLE_NAMES):
        plural = noun is None or noun.plural or noun.gender == "p" or short.endswith(_PEOPLE_NAMES)
        return frozenset("pf" if noun is not None and noun.gender == "f" else "p" if plural else "m")
    if e.cls in ("Settlement",):
        return frozenset("f")
    if noun is not None:
        return frozenset("p" if noun.gender == "p" else noun.gender)
    if short.endswith(("ه", "ات", "اء")):
        return frozenset("f")
    return frozenset("mf" if e.cls in _ACTORS else "m")


def _relative(doc: Document, i: int) -> int:
    """The relative pronoun within the six tokens before `i` and in its clause; -1 for none."""
    for k in range(i - 1, max(-1, i - 7), -1):
        if doc.tokens[k].fold in _RELATIVES:
            return k
        if doc.tokens[k].kind == "punct":
            return -1
    return -1


def _resumed(doc: Document, near: Sequence[Antecedent], k: int, feature: str) -> Antecedent | None:
    """What the relative clause at `k` is about: (ميليشيات) التي تستأجرها; None when that is no mention."""
    ends = (k, k - 1) if doc.tokens[k - 1].kind == "punct" else (k,)
    held = [a for a in near if a.last in ends]
    fitting = [a for a in held if feature in a.genders]
    return next(iter(fitting or held), None)


def _best(doc: Document, i: int, near: Sequence[Antecedent], feature: str) -> Antecedent | None:
    """The agreeing candidate with the best mix of nearness, being a subject, and being able to act."""
    sentence = doc.tokens[i].sentence
    word = doc.tokens[i].word
    best, top = None, -99.0
    for a in near:
        if feature not in a.genders or doc.tokens[a.last - 1].word >= word:
            continue
        score = -(i - a.last) / 12 + 1.2 * a.subject + 1.0 * a.actor
        score -= 0.8 * (doc.tokens[a.first].sentence != sentence)
        if score >= top:
            best, top = a, score
    return best if top > -1.5 else None
