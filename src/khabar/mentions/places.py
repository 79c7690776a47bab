"""Places and facilities that no list knows: a type noun and a name; directions, borders and waters of a state."""

from __future__ import annotations

from dataclasses import replace

from khabar.mentions.scan import PLACES, Phrase, Text
from khabar.mentions.words import bare, definite, group

_POINTS = frozenset({("نقطه", "تفتيش"), ("نقاط", "تفتيش"), ("معسكر", "تدريب"), ("معسكرات", "تدريب")})


def read(text: Text, i: int) -> Phrase | None:
    """A place whose type noun, direction or border word is token `i`."""
    word = text.fold[i]
    if i + 1 < text.size and (word, text.fold[i + 1]) in _POINTS:
        return Phrase(i, i + 2, i, "Facility", "description")
    if text.is_(i, "direction"):
        return _direction(text, i)
    if bare(word) in ("اراضي", "اراض") and text.follows(i + 1) and (nation := text.nation(i + 1)):
        return Phrase(i, i + 2, i, "Country", "demonym", (nation,), nation)
    noun = text.noun(i)
    if noun is None or noun.kind not in ("place", "facility"):
        return _outgrown(text, i)
    if noun.alone == "dem":
        return _border(text, i)
    if noun.kind == "facility":
        return _facility(text, i)
    if word == "القطاع":
        return Phrase(i, i + 1, i, "AdministrativeArea", "description")
    if definite(word) or not text.follows(i + 1):
        return None
    known = text.read(i + 1)
    if noun.keep:
        return _kept(text, i, noun.cls, known)
    return None


def _outgrown(text: Text, i: int) -> Phrase | None:
    """A town of which a known one's name is only the first word, by its type noun: بلدة عدن يابال is not عدن."""
    hit, end = text.hits.get(i), i + 2
    if hit is None or hit.cls not in ("Settlement", "AdministrativeArea") or hit.last != i + 1 or i == 0:
        return None
    noun = text.noun(i - 1)
    if noun is None or noun.kind != "place" or noun.cls != "Settlement" or definite(text.fold[i - 1]):
        return None
    if end < text.size and text.tokens[end].kind == "enclitic":  # مدينة عدن عافيتها
        return None
    if not text.follows(i + 1) or i + 1 in text.hits or text.common(i + 1) or definite(text.fold[i + 1]):
        return None
    return Phrase(i, end, i, hit.cls, "name")


def _direction(text: Text, i: int) -> Phrase | None:
    """شمال سوريا، جنوب غرب ليبيا: a Place with the country inside."""
    k = i + 1
    if text.follows(k) and text.is_(k, "direction"):
        k += 1
    p = text.hits.get(k) if text.follows(k) else None
    if p is None and text.follows(k) and (river := text.noun(k)) and river.kind == "place" and river.keep:
        p = text.read(k)
    if p is None or p.cls not in ("Country", "Place"):
        return None
    return Phrase(i, p.last, i, "Place", "description", (), p.nation, (p,))


def _border(text: Text, i: int) -> Phrase | None:
    """الحدود مع تركيا، الحدود السورية، المياه الليبية، حدود ليبيا."""
    k = i + 1
    if definite(text.fold[i]):
        nation = text.nation(k) if text.follows(k) and text.fold[k].endswith("ه") else None
        end = k + 1 if nation else k
        if bare(text.fold[i]) == "حدود" and end + 1 < text.size and text.fold[end] == "مع":
            p = text.read(end + 1)
            if p and p.cls in PLACES:
                return Phrase(i, p.last, i, "Place", "description", (), nation or p.nation, (p,))
        return Phrase(i, end, i, "Place", "description", (), nation) if nation else None
    p = text.hits.get(k) if text.follows(k) else None
    if p and p.cls == "Country" and bare(text.fold[i]) != "ساحل":
        return Phrase(i, p.last, i, "Place", "description", (), p.nation, (p,))
    return None


