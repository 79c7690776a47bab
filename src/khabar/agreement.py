"""Whether a mention is masculine or feminine, as the verb beside it shows."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.model import Mention, Token

MASCULINE_STATES = frozenset("iq lb sd ss ye jo ma pk in af va".split())
_PLURALS = frozenset(
    "قوات ميليشيات فصايل كتايب طايرات مصادر وحدات جماعات صحف وسايل احزاب قوي دول جيوش الويه فرق سرايا".split()
)

_MASCULINE = frozenset("حزب تنظيم جيش مجلس تحالف فصيل لواء فيلق حرس جهاز طيران سلاح نظام مكتب وفد اتحاد ايتلاف".split())


def gender_of(tokens: Sequence[Token], m: Mention) -> str:
    """`f`, `m` or "" of a mention's head, by class and ending."""
    t = tokens[m.head] if m.first <= m.head < m.last else tokens[m.first]
    if m.cls in ("Country", "Settlement", "AdministrativeArea"):
        return "m" if m.keys and m.keys[0] in MASCULINE_STATES else "f" if not m.keys or m.cls == "Country" else ""
    if m.cls == "Person":
        return ""  # a tagger guesses at names
    if "Gender=Fem" in t.feats or t.fold.endswith(("ه", "ات")):
        return "f"
    if m.how == "description" and len(t.fold) > 4 and t.fold.endswith(("ون", "ين")):
        return "m"  # مقاتلين مناهضين
    bare = t.fold.removeprefix("ال")
    return "f" if bare in _PLURALS else "m" if bare in _MASCULINE else ""
