"""Media outlets that no list knows: وكالة الأنباء الألمانية، صحيفة "لوفيغارو"، قال لـ"الوطن"."""

from __future__ import annotations

from khabar.mentions.scan import OPENING, Phrase, Text
from khabar.mentions.words import definite

_NOUNS = frozenset("وكاله صحيفه جريده قناه موقع مجله اذاعه شبكه تلفزيون فضاييه لموقع لصحيفه".split())
_NEWS = frozenset("الانباء انباء الاخبار الصحافه".split())


def read(text: Text, i: int) -> Phrase | None:
    """An outlet whose type noun is token `i - 1`, whose agency name begins at `i`, or that is spoken to in quotes."""
    word = text.fold[i]
    if word == "وكاله" and text.follows(i + 1) and text.fold[i + 1] in _NEWS:
        end = i + 2
        while text.follows(end) and definite(text.fold[end]) and (text.nation(end) or text.fold[end] in ("الرسميه",)):
            end += 1
        nation = text.nation(end - 1)
        return Phrase(i, end, i, "MediaOutlet", "name", (), nation) if end > i + 2 else None
    k = i - 1
    if k >= 1 and (close := OPENING.get(text.tokens[k].text)):
        end = i
        while end < min(i + 3, text.size) and text.tokens[end].text != close and text.tokens[end].kind == "stem":
            end += 1
        closed = end < text.size and text.tokens[end].text in (close, "»", "«", '"', "”")
        before = text.fold[k - 1]
        if closed and end > i:
            spoken = before in ("ل", "لـ") and any(text.is_(j, "speech") for j in range(max(0, k - 6), k))
            if before in _NOUNS or spoken or before == "علمت":
                return Phrase(i, end, i, "MediaOutlet", "name")
        return None
    if k >= 0 and text.fold[k] in _NOUNS and text.follows(i) and word not in _NEWS and text.fold[k] != "موقع":
        if definite(word) and text.nation(i) is None and not text.is_(i, "stop") and text.fold[k] in ("صحيفه", "جريده", "قناه"):
            return Phrase(i, i + 1, i, "MediaOutlet", "name")
    return None
