"""Persons: names nobody knows yet, and the offices and titles that stand before a name or for one."""

from __future__ import annotations

from khabar.mentions.scan import NAMED, PLACES, Phrase, Text
from khabar.mentions.words import COMMON, bare, definite, group


def read(text: Text, i: int) -> Phrase | None:
    """A person at token `i`: an office phrase, a description, or a name that begins with a given name."""
    if text.tokens[i].kind == "proclitic":
        return _named(text, i)
    return _office(text, i) or _named(text, i)


def _named(text: Text, i: int) -> Phrase | None:
    """A name that a given name, a title before it or a verb of speech gives away."""
    lead = text.lead(i)  # tokens of its word: a name may have been cut as if it began with a clitic
    word = text.fold[i] if lead == 1 else text.fold[i] + text.fold[i + 1]
    if word in group("attribute"):
        return None
    titled = i > 0 and _titled(text, i)
    spoken = not titled and i > 0 and text.is_(i - 1, "said") and text.tokens[i - 1].word == text.tokens[i].word - 1
    kind = text.words.names.get(word, "")
    hit = text.hits.get(i)
    if hit is not None and hit.cls != "Person" and not (kind == "given" and _outgrows(text, hit, titled)):
        return None
    if hit is not None and hit.cls == "Person" and hit.last > i + 1 and hit.last < text.size:
        following = text.fold[hit.last]
        if following not in text.words.names and following not in group("name_glue"):
            return None  # the known name is whole
    father = word in ("ابو", "عبد") or word.startswith("عبدال")
    fathered = text.follows(i + lead) and text.fold[i + lead] == "بن" and not _plain(text, i) and text.common(i) <= 80
    if lead == 1 and not (kind == "given" or titled or father or fathered or spoken):
        return None
    if lead == 2 and kind != "given" and not ((titled or spoken) and _rare(text, i)):
        return None
    if spoken and definite(word) and not kind:
        end = i + 1
    else:
        end = name(text, i, titled or fathered or spoken)
    if end == i + lead and spoken and hit is None:
        return Phrase(i, end, i, "Person", "name") if _speaks(text, i, end, kind) else None
    if end == i or (end == i + lead and not (titled and (kind or (definite(word) and _formal(text, i))))):
        return None
    if word == "علي" and not titled and not _surely(text, i, end):
        return None  # على, as some write it
    return Phrase(i, end, i, "Person", "name")


def _formal(text: Text, i: int) -> bool:
    """True behind a title that a last name alone follows: اللواء المسماري, الشيخ, الدكتور, الوزير."""
    k = i - 1
    while k > 0 and text.fold[k] in group("attribute"):
        k -= 1
    title = text.words.titles.get(bare(text.fold[k]))
    return title is not None and (title.kind == "rank" or bare(text.fold[k]) in group("formal_title"))


def _surely(text: Text, i: int, end: int) -> bool:
    """True when a known name or a last name in ي follows."""
    for k in range(i + 1, end):
        word = text.fold[k]
        if word in text.words.names or word in group("name_glue") or (definite(word) and word.endswith("ي")):
            return True
    return False


def _tanwin(text: Text, i: int) -> bool:
    """True for an ordinary noun in the accusative: عزما."""
    word = text.fold[i]
    return len(word) > 3 and word.endswith("ا") and text.words.common.get(word[:-1], 0) > 45


def _rare(text: Text, i: int) -> bool:
    """True for a word cut in two of which neither the whole nor the stem is an ordinary word."""
    whole = text.fold[i] + text.fold[i + 1]
    if i + 1 in text.hits or definite(text.fold[i + 1]) or text.noun(i + 1) is not None:
        return False
    return text.words.common.get(whole, 0) <= 66 and text.common(i + 1) < 60


def _speaks(text: Text, i: int, end: int, kind: str) -> bool:
    """True for one rare word between a verb of speech and what is said: قال بلير إن."""
    if kind == "surname":
        return True
    if text.fold[end : end + 1] not in (["ان"], ["انه"], ["انها"]) and (
        end >= text.size or text.tokens[end].text not in '،:",(«'
    ):
        return False
    rare = text.words.common.get(text.fold[i], 0)
    if definite(text.fold[i]):
        return text.fold[i].endswith("ي") and rare <= 50 and text.common(i) <= 50
    return rare <= 30 and not text.fold[i].endswith(("ون", "ين", "ات", "ه", "ا", "وا"))


def _outgrows(text: Text, hit: Phrase, titled: bool) -> bool:
    """True when a place's name is the first part of a person's: صلاح الدين دمرتاش."""
    j = hit.last
    if titled and j == hit.first + 1:
        return True
    if not text.follows(j) or definite(text.fold[j]) or _plain(text, j):
        return False
    return text.words.names.get(text.fold[j]) in ("given", "surname") or text.common(j) <= 30


def _titled(text: Text, i: int) -> bool:
    """True when a rank, a title or an office phrase ends right before token `i`."""
    k = i - 1
    if text.tokens[k].word != text.tokens[i].word - 1 and text.tokens[k].text not in ("،", ","):
        return False
    while k > 0 and text.fold[k] in group("attribute"):
        k -= 1
    if i in text.offices:
        return True
    if text.tokens[k].text in ("،", ",") or not definite(text.fold[k]):
        return False
    title = text.words.titles.get(bare(text.fold[k]))
    return title is not None


