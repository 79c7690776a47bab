"""What the pronouns of a text stand for: the nearest entity before them that agrees, subjects first.

Nouns that are no mention stand in the way where they would be the better reading: then a pronoun stands for nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from khabar.agreement import MASCULINE_STATES
from khabar.lexicon import words
from khabar.mentions.words import bare, definite, group, load, noun_of
from khabar.model import Document, Entity, Mention, Token
from khabar.speakers import Quotation, quotations, quoted_at

REACH = 45  # tokens back
_FEATURES = {"ه": "m", "ها": "f", "هم": "p", "هن": "p"}
_RELATIVES = frozenset("الذي التي الذين اللذان اللذين اللتان اللتين اللواتي".split())
_PEOPLES = frozenset("PopulationGroup UnnamedSource".split())
_UNARMED = _PEOPLES | {"MediaOutlet"}  # their forces are somebody else's
_PLACES = frozenset("Settlement AdministrativeArea Facility Place Country".split())
_ACTORS = frozenset(
    "Person Organization Government InternationalOrganization MediaOutlet StateForce RebelGroup Militia"
    " PrivateMilitaryCompany MilitaryUnit ArmedForce Country UnnamedSource PopulationGroup".split()
)
_PEOPLE_NAMES = ("يون", "يين", "ون", "ين")


@dataclass(frozen=True, slots=True)
class Antecedent:
    """What a pronoun may take up, with the pronouns it agrees with (m, f, p); `entity` is "" for what is no mention."""

    first: int
    last: int
    entity: str
    genders: frozenset[str]
    cls: str
    subject: bool
    verb: int  # the token whose subject it is, -1 for none


def pronouns(doc: Document, entities: Sequence[Entity], places: Mapping[int, str]) -> dict[int, str]:
    """Token index of each enclitic that surely enough stands for an entity, to that entity's id.

    `places` are the nouns that stand for a place (see `landmarks`). Candidates stand before the pronoun in its own
    sentence or the one before, at most 45 tokens back. The first person is who speaks the quotation; the third person
    in it is somebody else.
    """
    said = quotations(doc, entities)
    candidates = sorted(_candidates(doc, entities, places), key=lambda a: (a.last, -a.first))
    ends = [a.last for a in candidates]
    found: dict[int, str] = {}
    classes = {e.id: e.cls for e in entities}
    owned = {a.first + 1 for a in candidates if not a.entity and a.cls in _ACTORS}  # قواته: what is said of it is his
    for t in doc.tokens:
        if t.kind != "enclitic" or _part(doc, t.i) or _expletive(doc, t):
            continue
        quoted = quoted_at(said, t.i)
        if t.fold in ("ي", "نا"):
            if quoted is not None and (t.fold == "ي") == (quoted.speaker.cls in ("Person", "UnnamedSource")):
                found[t.i] = quoted.speaker.id
            continue
        if (feature := _FEATURES.get(t.fold)) is None:
            continue
        start = max(doc.sentences[max(0, t.sentence - 1)].first, t.i - REACH)
        near = [a for a in candidates[bisect_left(ends, start + 1) : bisect_left(ends, t.i)] if a.first >= start]
        near = [replace(a, entity=found.get(a.last, "")) if a.last in owned else a for a in near]
        near = [a for a in near if a.last not in owned or _mine(doc, t, a, classes.get(a.entity))]
        near = _allowed(doc, t, near, quoted)
        relative = _relative(doc, t.i)
        if relative >= 0:
            best = _resumed(doc, near, relative, feature)
        else:
            best = _best(doc, t.i, near, feature)
        if best is not None and best.entity:
            found[t.i] = best.entity
    return found


# antecedents ---------------------------------------------------------------------------------------------------------


def _candidates(doc: Document, entities: Sequence[Entity], places: Mapping[int, str]) -> Iterator[Antecedent]:
    """The mentions, and the nouns that are none."""
    covered: set[int] = set()
    for e in entities:
        sex = _sex(doc, e) if e.cls == "Person" else ""
        for m in e.mentions:
            covered.update(range(m.first, m.last))
            guise = m.first > 0 and doc.tokens[m.first - 1].fold in words()["guise"]  # قوة بلباس الجيش
            if m.how != "pronoun" and e.cls != "Position" and not guise:
                yield _antecedent(doc, m, e, sex)
    for t in doc.tokens:
        if t.kind == "stem" and t.i not in covered:
            if t.i in places or (definite(t.fold) and bare(t.fold) in group("town_nouns")):
                genders = frozenset("f" if t.fold.endswith("ه") else "m")
                yield Antecedent(t.i, t.i + 1, places.get(t.i, ""), genders, "Settlement", _is_subject(t), t.head)
            elif _is_subject(t) and t.pos in ("NOUN", "PROPN") and not _owned(doc, t):
                noun = noun_of(t.fold) if _enclitic(doc, t.i + 1) else None
                cls = noun.cls if noun is not None and noun.kind == "actor" else ""
                yield Antecedent(t.i, t.i + 1, "", _noun_genders(t), cls, True, t.head)


def _antecedent(doc: Document, m: Mention, e: Entity, sex: str) -> Antecedent:
    token = doc.tokens[m.head if m.first <= m.head < m.last else m.first]
    before = doc.tokens[m.first - 1] if m.first else None
    behind_verb = before is not None and (before.fold in load().groups["speech"] or before.pos == "VERB")
    verb = token.head if _is_subject(token) else m.first - 1 if behind_verb else -1
    genders = frozenset(sex) if sex else _genders(token.fold, m, e)
    aside = verb > 0 and doc.tokens[verb - 1].fold in _RELATIVES  # التحالف الذي تقوده السعودية: named by the way
    return Antecedent(m.first, m.last, e.id, genders, e.cls, (_is_subject(token) or behind_verb) and not aside, verb)


def _is_subject(t: Token) -> bool:
    return t.dep.startswith("nsubj")


def _owned(doc: Document, t: Token) -> bool:
    """True for a noun with a pronoun of its own: what is said of قواتها is said of its owner too."""
    return _enclitic(doc, t.i + 1) and doc.tokens[t.i + 1].fold == "ها"


def _enclitic(doc: Document, i: int) -> bool:
    return i < len(doc.tokens) and doc.tokens[i].kind == "enclitic"


def _sex(doc: Document, e: Entity) -> str:
    """`m` or `f` of a person by the verbs and titles before its names; "" where nothing tells."""
    female = male = 0
    for m in e.mentions:
        t = doc.tokens[m.first - 1] if m.first else None
        own = bare(doc.tokens[m.first].fold)
        if m.how == "title":
            female, male = female + own.endswith("ه"), male + (not own.endswith("ه"))
        elif t is not None and t.kind == "stem":
            if bare(t.fold) in load().titles and (definite(t.fold) or t.fold.endswith("ه")):
                female, male = female + t.fold.endswith("ه"), male + (not t.fold.endswith("ه"))
            elif t.fold in load().groups["speech"] and doc.tokens[m.first].dep[:5] in ("", "nsubj"):
                opening = doc.tokens[t.i - 1] if t.i else t  # إنها التقت فلانا: he is no subject
                past = opening.kind != "enclitic" and t.fold.endswith("ت") and t.fold not in group("ends_in_t")
                female, male = female + past, male + (not past)
    return "f" if female > male else "m" if male else ""


def _genders(word: str, m: Mention, e: Entity) -> frozenset[str]:
    """The pronouns that agree with a mention whose head is `word`."""
    short = bare(word)
    if e.cls == "Country":
        return frozenset("m" if (e.key or "") in MASCULINE_STATES else "f")
    if e.cls == "Person":
        return frozenset("mf" if word.endswith(("ه", "اء")) and m.last - m.first > 1 and m.how == "name" else "m")
    words = load()
    noun = words.nouns.get(short) or words.nouns.get(word) or words.sources.get(short)
    if e.cls in _PEOPLES or short.endswith(_PEOPLE_NAMES):
        plural = noun is None or noun.plural or noun.gender == "p" or short.endswith(_PEOPLE_NAMES)
        return frozenset("pf" if noun is not None and noun.gender == "f" else "p" if plural else "m")
    if e.cls == "Settlement" or (noun is None and e.cls in ("AdministrativeArea", "MediaOutlet")):
        return frozenset("f")
    if noun is not None:
        return frozenset(noun.gender)
    if short.endswith(("ه", "ات", "اء")):
        return frozenset("f")
    return frozenset("mf" if e.cls in _ACTORS else "m")


def _noun_genders(t: Token) -> frozenset[str]:
    """The pronouns that agree with a noun that is no mention."""
    noun = noun_of(t.fold)
    if noun is not None:
        return frozenset(noun.gender)
    if t.fold.endswith(("ون", "ين")):
        return frozenset("p")
    return frozenset("f" if t.fold.endswith(("ه", "ات", "اء")) or "Number=Plur" in t.feats else "m")


# choice --------------------------------------------------------------------------------------------------------------


def _part(doc: Document, i: int) -> bool:
    """True for a pronoun that tells of a part or of each other: بعضهم, أحدهم, اثنان منهم، بينهم مدنيون."""
    tokens = doc.tokens
    host, before = tokens[i - 1], tokens[i - 2] if i > 1 else None
    if host.fold in group("part"):
        return True
    if host.fold not in ("من", "بين") or before is None:
        return False
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if host.fold == "من" and after is not None and before.pos in ("NOUN", "ADJ") and after.pos in ("NOUN", "PROPN"):
        return True  # مناطق منها البساتين
    return before.text in "،-" or before.kind == "number" or before.fold in group("part") | {"من", "و"}


def _expletive(doc: Document, t: Token) -> bool:
    """True for the pronoun that only opens a sentence: إنه من الضروري، أنه لا يمكن، بأنه سيتم."""
    if t.fold != "ه" or doc.tokens[t.i - 1].fold not in ("ان", "لان", "كان"):
        return False
    after = doc.tokens[t.i + 1 : t.i + 4]
    if after and after[0].fold in group("expletive"):
        return True
    rest = [x.fold for x in after if x.fold not in ("س", "سوف", "لا", "لن", "لم", "قد")]
    return bool(rest) and rest[0] in group("impersonal")


def _allowed(doc: Document, t: Token, near: Sequence[Antecedent], quoted: Quotation | None) -> list[Antecedent]:
    """Without what a pronoun cannot be: the subject of its own verb, who speaks, what cannot own such a thing."""
    host = doc.tokens[t.i - 1]
    barred = {quoted.speaker.id} if quoted is not None else set()
    if host.pos == "VERB":
        barred |= {a.entity for a in near if a.verb == host.i}
    of_place, of_actor = host.fold in group("of_place"), host.fold in group("of_actor")
    return [
        a for a in near
        if not (a.entity and a.entity in barred)
        and not (of_place and a.cls not in _PLACES)
        and not (of_actor and a.cls not in _ACTORS)
    ]  # fmt: skip


def _mine(doc: Document, t: Token, a: Antecedent, owner: str | None) -> bool:
    """Whether forces with a pronoun of their own stand near enough to be taken up, and are not a mere speaker's."""
    return doc.tokens[a.first].sentence == t.sentence and owner not in _UNARMED


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
    return next((a for a in near if a.last in ends and a.entity and feature in a.genders), None)


def _best(doc: Document, i: int, near: Sequence[Antecedent], feature: str) -> Antecedent | None:
    """The agreeing candidate with the best mix of nearness, being a subject, and being able to act."""
    sentence = doc.tokens[i].sentence
    word = doc.tokens[i].word
    best, top = None, -99.0
    for a in near:
        if feature not in a.genders or doc.tokens[a.last - 1].word >= word:
            continue
        score = -(i - a.last) / 12 + 1.2 * a.subject + 1.0 * (a.cls in _ACTORS)
        score -= 0.8 * (doc.tokens[a.first].sentence != sentence)
        if score >= top:
            best, top = a, score
    return best if top > -1.5 else None
