"""A document as the frame engine sees it: what its words may be here, where clauses begin and end, what stands where.

The tagger is believed where it is clear; where it errs, the tables of the language and the place of a word decide.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from khabar.lexicon import verbality, words
from khabar.model import Document, Entity, Mention

STOPS = frozenset(".!?؟؛:…\n")
QUOTES = frozenset("\"'«»“”()[]{}‘’")


class Scene:
    """One document with its entities and pronouns."""

    def __init__(
        self,
        doc: Document,
        entities: Sequence[Entity],
        pronouns: Mapping[int, str],
        nations: Mapping[str, str],
        places: Mapping[int, str],
    ) -> None:
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
        self.abstract = known["abstract"]  # nouns of deeds and kin of a group: who acts is not the group
        self.carrying = {"ب": known["laden"], "علي": known["posted"]}  # participles and their own
        self.direction, self.own = known["direction"], known["own"]
        self.kin, self.named_after, self.opening = known["kin"], known["named after"], known["opening"]
        self.airborne, self.deputies = known["airborne"], known["near a leader"]
        self.held, self.sites, self.impersonal = known["held"], known["site"], known["impersonal"]
        self.owing, self.guises = known["owing"], known["guise"]
        self.naming = known["naming"]
        self.ready, self.intents, self.enabling = known["ready"], known["intent"], known["enabling"]
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
        self.entities = {e.id: e for e in entities}
        self.pronouns, self.places = pronouns, places
        self.nations = {word: self.entities[e] for word, e in nations.items()}

    def is_verb(self, i: int) -> bool:
        """True for a finite verb: by the parse, or by a form that can be nothing else where the tagger saw a noun."""
        t = self.tokens[i]
        if t.kind != "stem":
            return False
        if i and self.tokens[i - 1].fold in ("لم", "لن"):
            return True
        if self.suffixed(i) and t.fold in self.forms.suffixed and not (t.pos == "VERB" and self._starts_clause(i)):
            return False  # أعلنت سيطرتها, فرض سيطرتها
        if any(m.first < i for m in self.within.get(i, ())):
            return False  # فصائل شيعية مسلحة
        if t.pos in ("VERB", "AUX"):
            return not (t.fold.endswith("ا") and t.fold[:-1] in self.forms.nouns)  # دعما is no dual
        if any(m.how != "description" for m in self.within.get(i, ())) or i in self.starts:
            return False
        if i and self.tokens[i - 1].fold in self.prepositions and self.tokens[i - 1].fold not in ("بعد", "منذ"):
            return False
        before = self.tokens[i - 1] if i else None
        if before and before.kind == "stem" and before.pos == "NOUN" and before.fold in self.forms.events:
            return False  # استعادة تدمر
        if t.fold in self.forms.verbs and i + 1 in self.starts and self._nominative(i + 1):
            return True  # فيما قصف الحوثيون
        if t.fold in self.forms.verbs and before and before.kind == "enclitic" and self.tokens[i - 2].fold == "ان":
            return True  # أعلن الجيش أنه قصف
        if t.fold in self.forms.verbs and self._timed(i):
            return True  # الطيران قصف، صباح اليوم، مواقع
        if t.fold in self.forms.sure or (t.fold in self.forms.verbs and self._follows_subject(i)):
            return True
        opens = self.opens(i)
        if opens and (t.fold in self.forms.openers or (t.fold in self.forms.verbs and self._lacks_verb(i))):
            return True
        return opens and t.fold in self.forms.reporting and t.pos in ("NOUN", "PROPN", "ADV", "X", "")

    def _nominative(self, i: int) -> bool:
        """True for a sound plural in the case of subjects, which follows no verbal noun: الحوثيون."""
        word = self.tokens[i].fold
        return len(word) > 5 and word.startswith("ال") and word.endswith("ون")

    def _timed(self, i: int) -> bool:
        """True between who acts and a time in commas."""
        behind = self.tokens[i + 1 : i + 3]
        return i in self.ends and len(behind) == 2 and behind[0].text == "،" and behind[1].fold in self.time

    def _starts_clause(self, i: int) -> bool:
        """True unless a noun or a name stands right before token `i`."""
        t = self.tokens[i - 1] if i else None
        return t is None or t.kind != "stem" or t.fold in self.particles | self.relatives or self.is_break(i - 1)

    def _follows_subject(self, i: int) -> bool:
        """True right behind a name that أن opens its clause with, where no other verb follows: إن التنظيم منع."""
        m = self.ends.get(i)
        at = m.first - 1 if m else -1
        while at > 0 and (self.tokens[at].text == ":" or self.tokens[at].text in QUOTES):
            at -= 1
        if m is None or at < 0 or self.tokens[at].fold != "ان" or (i + 1 in self.starts and m.last < i):
            return False
        _, hi = self.bounds(i)
        for k in range(i + 1, hi):
            if self.is_break(k) or self.tokens[k].text == "،" or self.tokens[k].fold in self.relatives:
                return True
            if self.tokens[k].pos == "VERB":
                return False
        return True

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
        first = self.sentences[self.tokens[i].sentence].first
        if k < first or self.tokens[k].fold in self.opening or self.tokens[k].text == ":":
            return True
        k -= self.tokens[k].text == "،"
        while first < k and (self.tokens[first].text in QUOTES or self.tokens[first].fold in ("و", "ف")):
            first += 1
        return k - first < 4 and " ".join(t.fold for t in self.tokens[first : k + 1]) in self.opening

    def is_prep(self, i: int) -> bool:
        """True for a preposition, free or written together with its noun."""
        t = self.tokens[i]
        if t.fold == "نحو" and i + 1 < len(self.tokens) and self.counts(i + 1):  # نحو ألف سوري
            return False
        return t.fold in self.prepositions and (t.kind == "proclitic" or t.pos != "VERB") and i not in self.starts

    def counts(self, i: int) -> bool:
        """True for a number, in digits or in words."""
        return self.tokens[i].kind == "number" or self.tokens[i].pos == "NUM"

    def is_break(self, i: int) -> bool:
        """True where a clause surely ends: a full stop, a subordinator, a connector of contrast."""
        t = self.tokens[i]
        now_and_then = t.fold == "حين" and i > 0 and self.tokens[i - 1].fold == "من"  # من حين لآخر
        return t.text in STOPS or (t.fold in self.breaks and not now_and_then)

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
        if j == i + 1 < len(self.tokens) and {self.tokens[j].fold, self.tokens[i - 1].fold} <= self.forms.events:
            return False  # إلى قتل وطرد العرب
        if j + 1 < len(self.tokens) and self.tokens[j].fold in self.forms.verbs and self.counts(j + 1):
            return True  # وأسر ثلاثة مسلحين
        return j < len(self.tokens) and self.is_verb(j)

    def suffixed(self, i: int) -> bool:
        """True where a pronoun is written together with the word at `i`: تقوده, قواتها."""
        return i + 1 < len(self.tokens) and self.tokens[i + 1].kind == "enclitic"

    def verbal(self, i: int, end: int, slots: Container[str]) -> bool:
        """True for a verbal noun that stands for its verb: لقصف, or للسيطرة على with a slot of its verb behind it."""
        definite = self.tokens[i].fold.startswith("ال")
        return not definite or (end < len(self.tokens) and self.tokens[end].fold in slots)

    def headed(self, i: int) -> bool:
        """True where a noun that names nobody stands as the subject of the verb at `i`: حملة تستهدف, الضربة لم تلحق."""
        lo, hi = self.bounds(i)
        if self.opens(i):  # من جهة أخرى قصف
            return False
        j = i - 1
        while j >= lo and self.tokens[j].fold in self.particles:
            j -= 1
        if j < lo or self.tokens[j].pos not in ("NOUN", "ADJ", "PROPN") or self.within.get(j) or self.is_verb(j):
            return False
        if self.tokens[j].fold in self.time | self.through | self.opening or self.is_break(j) or self.is_prep(j):
            return False
        near = range(i + 1, min(i + 4, hi))
        if any(self.tokens[k].kind == "enclitic" and (k == i + 1 or self.is_prep(k - 1)) for k in near):
            return False  # منطقة تسيطر عليها القوات
        if not self.tokens[j].fold.startswith("ال"):
            known = j < i - 1 or not self.is_prep(j - 1) or self.tokens[i].fold in self.forms.sure
            return self.tokens[j].pos != "PROPN" and known
        while j > lo and self.tokens[j - 1].fold.startswith("ال") and not self.opens(j):
            j -= 1
        return self.opens(j)

    def attributive(self, i: int) -> bool:
        """True for a verb that describes the indefinite noun right before it: جنود قتلوا مدنيين."""
        t, lo = self.tokens[i - 1], self.bounds(i)[0]
        noun = t.kind == "stem" and t.pos in ("NOUN", "ADJ") and not t.fold.startswith("ال")
        closed = t.fold in self.time | self.through | self.particles
        if not noun or closed or self.is_break(i - 1) or self.is_verb(i - 1):
            return False
        m = next((m for m in self.within.get(i - 1, ()) if m.how != "description"), None)
        first = min((m.first for m in self.within.get(i - 1, ())), default=i - 1)
        return m is None and first > lo and not self.opens(first)

    def after_relative(self, i: int) -> bool:
        """True when a relative pronoun stands right before the verb at `i`, particles apart."""
        j = i - 1
        while j >= 0 and self.tokens[j].fold in self.particles:
            j -= 1
        return j >= 0 and self.tokens[j].fold in self.relatives
