"""The words of a parsed document: which are verbs and prepositions, where clauses begin and end, what agrees."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.lexicon import verbality, words
from khabar.model import Document, Entity, Mention

STOPS = frozenset(".!?؟؛:…\n")
QUOTES = frozenset("\"'«»“”()[]{}‘’")
MASCULINE_STATES = frozenset("iq lb sd ma ye jo".split())


class Syntax:
    """Tokens and mentions of one document, by place, and what single words are there."""

    def __init__(self, doc: Document, entities: Sequence[Entity]) -> None:
        known = words()
        self.forms = verbality()
        self.prepositions, self.relatives, self.breaks = known["preposition"], known["relative"], known["break"]
        self.particles, self.through, self.time, self.ranks = (
            known["particle"],
            known["through"],
            known["time"],
            known["rank"],
        )
        self.belonging, self.around = known["belonging"], known["around"]
        self.direction, self.own = known["direction"], known["own"]
        self.heads = known["leader"] | known["spokesman"] | known["member"]
        self.offices: dict[int, int] = {}
        self.tokens = doc.tokens
        self.sentences = doc.sentences
        self.doc = doc
        self.starts: dict[int, Mention] = {}
        self.ends: dict[int, Mention] = {}
        self.within: dict[int, list[Mention]] = {}
        for m in sorted((m for e in entities for m in e.mentions), key=lambda m: (m.first, m.first - m.last)):
            if m.how == "pronoun":
                continue
            for j in range(m.first, m.last):
                self.within.setdefault(j, []).append(m)
            if m.cls == "Position":
                self.offices[m.first] = m.last
            if m.cls in ("Position", "Conflict"):
                continue
            self.starts.setdefault(m.first, m)
            if (held := self.ends.get(m.last)) is None or m.first < held.first:
                self.ends[m.last] = m
        self.children: dict[int, list[int]] = {}
        for t in self.tokens:
            if t.head >= 0 and t.head != t.i:
                self.children.setdefault(t.head, []).append(t.i)

    def is_verb(self, i: int) -> bool:
        """True for a finite verb: by the parse, or by a form that can be nothing else where the tagger saw a noun."""
        t = self.tokens[i]
        if t.kind != "stem":
            return False
        if t.pos in ("VERB", "AUX"):
            return not (t.fold.endswith("ا") and t.fold[:-1] in self.forms.nouns)  # دعما is no dual
        if any(m.how != "description" for m in self.within.get(i, ())) or i in self.starts:
            return False
        if i and self.tokens[i - 1].fold in self.prepositions and self.tokens[i - 1].fold != "بعد":
            return False
        if t.fold in self.forms.sure:
            return True
        opens = self.opens(i)
        if opens and (t.fold in self.forms.openers or (t.fold in self.forms.verbs and self._lacks_verb(i))):
            return True
        return opens and t.fold in self.forms.reporting and t.pos in ("NOUN", "PROPN", "ADV", "X", "")

    def _lacks_verb(self, i: int) -> bool:
        """True where a name or a definite noun follows and no other word of the clause is tagged as a verb."""
        tokens, (_, hi) = self.tokens, self.bounds(i)
        if i + 1 >= hi or not (i + 1 in self.starts or tokens[i + 1].fold.startswith("ال")):
            return False
        for k in range(i + 1, hi):
            if self.is_break(k) or tokens[k].fold in self.relatives or tokens[k].text == "،":
                return True
            if tokens[k].pos == "VERB" and k not in self.starts:
                return False
        return True

    def opens(self, i: int) -> bool:
        """True where a sentence or what somebody says begins, quotes and و apart."""
        k = i - 1
        while k >= 0 and (self.tokens[k].text in QUOTES or self.tokens[k].fold in ("و", "ف")):
            k -= 1
        before = self.tokens[k]
        return k < self.sentences[self.tokens[i].sentence].first or before.fold == "ان" or before.text == ":"

    def is_prep(self, i: int) -> bool:
        """True for a preposition, free or written together with its noun."""
        t = self.tokens[i]
        return t.fold in self.prepositions and (t.kind == "proclitic" or t.pos != "VERB") and i not in self.starts

    def is_break(self, i: int) -> bool:
        """True where a clause surely ends: a full stop, a subordinator, a connector of contrast."""
        t = self.tokens[i]
        return t.text in STOPS or t.fold in self.breaks

    def bounds(self, i: int) -> tuple[int, int]:
        """The token bounds of the sentence that holds `i`."""
        s = self.sentences[self.tokens[i].sentence]
        return s.first, s.last

    def clause(self, i: int) -> tuple[int, int]:
        """Token bounds of the stretch around `i` that no stop, subordinator or verb-opening conjunction cuts."""
        lo, hi = self.bounds(i)
        a = i
        while a > lo and not self.is_break(a - 1) and not (self.opens_clause(a) and a <= i):
            a -= 1
        b = i + 1
        while b < hi and not self.is_break(b) and not self.opens_clause(b):
            b += 1
        return a, b

    def opens_clause(self, i: int) -> bool:
        """True at و/ف/ثم before a finite verb."""
        t = self.tokens[i]
        if not (t.kind == "proclitic" and t.fold in ("و", "ف")) and t.fold not in ("ثم", "او"):
            return False
        j = i + 1
        while j < len(self.tokens) and self.tokens[j].fold in self.particles:
            j += 1
        return j < len(self.tokens) and self.is_verb(j)

    def gender(self, m: Mention) -> str:
        """`f`, `m` or "" of a mention's head, by class and ending."""
        t = self.tokens[m.head] if m.first <= m.head < m.last else self.tokens[m.first]
        if m.cls in ("Country", "Settlement", "AdministrativeArea"):
            return "m" if m.keys and m.keys[0] in MASCULINE_STATES else "f" if not m.keys or m.cls == "Country" else ""
        if "Gender=Fem" in t.feats or (t.fold.endswith(("ه", "ات")) and m.cls != "Person"):
            return "f"
        if m.cls == "Person":
            return ""
        if t.fold.lstrip("ال") in (
            "قوات",
            "ميليشيات",
            "فصائل",
            "فصايل",
            "كتائب",
            "كتايب",
            "طايرات",
            "مصادر",
            "وحدات",
            "جماعات",
        ):
            return "f"
        return ""
