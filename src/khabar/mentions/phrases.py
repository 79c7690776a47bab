"""Descriptive phrases: a head noun with its adjectives, its idafa or what it is loyal to, read as one mention."""

from __future__ import annotations

from dataclasses import replace

from khabar.mentions.scan import FORCES, NAMED, PLACES, Phrase, Text
from khabar.mentions.words import Noun, bare, definite, group

_REBEL = ("متمرد", "معارض", "انفصالي", "متشدد", "متطرف", "سلفي", "جهادي", "ارهابي", "تكفيري")
_STATE_ADJECTIVES = ("حكومي", "امني", "نظامي", "خاص", "جوي", "بحري", "بري", "مسلحه")


def read(text: Text, i: int) -> Phrase | None:
    """A phrase around an actor, a group of people or a thing of war, its head noun at token `i`."""
    noun = text.noun(i)
    if noun is None or noun.kind not in ("actor", "population", "materiel"):
        return None
    known = text.hits.get(i)
    defined = definite(text.fold[i])
    if noun.kind == "population" and bare(text.fold[i]) in text.words.sources and text.speech_near(i, i + 1):
        if not (text.follows(i + 1) and definite(text.fold[i + 1]) and not defined):
            return None  # people who speak are a source
    p = _modified(text, i, noun, defined, known)
    if p is None:
        return None
    if p.last - p.first == 1 and not _alone(text, i, noun, defined):
        return None
    return p


def _alone(text: Text, i: int, noun: Noun, defined: bool) -> bool:
    """Whether the noun makes a mention without any modifier."""
    if i in text.hits or noun.alone == "any":
        nxt = i + 1
        closed = defined or text.fold[i].endswith(("ون", "ين", "ا"))  # its ending leaves no room for a genitive
        return (closed or not (text.follows(nxt) and definite(text.fold[nxt]))) and not _cut_short(text, nxt)
    described = noun.alone != "def" and text.follows(i) and definite(text.fold[i - 1])  # القصف المركز
    return defined and noun.alone in ("def", "ref", "head") and not _cut_short(text, i + 1) and not described


def _cut_short(text: Text, j: int) -> bool:
    """True before a pronoun: قواته names no one by itself."""
    return j < text.size and text.tokens[j].kind == "enclitic"


def _modified(text: Text, i: int, noun: Noun, defined: bool, known: Phrase | None) -> Phrase | None:
    """The noun with all its modifiers."""
    if known is not None and known.last > i + 1:
        if noun.kind != "materiel":
            return None
        end, nation, adjectives = text.adjectives(known.last, noun, True)
        if noun.kind == "materiel" and end == known.last:
            end, nation, adjectives = text.adjectives(known.last, noun, False)
        return replace(known, last=end, nation=nation or known.nation) if end > known.last else None
    if not defined and noun.kind != "materiel" and (p := _idafa(text, i, noun)):
        edge = text.is_(i, "edge") and any(q.cls in PLACES for q in p.inner)  # أطراف المدينة are no parties
        return None if edge else p
    end, nation, adjectives = text.adjectives(i + 1, noun, defined)
    rank = text.words.titles.get(bare(text.fold[i]))
    if defined and rank is not None and rank.kind == "rank" and end > i + 1:
        if not (text.is_(i + 1, "unit_after") or adjectives[0] in text.words.adjectives):
            return None  # اللواء المسماري
    if noun.kind == "materiel" and end == i + 1 and not defined and text.follows(end) and _model(text, end):
        end += 1
    if (
        noun.kind == "materiel"
        and end == i + 1
        and not defined
        and text.follows(end)
        and text.fold[end] in group("purpose")
    ):
        end, nation, adjectives = text.adjectives(end + 1, noun, defined)
    if noun.kind == "materiel" and not defined and end == i + 1 and (p := _idafa(text, i, noun)):
        return p
    if noun.kind == "materiel" and bare(text.fold[i]) in ("سياره", "سيارات", "شاحنه", "برميل", "براميل", "حزام"):
        if not any(a.startswith(("مفخخ", "ملغوم", "متفجر", "ناسف", "ملغم", "عسكري")) for a in adjectives):
            return None
    inner: tuple[Phrase, ...] = ()
    if end == i + 1 and noun.kind != "materiel":
        end, inner = _side(text, end, defined)
    if bare(text.fold[i]) == "جبهه" or (bare(text.fold[i]) == "مركز" and text.is_(i + 1, "quality")):
        return None  # a front line rather than an organisation
    how = "description"
    if end == i + 1:
        if text.is_(i + 1, "unit_after") or (end < text.size and text.tokens[end].kind == "number"):
            if bare(text.fold[i]) in ("لواء", "كتيبه", "فرقه", "فوج", "فيلق", "سريه"):
                return Phrase(i, _numbered(text, end), i, noun.cls, "name")
        if known is not None:
            return known
    if noun.cls == "Organization" and defined and adjectives and text.fold[end - 1] in group("body_adj"):
        end = _purpose(text, end)
    cls = _class(noun, bare(text.fold[i]), adjectives, nation, inner)
    if noun.kind == "actor" and noun.cls == "Government" and noun.alone == "mod" and nation is None and not inner:
        if bare(text.fold[i]) not in ("نظام", "بلديه"):
            return None
    return Phrase(i, end, i, cls, how, (), nation, inner)


