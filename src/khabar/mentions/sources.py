"""Unnamed sources and peoples: مصدر عسكري ليبي، نائب في البرلمان، سكان; الأتراك، مصريون."""

from __future__ import annotations

from khabar.mentions.scan import NAMED, PLACES, Phrase, Text
from khabar.mentions.words import bare, definite, group


def read(text: Text, i: int) -> Phrase | None:
    """A source or a people at token `i`."""
    return _source(text, i) or _people(text, i)


def _source(text: Text, i: int) -> Phrase | None:
    word, defined = text.fold[i], definite(text.fold[i])
    short = bare(word)
    noun = text.words.sources.get(word) or (text.words.sources.get(short) if defined else None)
    if noun is None:
        return None
    end, nation, adjectives = text.adjectives(i + 1, noun, defined)
    if short == "شهود" and text.fold[end : end + 1] == ["عيان"]:
        end += 1
    if end < text.size and text.tokens[end].kind == "enclitic":
        return None
    if defined and text.fold[end : end + 1] in (["نفس"], ["ذات"]):
        end += 2
    inner: tuple[Phrase, ...] = ()
    if end + 1 < text.size and text.fold[end] in ("في", "من", "ب", "داخل") and not defined:
        k, close = text.enclosed(end + 1)
        p = text.read(k)
        if p is not None and p.cls in NAMED | PLACES:
            closed = p.last < text.size and text.tokens[p.last].text in (close, "»", "”")
            end, inner = p.last + bool(close and closed), (p,)
            nation = nation or p.nation
        elif text.stem(end + 1) and (k := end + 2) < text.size and text.follows(k) and (p := text.read(k)):
            if p.cls in PLACES and text.tokens[end + 1].fold in ("مستشفيات", "محافظه", "مدينه", "بلده"):
                end, inner = p.last, (p,)
    elif not defined and end == i + 1 and noun.alone == "speech" and text.follows(end) and (p := text.read(end)):
        if p.cls in NAMED | PLACES:
            end, inner = p.last, (p,)
    if noun.alone == "speech" and noun.gender == "m" and not defined and end == i + 1 and not noun.plural:
        if text.follows(end) and definite(text.fold[end]):
            return None  # نائب الملك
    if not noun.plural and noun.gender == "m" and not inner and _named(text, end):
        return None  # a title there
    speaks = text.speech_near(i, end) or (i > 0 and text.fold[i - 1] in ("عن", "وفق", "حسب", "لسان", "قول"))
    if noun.alone == "src":
        fits = bool(adjectives) or bool(inner) or speaks or defined
    elif defined and end == i + 1 and not noun.plural and noun.gender == "m":
        fits = not (text.follows(i) and definite(text.fold[i - 1]))  # only if spoken of before
    elif noun.alone == "adj":
        fits = bool(adjectives) or speaks
    elif noun.alone == "def":
        fits = defined or speaks
    else:
        fits = speaks
        if end == i + 1 and noun.gender == "m" and not noun.plural:
            fits = fits and (text.fold[end : end + 1] == ["ان"] or text.tokens[min(end, text.size - 1)].kind == "punct")
    return Phrase(i, end, i, "UnnamedSource", "source", (), nation, inner) if fits else None


def _named(text: Text, j: int) -> bool:
    """True before a personal name: the word is a title there."""
    p = text.read(j) if text.follows(j) else None
    return p is not None and p.cls == "Person"


def _people(text: Text, i: int) -> Phrase | None:
    """A plural nationality word that stands for people: not behind the noun that it describes."""
    nation = text.nation(i)
    short = bare(text.fold[i])
    if nation is None or not (short.endswith(("ون", "ين", "يو")) or short in group("people_plural")):
        return None
    if i > 0 and text.tokens[i - 1].kind == "stem" and text.tokens[i - 1].word == text.tokens[i].word - 1:
        before = text.fold[i - 1]
        counted = before in ("عشرات", "ميات", "الاف", "ملايين")
        listed = text.noun(i - 1) or text.words.sources.get(before) or bare(before) in text.words.titles
        plural = before.endswith(("ين", "ون", "ات", "اء", "ان"))
        if (definite(before) or listed or plural) and not counted and not text.is_(i - 1, "stop"):
            return None
    end = i + 1
    return Phrase(i, end, i, "PopulationGroup", "demonym", (), nation)
