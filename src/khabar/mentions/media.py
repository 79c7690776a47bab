"""Media outlets that no list knows: وكالة الأنباء الألمانية، صحيفة "لوفيغارو"، قال لـ"الوطن"."""

from __future__ import annotations

from khabar.mentions.scan import OPENING, Phrase, Text
from khabar.mentions.words import definite, group


def read(text: Text, i: int) -> Phrase | None:
    """An outlet whose type noun is token `i - 1`, whose agency name begins at `i`, or that is spoken to in quotes."""
    word = text.fold[i]
    if word == "وكاله" and text.follows(i + 1) and text.fold[i + 1] in group("news"):
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
            if before in group("outlet") or spoken or before == "علمت":
                return Phrase(i, end, i, "MediaOutlet", "name")
        return None
    if word in group("outlet_kept") and text.follows(i + 1) and text.fold[i + 1] not in group("news"):
        known = text.hits.get(i + 1)
        if known is not None and known.cls == "MediaOutlet" and text.fold[i + 1] != "رويترز":
            return Phrase(i, known.last, i, "MediaOutlet", "name", known.keys, known.nation)
        if known is None and definite(text.fold[i + 1]) and text.nation(i + 1) is None and not text.is_(i + 1, "stop"):
            if word != "وكاله" and word != "شبكه" and text.fold[i + 1] not in ("المانيه",):
                return Phrase(i, i + 2, i, "MediaOutlet", "name")
    return None