def _facility(text: Text, i: int) -> Phrase | None:
    """مطار جوبا الدولي، قاعدة الحبانية العسكرية، مستشفى الجلاء; not the bare noun."""
    noun = text.noun(i)
    if noun is not None and noun.alone == "any" and not definite(text.fold[i]):
        return Phrase(i, i + 1, i, "Facility", "description") if not _pronoun(text, i + 1) else None
    if definite(text.fold[i]):
        if (
            text.follows(i + 1)
            and (nation := text.nation(i + 1))
            and text.fold[i + 1].endswith("ه")
            == (bare(text.fold[i]).endswith(("ه", "ات")) or (noun is not None and noun.gender == "f"))
        ):
            return Phrase(i, i + 2, i, "Facility", "description", (), nation)
        return None
    if text.follows(i + 1) and noun is not None and text.fold[i + 1] in group("facility_kind"):
        end, nation, _ = text.adjectives(i + 1, noun, False)
        if end > i + 1:
            return Phrase(i, end, i, "Facility", "description", (), nation)
    k, close = text.enclosed(i + 1)
    if k >= text.size or not text.stem(k) or not (close or text.follows(k)):
        return None
    known = text.hits.get(k)
    inner: tuple[Phrase, ...] = ()
    if (at := text.titled(k)) > k and (p := text.read(at)) is not None and p.cls == "Person":
        known = p  # مستشفى الملك سلمان
    if known is None and text.noun(k) is not None and (p := text.read(k)) is not None and p.cls in PLACES:
        known, inner = p, (p,)
    if known is not None and known.cls in (
        "Settlement",
        "AdministrativeArea",
        "Place",
        "Facility",
        "Person",
        "Country",
    ):
        end = known.last
    elif text.fold[k] == "العاصمه" and (known := text.hits.get(k + 1)):
        end, inner = known.last, (known,)
    elif (
        definite(text.fold[k])
        and not text.is_(k, "stop")
        and not text.is_(k, "time")
        and text.common(k) <= (105 if text.fold[i] in group("facility_free") else 78)
    ):
        end = k + 1
    elif text.common(k) <= 50 and not text.is_(k, "stop") and text.noun(k) is None:
        end = k + 1
    else:
        return None
    if close:
        if text.tokens[min(end, text.size - 1)].text not in ("»", '"', "”"):
            return None
        end += 1
    while text.follows(end) and definite(text.fold[end]) and bare(text.fold[end]) in group("facility_adj"):
        end += 1
    nation = known.nation if known else None
    if known and known.cls == "Country":
        inner = (known,)
    return Phrase(i, end, i, "Facility", "name", (), nation, inner)


def _kept(text: Text, i: int, cls: str, known: Phrase | None) -> Phrase | None:
    """Names that keep their type noun: محافظة ديالى، ولاية الوحدة، ريف حلب الشمالي، جبل منيف."""
    k, close = text.enclosed(i + 1)
    if known is not None and known.cls in PLACES:
        end = known.last
    elif text.stem(k) and (definite(text.fold[k]) or close) and text.common(k) <= 80 and not text.is_(k, "stop"):
        end = k + 1
    elif text.stem(k) and not text.is_(k, "stop") and text.common(k) <= 42 and text.noun(k) is None:
        end = k + 1
    else:
        return None
    if close:
        if end >= text.size or text.tokens[end].text not in ("»", '"', "”"):
            return None
        end += 1
    while text.follows(end) and text.fold[end] in group("area_adj"):
        end += 1
    keys = known.keys if known and cls == "AdministrativeArea" else ()
    keys = tuple(key for key in keys if text.kb.entry(key).cls == cls)
    return Phrase(i, end, i, cls, "name", keys, known.nation if known else None)


def listed(text: Text, i: int) -> list[Phrase]:
    """The names behind a type noun that stays out: مدينة الشيحة، مناطق الدواية والستر والبو جاسم."""
    noun = text.noun(i)
    if noun is None or noun.kind != "place" or noun.keep or not text.follows(i + 1):
        return []
    if definite(text.fold[i]):
        return []
    found: list[Phrase] = []
    k = i + 1
    many = noun.plural or text.fold[i].endswith(("تي", "تا"))
    while k < text.size:
        k, close = text.enclosed(k)
        p = text.read(k)
        if p is not None and p.cls not in PLACES:
            break
        if p is None:
            end = _name(text, k, bool(found))
            if end == k:
                break
            p = Phrase(k, end, k, noun.cls, "name")
        elif p.cls == "Settlement" and noun.cls == "AdministrativeArea":
            areas = tuple(key for key in p.keys if text.kb.entry(key).cls == noun.cls)
            p = replace(p, cls=noun.cls, keys=areas or p.keys)
        found.append(p)
        k = p.last + bool(close)
        if not many or k + 1 >= text.size:
            break
        if text.tokens[k].text == "،" or text.fold[k] == "و":
            k += 1
            if text.fold[k] == "و" and text.tokens[k - 1].text == "،":
                k += 1
        else:
            break
    return found


def _name(text: Text, k: int, chained: bool) -> int:
    """The end of an unknown place name at `k`: one word with the article or a rare one, or two of them."""
    if not text.stem(k) or text.is_(k, "stop") or text.is_(k, "time") or text.nation(k) or text.is_(k, "speech"):
        return k
    word = text.fold[k]
    rare = text.common(k)
    if text.noun(k) is not None or bare(word) in text.words.titles or _pronoun(text, k + 1):
        return k
    if word in (
        "ابو",
        "ام",
        "بني",
        "عين",
        "تل",
        "بيت",
        "كفر",
        "دير",
        "خان",
        "راس",
        "وادي",
        "قصر",
        "البو",
        "بير",
        "سيدي",
        "بو",
    ):
        return k + 2 if text.follows(k + 1) and not text.is_(k + 1, "stop") else k
    if definite(word):
        fits = rare <= (62 if not chained else 55)
    else:
        fits = rare <= 38 and bare(word) not in text.words.thing_adjectives and not word.endswith("يه")
    return k + 1 if fits else k


def _pronoun(text: Text, j: int) -> bool:
    return j < text.size and text.tokens[j].kind == "enclitic"
