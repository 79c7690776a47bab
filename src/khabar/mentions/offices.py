"""Offices and titles of persons: beside a name a position, alone a description of who holds it."""

from __future__ import annotations

from khabar.mentions.names import name, opens
from khabar.mentions.scan import NAMED, PLACES, Phrase, Text
from khabar.mentions.words import bare, definite, group


def read(text: Text, i: int) -> Phrase | None:
    """An office phrase: a Position beside a name, else a description of a person or an unnamed source."""
    word = text.fold[i]
    noun = text.words.titles.get(word) or text.words.titles.get(bare(word))
    if noun is None or noun.kind not in ("office", "leader"):
        return None
    defined = definite(word)
    short = bare(word)
    if noun.kind == "leader" and short == "عضو":
        return None
    if noun.kind == "office" and not defined and len(word) > 4 and word.endswith("ا"):
        if (made := _appointed(text, i, short[:-1])) is not None:
            return made
    end, inner, nation, led = _complement(text, i, short, defined)
    if i > 0 and text.fold[i - 1] == "منصب":
        return Phrase(i, end, i, "Position", "title", (), nation, inner)
    if end == i + 1 and not (short in ("رييس", "ملك") and defined):
        return None
    beside = person_after(text, end)
    if beside >= 0:
        text.offices.add(beside)
    if beside >= 0 or _person_before(text, i):
        single = short == "رييس" and defined and beside >= 0 and end == i + 1 and _surname(text, beside)
        if (
            noun.kind == "leader"
            or led
            or single
            or (end == i + 1 and text.fold[end : end + 1] and text.fold[end] in group("attribute"))
        ):
            return None
        return Phrase(i, end, i, "Position", "title", (), nation, inner)
    if end == i + 1:
        return None
    if (
        not defined
        and short in ("متحدث", "متحدثه", "ناطق", "نايب", "مستشار", "مساعد", "مسووله")
        and text.speech_near(i, end)
    ):
        return Phrase(i, end, i, "UnnamedSource", "source", (), nation, inner)
    if noun.kind == "leader" and not inner:
        return None
    if (
        not defined
        and short in group("office_weak")
        and not (inner and short != "مسوول")
        and not definite(text.fold[i + 1])
    ):
        return None
    return Phrase(i, end, i, "Person", "title", (), nation, inner)


def _appointed(text: Text, i: int, short: str) -> Phrase | None:
    """An office in the accusative, what somebody is made or was: رئيسا للأركان، متحدثا باسم الخارجية، نائبا."""
    end, inner = _of(text, i + 1, i + 1, short.startswith(("متحدث", "ناطق")))
    if end == i + 1 or (inner and inner[0].cls == "Person"):
        end, inner = i + 1, []
        if text.fold[i + 1 : i + 2] != ["ل"]:
            return None
    return Phrase(i, end, i, "Position", "title", (), inner[0].nation if inner else None, tuple(inner))


def person_after(text: Text, j: int) -> int:
    """The token where a personal name begins behind an office that ends at `j`; -1 when none does."""
    j = _past_side(text, j)
    for _ in range(5):
        if j >= text.size:
            return -1
        p = text.hits.get(j)
        if text.fold[j] in ("في", "ب") and (place := text.hits.get(j + 1)) and place.cls in PLACES:
            j = place.last
            continue
        if p is not None and not (text.words.names.get(text.fold[j]) == "given" and p.last == j + 1):
            return j if p.cls == "Person" else -1
        t = text.tokens[j]
        if t.kind == "punct" and t.text in '،,"«“:(':
            j += 1
        elif t.kind == "stem" and (title := text.words.titles.get(bare(t.fold))) and title.kind in ("rank", "title"):
            j += 1
        elif t.kind == "stem" and t.fold in group("attribute"):
            j += 1
        elif text.lead(j) == 2:
            return j if opens(text, j, True) and name(text, j, True) > j + 2 else -1
        else:
            known = text.words.names.get(t.fold) in ("given", "weak") and not text.is_(j, "speech") and t.text != "على"
            return j if t.kind == "stem" and ((known and _goes(text, j)) or _unknown(text, j)) else -1
    return -1


def _goes(text: Text, j: int) -> bool:
    return text.words.names[text.fold[j]] == "given" or name(text, j, True) > j + 1


def _past_side(text: Text, j: int) -> int:
    """Past (الناطق باسم اللواء) التابع للجيش, which tells of the actor and not of the person."""
    if text.stem(j) and bare(text.fold[j]) in text.groups["side"] and text.fold[j + 1 : j + 2] == ["ل"]:
        p = text.read(j + 2)
        if p is not None:
            return p.last
    return j


def _unknown(text: Text, j: int) -> bool:
    """Two rare words in a row behind an office: most likely a foreign name."""
    return not definite(text.fold[j]) and opens(text, j, True) and name(text, j, True) >= j + 2


