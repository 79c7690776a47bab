"""Chooses the knowledge base entry of a mention, or none: a wrong link is worse than a missing one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from khabar.kb import Entry, KnowledgeBase
from khabar.mentions.scan import FORCES
from khabar.mentions.words import bare, definite, group, load, noun_of, rows
from khabar.model import Document, Mention
from khabar.text import fold

_REPUBLICS = frozenset("جمهوريه جمهوريات جمهوريتي جمهوريتا الجمهوريه".split())
_MOTION = frozenset("وصل وصلت دخل دخلت تدخل يدخل غادر غادرت تغادر زار زارت يزور تزور".split())
_TOWNS = ("Settlement", "AdministrativeArea")


@dataclass(frozen=True, slots=True)
class Seat:
    """What a town may stand for: keys of governments; `always` where it does so unless something happens there."""

    country: str
    governments: tuple[str, ...]
    always: bool


@cache
def seats() -> Mapping[str, Seat]:
    """The rows of `rival_governments.tsv` by the folded name of the town."""
    found: dict[str, Seat] = {}
    for row in rows("rival_governments.tsv"):
        seat = Seat(row["country"], tuple(row["governments"].split("|")), row["when"] == "always")
        found.update(dict.fromkeys((fold(name) for name in row["seats"].split("|")), seat))
    return found


def states(mentions: Sequence[Mention], kb: KnowledgeBase) -> Counter[str]:
    """How often each state is spoken of: by its name, by a nationality word, by what lies in it."""
    votes: Counter[str] = Counter()
    for m in mentions:
        if m.cls == "Country" and m.keys:
            votes[kb.entry(m.keys[0]).key] += 3
        elif m.nation:
            votes[m.nation] += 1
    return votes


def choose(m: Mention, votes: Mapping[str, int], kb: KnowledgeBase, year: int | None = None) -> Entry | None:
    """The entry that a mention means: of several the one of that year whose state the document speaks of, as ranked.

    None when the mention has no candidate. `year` is the document's: الحريري is another in 2004 than in 2019.
    """
    if not m.keys:
        return None
    entries = [kb.entry(k) for k in m.keys]
    if year is not None and len(entries) > 1:
        entries = _of_then(entries, year)
    first = entries[0]
    rivals = [e for e in entries[1:] if (e.cls, votes.get(e.country or "", 0) > 0) == (first.cls, True)]
    if rivals and not votes.get(first.country or ""):
        return max(rivals, key=lambda e: votes[e.country or ""])
    return first


def anothers(words: Sequence[str], m: Mention, entry: Entry, votes: Mapping[str, int]) -> bool:
    """True for a force of a state that is not the entry's (طيران الجيش السوداني); `words` are the mention's, folded.

    So are the forces that any state may have (الثوار) where the document speaks of other states alone.
    """
    state = entry.country or ""
    if not state or entry.cls not in FORCES:
        return False
    if m.nation and m.nation != state and entry.cls == "StateForce" and len(m.nation) == 2:
        return True
    plain = len(words) < 3 and all(noun_of(w) is not None or bare(w) in load().adjectives for w in words)
    return plain and bool(votes) and not votes.get(state)


def strip(entry: Entry, strips: Collection[str], kb: KnowledgeBase) -> Entry | None:
    """The strip (قطاع غزة) that its city's name stands for in a text that names it; `strips` are the keys of those."""
    found = (kb.entry(key) for key in strips) if entry.cls == "Settlement" else ()
    name = fold(entry.name_ar).split()[-1]
    return next((one for one in found if fold(one.name_ar).split()[-1] == name), None)


def state_of(entry: Entry | None) -> str | None:
    """The state an entry lies in or is."""
    return None if entry is None else entry.key if entry.cls == "Country" else entry.country


def lived(entry: Entry, year: int) -> bool:
    """Whether an entry was active in a year; True for what has no years."""
    begun = not entry.active_from or int(entry.active_from[:4]) <= year
    return begun and (not entry.active_to or int(entry.active_to[:4]) >= year)


def _of_then(entries: list[Entry], year: int) -> list[Entry]:
    """Those of the first one's class that were active in the year before the others; of persons, who ended first."""
    cls = entries[0].cls

    def rank(e: Entry) -> tuple[bool, str]:
        then = e.cls == cls and lived(e, year)
        return not then, (e.active_to or "9999") if then and cls == "Person" else ""

    return sorted(entries, key=rank)


def stands_for(doc: Document, m: Mention, entry: Entry, named: Collection[str], kb: KnowledgeBase) -> Entry:
    """What a town means here: itself, its state, or the government or institution that is seated in it.

    `named` are the entries that the document names. Of rival governments seated there, the one of them that it names.
    """
    if entry.cls not in _TOWNS:
        return entry
    seat = seats().get(fold(entry.name_ar))
    if seat is not None and seat.country != entry.country:
        seat = None
    state = kb.capital_of(entry.key)
    if seat is None and state is None:
        return entry
    if not (acts(doc, m) or (seat is not None and seat.always and not lies(doc, m))):
        return entry
    if seat is not None:
        mine = [key for key in seat.governments if seat.always or key in named]
        if len(mine) == 1:
            return kb.entry(mine[0])
    return kb.entry(state) if state else entry