def name(text: Text, i: int, titled: bool) -> int:
    """The end of the personal name that begins at token `i`; `i` itself when it is none."""
    if not _opens(text, i, titled):
        return i
    j, size = i + text.lead(i), 1
    glued = j == i + 1 and text.fold[i] in group("name_glue")
    while j < text.size and size < 9:
        width = _word(text, j)
        if not width or not (glued or _goes_on(text, j, width, size, titled)):
            break
        if glued and (text.is_(j, "stop") or text.is_(j, "speech")):
            return i if size == 1 else j - 1
        glued = text.fold[j] in group("name_glue") or (width == 2 and text.fold[j] == "اب")
        j += width
        size += 1
    return i if glued and size == 1 else j - 1 if glued else j


def _word(text: Text, j: int) -> int:
    """How many tokens the word at `j` has when it can go on a name; 0 when it cannot."""
    t = text.tokens[j]
    if t.word != text.tokens[j - 1].word + 1:
        return 0
    if t.kind == "stem":
        if t.fold == "اب" and j + 1 < text.size and text.fold[j + 1] == "ي":  # أبي, cut as "my father"
            return 2
        return 1 if not (j + 1 < text.size and text.tokens[j + 1].kind == "enclitic") else 0
    if t.kind == "proclitic" and text.stem(j + 1) and t.fold != "و":
        whole = t.fold + text.fold[j + 1]
        if whole in group("stop") or text.fold[j + 1] in group("stop"):
            return 0
        known = j + 1 in text.hits or text.fold[j + 1] in text.words.nouns or definite(text.fold[j + 1])
        alone = not (j + 2 < text.size and text.tokens[j + 2].kind == "enclitic")
        if alone and not known and (whole in text.words.names or text.common(j + 1) < 40):
            return 2
    return 0


def _plain(text: Text, i: int) -> bool:
    """True for a word that is surely no name: a particle, a verb of speech, a time, a known noun or adjective."""
    word = text.fold[i]
    if text.is_(i, "stop") or text.is_(i, "time") or text.is_(i, "speech") or text.is_(i, "side"):
        return True
    return bare(word) in text.words.titles or text.noun(i) is not None or text.nation(i) is not None


def _opens(text: Text, i: int, titled: bool) -> bool:
    """Whether a name can begin at token `i`."""
    if text.tokens[i].text == "على":  # the preposition; only folded is it the name
        return False
    if text.lead(i) == 2:
        return text.words.names.get(text.fold[i] + text.fold[i + 1]) == "given" or (titled and _rare(text, i))
    kind = text.words.names.get(text.fold[i], "")
    if kind == "given" or text.fold[i] in group("name_glue") or text.fold[i].startswith("عبدال"):
        return text.fold[i] not in ("ال", "ام", "بن", "دي", "دو", "دا", "بو", "ذو", "ابا") or titled
    if (
        not titled
        or _plain(text, i)
        or text.fold[i] in text.words.adjectives
        or bare(text.fold[i]) in text.words.adjectives
    ):
        return kind in ("weak", "surname") and titled and not _plain(text, i)
    if not kind and _tanwin(text, i):
        return False
    if kind or text.common(i) <= COMMON:
        return True
    rare = not definite(text.fold[i]) and text.follows(i + 1) and text.common(i + 1) <= 45 and not _plain(text, i + 1)
    return rare and text.follows(i + 2) and definite(text.fold[i + 2]) and text.common(i + 2) <= COMMON


def _goes_on(text: Text, j: int, width: int, size: int, titled: bool) -> bool:
    """Whether the word at `j` belongs to the name before it."""
    word = text.fold[j] if width == 1 else text.fold[j] + text.fold[j + 1]
    if j in text.hits and text.hits[j].cls not in ("Person", "Settlement", "Country"):
        return False
    if j in text.hits and text.hits[j].cls == "Person" and text.hits[j].last > j + 1:
        return False  # somebody else
    if width == 1 and not text.words.names.get(word) and _tanwin(text, j):
        return False
    if word in group("name_second") or word in group("name_glue") or word.startswith("عبدال"):
        return True
    kind = text.words.names.get(word, "")
    if bare(word) in text.words.titles and kind != "given":
        return False
    if kind in ("given", "surname") or (kind == "weak" and size < 3):
        return not text.is_(j, "stop") and not text.is_(j, "speech")
    if j in text.hits and text.hits[j].cls in ("Country", "Settlement"):
        return False
    if width == 1 and _plain(text, j):
        return False
    short = bare(word)
    if short in text.words.adjectives or short in ("قيادي",):
        return False
    if definite(word):
        return text.common(j) <= COMMON + (18 if word.endswith("ي") else 14)
    limit = (60 if titled else 45) if size == 1 else 32
    if word[0] in "يتن" and text.common(j) > 0:
        limit = 20
    return text.common(j) <= limit


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
            return j if _opens(text, j, True) and name(text, j, True) > j + 2 else -1
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
    return not definite(text.fold[j]) and _opens(text, j, True) and name(text, j, True) >= j + 2


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


def _office(text: Text, i: int) -> Phrase | None:
    """An office phrase: a Position beside a name, else a description of a person or an unnamed source."""
    word = text.fold[i]
    noun = text.words.titles.get(word) or text.words.titles.get(bare(word))
    if noun is None or noun.kind not in ("office", "leader"):
        return None
    defined = definite(word)
    short = bare(word)
    if noun.kind == "leader" and short == "عضو":
        return None
    end, inner, nation, led = _complement(text, i, short, defined)
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
        or (defined and bare(text.fold[j]) in text.words.adjectives and short in group("office_speaker"))
    ):
        nation = text.nation(j) or nation
        j += 1
        end = j
    if short in group("office_with"):
        end, owners = _of(text, j, end, short.startswith(("متحدث", "ناطق")))
        inner += owners
        nation = nation or (owners[0].nation if owners else None)
    return end, tuple(inner), nation, led


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