def _purpose(text: Text, j: int) -> int:
    """Past what a body is for: (اللجنة الوطنية) لمكافحة الإرهاب، (الهيئة العامة) للسياحة."""
    if j + 1 >= text.size or text.fold[j] != "ل" or not text.stem(j + 1):
        return j
    if definite(text.fold[j + 1]):
        return j + 2
    if text.follows(j + 2) and definite(text.fold[j + 2]) and not text.is_(j + 1, "stop"):
        return j + 3
    return j


def _model(text: Text, k: int) -> bool:
    """A rare word behind a weapon's noun is its make: صاروخ سكود، طائرة بيرقدار."""
    if definite(text.fold[k]) or text.common(k) > 42 or text.noun(k) is not None or text.is_(k, "stop"):
        return False
    return text.fold[k][0] not in "يت" and text.hits.get(k) is None and not _cut_short(text, k + 1)


def _numbered(text: Text, j: int) -> int:
    """The end of the name of a numbered unit: اللواء الأول مشاة، الفرقة 30."""
    while (
        j < text.size
        and (text.tokens[j].kind == "number" or (text.follows(j) and text.is_(j, "unit_after")))
        and text.tokens[j].word == text.tokens[j - 1].word + 1
    ):
        j += 1
    return j


def _side(text: Text, j: int, defined: bool) -> tuple[int, tuple[Phrase, ...]]:
    """(القوات) الموالية لـ X، (جماعات) تابعة لـ X: the end of X and X itself."""
    if not (text.follows(j) and bare(text.fold[j]) in text.groups["side"]):
        return j, ()
    if definite(text.fold[j]) != defined and defined:
        return j, ()
    k = j + 1
    if k < text.size and text.fold[k] == "ل":
        k += 1
    elif not text.follows(k):
        return j, ()
    if k < text.size and text.tokens[k].kind == "enclitic":
        return k + 1, ()
    inner: list[Phrase] = []
    for _ in range(4):
        if k >= text.size or text.tokens[k].kind == "punct":
            break
        p = text.read(k)
        if p and p.cls != "Position":
            return p.last, (*inner, p)
        if p:
            inner.append(p)
        elif bare(text.fold[k]) not in text.words.titles and bare(text.fold[k]) not in ("مخلوع", "سابق", "راحل"):
            break
        k = p.last if p else k + 1
    return j, ()


