"""Personal names that no list knows: where they begin, how far they go."""

from __future__ import annotations

from khabar.mentions.scan import Phrase, Text
from khabar.mentions.words import COMMON, bare, definite, group

CLOSED = 95  # the limit for a word that only a surname can be: between a title with a name and إن


def read(text: Text, i: int) -> Phrase | None:
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
    titles = text.words.titles
    if k and text.fold[k].endswith("ي") and text.tokens[k - 1].word == text.tokens[k].word - 1:  # القيادي الحوثي فلان
        return bool({bare(text.fold[k]), definite(text.fold[k - 1]) * bare(text.fold[k - 1])} & titles.keys())
    return bare(text.fold[k]) in titles


def name(text: Text, i: int, titled: bool) -> int:
    """The end of the personal name that begins at token `i`; `i` itself when it is none."""
    if not opens(text, i, titled):
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
        if not (j + 1 < text.size and text.tokens[j + 1].kind == "enclitic"):
            return 1
        own = text.fold[j + 1] == "ي" and len(t.fold) > 3 and text.noun(j) is None  # كينيدي, رحيمي: no "my"
        return 2 if own and not text.is_(j, "stop") and bare(t.fold) not in text.words.titles else 0
    if t.kind == "proclitic" and text.stem(j + 1) and t.fold != "و":
        whole = t.fold + text.fold[j + 1]
        if whole in group("stop") or text.fold[j + 1] in group("stop"):
            return 0
        article = definite(text.fold[j + 1]) and text.words.common.get(text.fold[j + 1], 0) > 20  # not مارك فالون
        known = j + 1 in text.hits or text.fold[j + 1] in text.words.nouns or article
        alone = not (j + 2 < text.size and text.tokens[j + 2].kind == "enclitic")
        rare = text.common(j + 1) < 40 or (definite(text.fold[j + 1]) and not article)
        if alone and not known and (whole in text.words.names or rare):
            return 2
    return 0


def _plain(text: Text, i: int) -> bool:
    """True for a word that is surely no name: a particle, a verb of speech, a time, a known noun or adjective."""
    word = text.fold[i]
    if text.is_(i, "stop") or text.is_(i, "time") or text.is_(i, "speech") or text.is_(i, "side"):
        return True
    return bare(word) in text.words.titles or text.noun(i) is not None or text.nation(i) is not None


def opens(text: Text, i: int, titled: bool) -> bool:
    """Whether a name can begin at token `i`."""
    if text.tokens[i].text in ("على", "الآن"):  # the preposition, the adverb; only folded are they names
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
    if width == 1 and size == 2 and text.fold[j - 2] in ("ابو", "ابي", "ام") and definite(word) and text.nation(j):
        return True  # أبو خالد السوري
    if width == 1 and _plain(text, j):
        return False
    short = bare(word)
    if short in text.words.adjectives or short in ("قيادي",):
        return False
    if word.startswith("الم") and word.endswith("ه") and word not in text.words.names:
        return False  # قوات هادي المدعومة, المتمركزة
    if width == 1 and word.endswith("ت") and len(word) > 3 and text.words.common.get(word[:-1], 0) > 20:
        return False  # الرئيس هادي خاضت
    if titled and size < 3 and text.follows(j + width) and text.fold[j + width] == "ان":  # محمد الناصر إن
        return text.common(j) <= CLOSED
    closed = size > 1 and text.fold[j - 1].endswith("ي") and not definite(text.fold[j - 1])
    if definite(word) and closed and not word.endswith("ي"):
        return text.common(j) <= 40  # كارولين كينيدي | المراسم
    if definite(word):
        return text.common(j) <= COMMON + (18 if word.endswith("ي") else 14)
    limit = (60 if titled else 45) if size == 1 else 32
    if titled and size < 3 and word.endswith("ي") and len(word) > 4:
        limit = 70  # كارولين كينيدي
    if word[0] in "يتن" and text.common(j) > 0:
        limit = 20
    return text.common(j) <= limit