def serves(person: Entry, kb: KnowledgeBase) -> str | None:
    """The state whose office a person beside a bare title holds; None for people of armed groups and the like."""
    if person.part_of is None:
        return person.country
    owner = kb.entry(person.part_of)
    own = owner.cls in ("Government", "Organization") and owner.key not in group("office_elsewhere")
    return person.country if own else None


def incumbent(doc: Document, m: Mention, office: str | None, kb: KnowledgeBase) -> str | None:
    """The key of whom a title alone stands for: the holder of that office on the document's date, if stated.

    None beside a word that says former, next or elect, and for a title that names nobody (رئيس وزراء لبناني).
    """
    tokens = doc.tokens
    around = [t.fold for t in tokens[m.first : m.last + 1]]
    if office is None or not doc.record.date or not (definite(around[0]) or around[0] in group("office_of")):
        return None
    if any(word in group("attribute") and word != "الحالي" for word in around):
        return None
    return kb.holder(office, doc.record.date[:10])


def republic(doc: Document, m: Mention) -> str:
    """The folded name of the republic that a town's name is part of: جمهوريات شعب دونيتسك ولوهانسك; "" for none."""
    tokens, i, town = doc.tokens, m.first - 1, tokens_of(doc, m)
    start = doc.sentences[tokens[m.first].sentence].first
    if i > start and tokens[i].fold == "و" and tokens[i - 1].kind == "stem":
        i -= 2  # the second of two
    while i > start and tokens[i].fold == "شعب":
        i -= 1
    if i >= start and tokens[i].fold in _REPUBLICS:
        return f"جمهوريه {town} الشعبيه"
    return ""


def tokens_of(doc: Document, m: Mention) -> str:
    """The folded words of a mention, joined by spaces."""
    return " ".join(t.fold for t in doc.tokens[m.first : m.last])


def lies(doc: Document, m: Mention) -> bool:
    """Whether a town is plainly a place: in it, towards it, its airport, a summit or attacks there."""
    tokens, i = doc.tokens, m.first - 1
    if i < doc.sentences[tokens[m.first].sentence].first:
        return True  # a dateline
    before = tokens[i].fold
    groups = load().groups
    return before == "ب" or before in groups["lies"] or before in groups["inside"] or bare(before) in groups["there"]


def acts(doc: Document, m: Mention) -> bool:
    """Whether a capital stands for its government: it decides, speaks or is asked, not where things happen."""
    groups = load().groups
    tokens = doc.tokens
    sentence = doc.sentences[tokens[m.first].sentence]
    i = m.first - 1
    while i >= sentence.first and tokens[i].text in '«"“(':
        i -= 1
    before = tokens[i].fold if i >= sentence.first else ""
    two = tokens[i - 1].fold if i - 1 >= sentence.first else ""
    after = tokens[m.last].fold if m.last < sentence.last else ""
    if before in group("lies") or (before == "علي" and after != "ان"):
        return False
    if bare(before) in ("عاصمه", "مدينه") or (before in groups["inside"] and before != "الي"):
        return before in ("بين",)
    if before == "ب":
        return False
    if before in groups["deals"] or (before in ("تسليم", "سلم", "سلمت", "تسلم") and _gets(doc, m, sentence.last)):
        return True
    if len(after) > 4 and after.startswith(("ست", "سي")) and after not in groups["happens"]:
        return True
    if i > sentence.first and tokens[i].kind == "enclitic" and tokens[i - 1].fold in groups["decide"]:
        return True  # ما نفته باريس
    if after in groups["decide"] or (after == ":" and i < sentence.first):
        return True
    if before == "قبل" and two == "من":
        return True
    if before in ("ان", "لان", "بان", "لكن", "فان") or (i < sentence.first and after[:1] in "تيس" and after != ""):
        return (
            after not in group("happens")
            and not after.startswith("ال")
            and after not in groups["stop"] - group("particle")
        )
    if before in groups["decide"] and before not in _MOTION:
        return True
    own = tokens[m.first]
    if own.dep.startswith("nsubj") and 0 < m.first - own.head <= 2:  # its verb stands right before it
        verb = tokens[own.head]
        if verb.pos == "VERB" and verb.fold not in group("happens") and (verb.fold[-1] == "ت" or verb.fold[0] == "ت"):
            return True
    if before in ("اما", "مع") or (before == "علي" and after == "ان"):
        return True
    if before == "من" and any(bare(t.fold) in group("asked_of") for t in tokens[max(sentence.first, i - 3) : i]):
        return True
    if before in ("مع", "بين", "ل", "و") and bare(two) in groups["state_noun"]:
        return True
    return before in groups["state_noun"] and before not in ("جانب", "قبل", "لقاء")


def _gets(doc: Document, m: Mention, last: int) -> bool:
    """True when an indefinite noun follows: (تسليم موسكو) صواريخ, where the capital is given something."""
    after = doc.tokens[m.last] if m.last < last else None
    if after is None or after.kind != "stem" or definite(after.fold):
        return False
    return after.fold not in load().groups["stop"]