def _idafa(text: Text, i: int, noun: Noun) -> Phrase | None:
    """A head noun before a name, a phrase or a noun with the article: قوات حفتر، وزارة الدفاع الروسية."""
    word = text.fold[i]
    if noun.gender == "p" and word.endswith(("ون", "ين")):  # its ن would fall before a genitive
        return None
    k, close = text.enclosed(i + 1)
    if k >= text.size or not text.stem(k) or text.tokens[k].word != text.tokens[k - 1].word + (k != i + 1 or 1):
        return None
    if not close and not text.follows(k):
        return None
    inner = text.read(k)
    if (inner is None or inner.cls == "Position") and (at := text.titled(k)) > k and text.follows(at):
        person = text.read(at)
        inner = person if person is not None and person.cls == "Person" else inner
    if inner is not None and inner.how == "description" and inner.last == k + 1 and not definite(text.fold[k]):
        inner = None if not text.follows(k + 1) else inner
    if inner is None and text.fold[k] in group("idafa_middle") and text.follows(k + 1):
        return _chain(text, i, noun, k)
    if inner is not None:
        if inner.cls in ("Position", "UnnamedSource", "MediaOutlet", "Conflict"):
            return None
        end = inner.last
        if close:
            if end >= text.size or text.tokens[end].text not in (close, "»", '"', "”"):
                return None
            end += 1
        end, nation, adjectives = text.adjectives(end, noun, True)
        return _joined(noun, word, i, end, inner, nation, adjectives)
    if noun.kind == "population" and word in group("people_of") and not close and text.stem(k) and text.common(k) <= 58:
        if text.noun(k) is None and not text.is_(k, "stop") and not _cut_short(text, k + 1) and text.fold[k][-1] != "و":
            town = Phrase(k, k + 1, k, "Settlement", "name")
            nested = (town,) if word in ("اهالي", "سكان", "اهل") else ()
            return Phrase(i, k + 1, i, noun.cls, "description", (), None, nested)
    if word.startswith(("طرف", "اطراف")) or word == "مكتب" or (word == "مركز" and text.noun(k) is not None):
        return None
    if close or not definite(text.fold[k]) or text.is_(k, "time") or text.is_(k, "stop") or noun.kind == "population":
        if not (close or noun.kind == "population") and noun.kind == "actor" and noun.cls != "StateForce":
            return _unknown(text, i, noun, k)
        return None
    if noun.kind == "materiel":
        return None
    female = "f" if text.fold[k].endswith(("ه", "ات")) else "m"
    end, nation, adjectives = text.adjectives(k + 1, noun, True, female)
    if end == k + 1 and text.fold[end : end + 1] == ["و"] and noun.cls == "Government":
        if end + 1 < text.size and definite(text.fold[end + 1]) and word == "وزاره":
            end, nation, adjectives = text.adjectives(end + 2, noun, True, "m")
    cls = _class(noun, word, adjectives, nation, ())
    if cls == "ArmedForce" and text.fold[k] in group("state_force"):
        cls = "StateForce"
    if word == "مجلس" and text.fold[k] == "الوزراء":
        cls = "Government"
    return Phrase(i, end, i, cls, "description", (), nation)


def _unknown(text: Text, i: int, noun: Noun, k: int) -> Phrase | None:
    """A type noun before a name nobody knows: حركة حزم، كتيبة شهداء."""
    if (
        text.fold[i] not in group("kind_of_group")
        or text.fold[i] in ("قوات", "عناصر", "مجموعه", "جبهه", "قوه")
        or not text.follows(k)
    ):
        return None
    word = text.fold[k]
    if word in text.words.adjectives or word.endswith(("يه", "ون", "ين")) or text.nation(k):
        return None
    if text.common(k) > 55 or text.is_(k, "stop") or text.is_(k, "speech") or text.is_(k, "side"):
        return None
    return Phrase(i, k + 1, i, noun.cls, "name") if text.tokens[k].fold[0] not in "يت" else None