def _person_before(text: Text, i: int) -> bool:
    """True when a personal name ends before token `i`, a comma apart."""
    k = i - 1
    while k >= 0 and text.tokens[k].text in ("،", ",", "(", "-"):
        k -= 1
    for first in range(max(0, k - 4), k + 1):
        if text.tokens[first].kind == "stem":
            p = text.hits.get(first) or text._memo.get(first)
            if p and p.cls == "Person" and p.last == k + 1:
                return True
    return False


def _surname(text: Text, j: int) -> bool:
    p = text.hits.get(j)
    return (p.last if p else name(text, j, True)) <= j + 1


def _complement(text: Text, i: int, short: str, defined: bool) -> tuple[int, tuple[Phrase, ...], str | None, bool]:
    """What an office is of: its end, nested mentions, its state, and whether it is the lead of an organisation."""
    end, nation, led = i + 1, None, False
    inner: list[Phrase] = []
    j = i + 1
    if not defined and text.follows(j):
        p = text.read(j)
        if p is not None and p.cls in NAMED | PLACES | {"ArmedForce", "MediaOutlet"}:
            led = short in ("رييس", "رييسه", "امين", "امير") and p.cls not in PLACES
            inner.append(p)
            end = j = p.last
            nation = p.nation
        elif p is not None and p.cls in ("Person", "Position") and p.how == "title" and p.first != i:
            inner += p.inner
            end = j = p.last
            nation = p.nation
        elif (
            definite(text.fold[j])
            and not text.is_(j, "stop")
            and not text.is_(j, "time")
            and short in group("office_of")
        ):
            end = j = j + 1
            while j + 1 < text.size and text.fold[j] == "و" and definite(text.fold[j + 1]) and short.startswith("وزير"):
                if text.common(j + 1) < 70 or text.nation(j + 1):
                    break
                end = j = j + 2
        elif text.fold[j] in group("office_room"):
            chief = text.words.titles.get(text.fold[j + 1]) if text.follows(j + 1) else None
            q = text.read(j + 1) if text.follows(j + 1) else None
            if chief is not None and chief.kind in ("office", "leader"):
                end, more, nation, _ = _complement(text, j + 1, text.fold[j + 1], False)
                inner += more
                j = end
            elif q is not None and q.cls != "UnnamedSource":
                inner += q.inner if q.cls in ("Person", "Position") else (q,)
                end = j = q.last
            elif text.follows(j + 1) and definite(text.fold[j + 1]):
                end = j = j + 2
            else:
                return i + 1, (), None, False
        elif not text.nation(j) and short not in group("office_bare"):
            return i + 1, (), None, False
    while text.follows(j) and (
        text.nation(j)
        or text.fold[j] in group("office_adj")
        or (definite(text.fold[j]) and _qualifies(text, j, short, defined or j > i + 1))
    ):
        nation = text.nation(j) or nation
        j += 1
        end = j
    if short in group("office_with"):
        end, owners = _of(text, j, end, short.startswith(("متحدث", "ناطق")))
        inner += owners
        nation = nation or (owners[0].nation if owners else None)
    return end, tuple(inner), nation, led


def _qualifies(text: Text, j: int, short: str, allowed: bool) -> bool:
    """Whether the definite word at `j` is an adjective of an office: (مستشار الأمن) القومي."""
    if not allowed or (short not in group("office_speaker") and short not in group("office_of")):
        return False
    return bare(text.fold[j]) in text.words.adjectives and j not in text.hits


def _of(text: Text, j: int, end: int, spoken: bool) -> tuple[int, list[Phrase]]:
    """باسم X، لـ X، إلى X، في X behind an office: the new end and X."""
    for _ in range(2):
        if j + 1 >= text.size:
            return end, []
        if text.fold[j] == "باسم" or (text.fold[j] == "ب" and text.fold[j + 1] == "اسم"):
            k = j + 1 + (text.fold[j] == "ب")
        elif text.fold[j] in ("ل", "الي", "في", "لدي", "ب", "عن", "بشان"):
            if spoken and text.fold[j] != "ل":
                return end, []
            k = j + 1
        else:
            return end, []
        p = text.read(k) if text.stem(k) else None
        if p is not None and p.cls in NAMED | PLACES | {"Person"}:
            return _more(text, p.last, [p])
        if p is not None and p.cls == "Position":
            return p.last, list(p.inner)
        if text.stem(k) and definite(text.fold[k]) and text.fold[j] in ("ل", "باسم", "ب"):
            j = end = k + 1
            continue
        return end, []
    return end, []


def _more(text: Text, j: int, inner: list[Phrase]) -> tuple[int, list[Phrase]]:
    """باسم حفتر والجيش: a second one that is spoken for."""
    if (
        j + 1 < text.size
        and text.fold[j] == "و"
        and (p := text.read(j + 1))
        and p.cls in NAMED
        and inner[0].cls == "Person"
    ):
        return p.last, [*inner, p]
    return j, inner