def _chain(text: Text, i: int, noun: Noun, k: int) -> Phrase | None:
    """A longer idafa: مجلس شورى ثوار بنغازي، غرفة عمليات سلاح الجو، ثوار مدينة ترهونة."""
    while text.follows(k) and text.fold[k] in group("idafa_middle") and text.follows(k + 1) and text.read(k) is None:
        k += 1
    inner = text.read(k)
    if inner is not None and inner.cls not in ("Position", "UnnamedSource"):
        end, nation, adjectives = text.adjectives(inner.last, noun, True)
        nested = (inner,) if inner.cls in PLACES and text.fold[i] != "مجلس" else ()
        return Phrase(i, end, i, _class(noun, text.fold[i], adjectives, nation, ()), "description", (), nation, nested)
    if not definite(text.fold[k]) or text.is_(k, "stop") or text.is_(k, "time"):
        return None
    end, nation, adjectives = text.adjectives(k + 1, noun, True, "f" if text.fold[k].endswith(("ه", "ات")) else "m")
    return Phrase(i, end, i, _class(noun, text.fold[i], adjectives, nation, ()), "description", (), nation)


def _joined(
    noun: Noun, word: str, i: int, end: int, inner: Phrase, nation: str | None, adjectives: list[str]
) -> Phrase | None:
    """The head noun and the mention it governs: one thing when the noun only says what kind it is."""
    if noun.kind == "actor" and word in group("kind_of_group") and inner.cls in FORCES | {"Organization"}:
        if inner.how == "name" or word in ("قوات", "مقاتلو", "مقاتلي"):
            if noun.cls != "StateForce" or inner.cls in ("StateForce", "ArmedForce"):
                nested = () if inner.how == "name" or not inner.inner else inner.inner
                cls = inner.cls if inner.cls != "Organization" or noun.cls == "ArmedForce" else noun.cls
                return Phrase(i, end, i, cls, inner.how, inner.keys, nation or inner.nation, nested)
    if word == "مكتب":
        if inner.how != "title":
            return None
        return Phrase(i, inner.last, i, "Government", "description", (), inner.nation, inner.inner)
    if word.startswith(("طرف", "اطراف")):
        return None
    if noun.cls == "Government" and noun.alone == "mod" and word not in ("نظام", "بلديه", "محكمه"):
        if inner.cls != "Country":
            return None
    if word in ("مجموعه", "وحده") and inner.how == "description" and inner.cls in FORCES:
        return Phrase(i, end, i, inner.cls, "description", (), nation or inner.nation, inner.inner)
    if word == "مركز" and inner.cls in PLACES:
        return None
    if word == "وحده" or (word == "جبهه" and inner.cls in PLACES) or (noun.kind == "actor" and inner.cls == "Materiel"):
        return None
    if noun.kind == "materiel" and inner.cls in ("PopulationGroup", "Person"):
        return None
    if noun.kind == "materiel" and inner.cls == "Materiel":
        return Phrase(i, end, i, "Materiel", "description", (), nation)
    if noun.kind == "materiel" and inner.cls not in NAMED | {"Country"}:
        return None
    cls = _class(noun, word, adjectives, nation, (inner,))
    return Phrase(i, end, i, cls, "description", (), nation or inner.nation, (inner,))


def _class(noun: Noun, word: str, adjectives: list[str], nation: str | None, inner: tuple[Phrase, ...]) -> str:
    """The class of a phrase: its noun's, sharpened by adjectives and by whose force it is."""
    if word == "غرفه":
        return "MilitaryUnit"
    if noun.kind != "actor" or noun.cls not in ("ArmedForce", "RebelGroup"):
        return noun.cls
    if any(a.startswith(_REBEL) for a in adjectives):
        return "RebelGroup"
    if any(a.startswith("شيعي") for a in adjectives) and word.startswith("فص"):
        return "Militia"
    if word in ("قوات", "قوه", "قوي", "ارتال", "رتل"):
        if nation and len(nation) == 2:  # a state
            return "StateForce"
        if any(a.startswith(_STATE_ADJECTIVES) for a in adjectives):
            return "StateForce"
        owner = inner[-1].cls if inner else ""
        if owner in ("Government", "Country", "StateForce"):
            return "StateForce"
        if owner == "Settlement":
            return "Militia"
        if owner == "RebelGroup":
            return "RebelGroup"
    if noun.cls == "RebelGroup" and any(a.startswith("مسلح") for a in adjectives) and word.startswith("جماع"):
        return "ArmedForce"
    if word.startswith("مقاتل") and inner and inner[-1].cls in FORCES:
        return inner[-1].cls
    return noun.cls
