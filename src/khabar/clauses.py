"""A document as the frame engine sees it: noun phrases, prepositions, clause boundaries, subjects before and after.

The parse decides where it is clear; a left-to-right reading of the clause fills what the parse leaves open. Every
filler says how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from khabar.agreement import gender_of
from khabar.lexicon import verbality, words
from khabar.mentions.scan import PLACES
from khabar.model import Document, Entity, Mention, Token

SIDE = frozenset("Position Conflict".split())
STOPS = frozenset(".!?؟؛:…\n")
QUOTES = frozenset("\"'«»“”()[]{}‘’")


@dataclass(frozen=True, slots=True)
class Filler:
    """A mention in a slot: `prep` is its preposition ("" when bare), `via` the noun it was reached through.

    `joined` tells that و stands before its phrase.
    """

    mention: Mention
    prep: str
    how: str
    via: str = ""
    joined: bool = False


class Scene:
    """One document with its entities and pronouns, and the readings that frames ask for."""

    def __init__(
        self, doc: Document, entities: Sequence[Entity], pronouns: Mapping[int, str], nations: Mapping[str, str]
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
        self.direction, self.own = known["direction"], known["own"]
        self.kin, self.named_after, self.opening = known["kin"], known["named after"], known["opening"]
        self.held, self.impersonal = known["held"], known["impersonal"]
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
        self.pronouns = pronouns
        self.nations = {word: self.entities[e] for word, e in nations.items()}

    # words -----------------------------------------------------------------------------------------------------

    def is_verb(self, i: int) -> bool:
        """True for a finite verb: by the parse, or by a form that can be nothing else where the tagger saw a noun."""
        t = self.tokens[i]
        if t.kind != "stem":
            return False
        if i and self.tokens[i - 1].fold in ("لم", "لن"):
            return True
        suffixed = i + 1 < len(self.tokens) and self.tokens[i + 1].kind == "enclitic"
        if suffixed and t.fold in self.forms.suffixed and not (t.pos == "VERB" and self._starts_clause(i)):
            return False  # أعلنت سيطرتها, فرض سيطرتها
        if t.pos in ("VERB", "AUX"):
            return not (t.fold.endswith("ا") and t.fold[:-1] in self.forms.nouns)  # دعما is no dual
        if any(m.how != "description" for m in self.within.get(i, ())) or i in self.starts:
            return False
        if i and self.tokens[i - 1].fold in self.prepositions and self.tokens[i - 1].fold not in ("بعد", "منذ"):
            return False
        before = self.tokens[i - 1] if i else None
        if before and before.kind == "stem" and before.pos == "NOUN" and before.fold in self.forms.events:
            return False  # استعادة تدمر
        if t.fold in self.forms.sure or (t.fold in self.forms.verbs and self._follows_subject(i)):
            return True
        opens = self.opens(i)
        if opens and (t.fold in self.forms.openers or (t.fold in self.forms.verbs and self._lacks_verb(i))):
            return True
        return opens and t.fold in self.forms.reporting and t.pos in ("NOUN", "PROPN", "ADV", "X", "")

    def _starts_clause(self, i: int) -> bool:
        """True unless a noun or a name stands right before token `i`."""
        t = self.tokens[i - 1] if i else None
        return t is None or t.kind != "stem" or t.fold in self.particles | self.relatives or self.is_break(i - 1)

    def _follows_subject(self, i: int) -> bool:
        """True right behind a name that أن opens its clause with, where no other verb follows: إن التنظيم منع."""
        m = self.ends.get(i)
        if m is None or m.first == 0 or self.tokens[m.first - 1].fold != "ان" or (i + 1 in self.starts and m.last < i):
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

    # noun phrases ----------------------------------------------------------------------------------------------

    def phrase(self, i: int, hi: int) -> tuple[list[Mention], int, str]:
        """The noun phrase at `i`: its coordinated mentions, the token after it, the noun it leads through."""
        j, via = i, ""
        for _ in range(6):
            if j >= hi:
                break
            if m := self.starts.get(j):
                if via in self.kin and m.cls == "Person":  # نجل الرئيس is not the president
                    return [], self.end_of(m, hi), via
                m = self._named(m, via)
                return self.coordinated(m, hi), self.end_of(m, hi), via
            t = self.tokens[j]
            if j in self.offices or t.fold in self.ranks:
                via, j = via or t.fold, self.offices.get(j, j + 1)
                continue
            if t.text in QUOTES or t.kind == "number" or t.text in ("%", "٪"):
                via, j = via or (t.fold if t.kind == "number" else ""), j + 1
                continue
            if via and t.fold in self.belonging and j + 1 < hi and self.tokens[j + 1].fold == "ل":
                j += 2  # مواقع تابعة لتنظيم داعش
                continue
            if t.fold == "ل" and via.removesuffix("ا") in self.held and j + 1 in self.starts:
                j += 1  # قاعدة للجيش
                continue
            if t.kind != "stem" or self.is_verb(j) or self.is_break(j) or t.fold in self.relatives:
                break
            described = i and self.tokens[i].pos == "ADJ" and self.tokens[i - 1].kind == "stem"
            if self.is_prep(j) and not (t.fold == "من" and via and j > i and not described):
                break
            if t.fold.removeprefix("ال") in self.forms.events:  # a happening of its own: its complements are not ours
                return [], hi, via or t.fold
            if t.fold.startswith("ال") and t.fold not in self.through and len(t.fold) > 3:
                j += 1
                while (
                    j < hi
                    and j not in self.starts
                    and self.tokens[j].fold.startswith("ال")
                    and self.tokens[j].pos == "ADJ"
                ):
                    j += 1
                return [], j, via or t.fold
            via = via or t.fold
            j += 1
        return [], max(j, i + 1), via

    def _named(self, m: Mention, via: str) -> Mention:
        """The person whose name follows the group he heads or speaks for: رئيس المجلس فلان."""
        if via not in self.heads or m.cls in ("Person", "UnnamedSource"):
            return m
        j = m.last
        while j < len(self.tokens) and (self.tokens[j].fold in self.ranks or self.tokens[j].text in ("،", '"', "»")):
            j += 1
        if j > m.last and self.tokens[j - 1].fold in self.ranks and self.tokens[j].fold.startswith("ال"):
            j += j not in self.starts  # العقيد المنشق فلان
        person = self.starts.get(j)
        return person if person and person.cls == "Person" else m

    def coordinated(self, m: Mention, hi: int) -> list[Mention]:
        """The mention and those joined to it by و or a comma before و, of the same kind (place with place, ...)."""
        found = [m]
        while True:
            j = self.skip_gloss(found[-1].last, hi)
            if j < hi and self.tokens[j].text == "،" and self.tokens[min(j + 1, hi - 1)].fold == "و":
                j += 1
            if not (
                j + 1 < hi and self.tokens[j].fold in ("و", "او", "ثم") and self.tokens[j].kind in ("proclitic", "stem")
            ):
                return found
            j += 1
            while j + 1 < hi and (
                self.tokens[j].fold in ("ب", "ل", "في", "من", "علي", "الي", "كذلك")
                or self.tokens[j].text in QUOTES
                or self.tokens[j].fold in ("مدينه", "بلده", "محافظه", "منطقه", "مدينتي", "دوله", "قريه")
            ):
                j += 1
            nxt = self.starts.get(j)
            if nxt is None or nxt.first >= hi:
                return found
            found.append(nxt)

    def end_of(self, m: Mention, hi: int) -> int:
        """The token after a mention, those joined to it, and a gloss."""
        return self.skip_gloss(self.coordinated(m, hi)[-1].last, hi)

    def skip_gloss(self, j: int, hi: int) -> int:
        """Past a bracketed gloss or a closing quote."""
        while j < hi and self.tokens[j].text in ("»", '"', "”", ")"):
            j += 1
        if j < hi and self.tokens[j].text == "(":
            for k in range(j + 1, min(j + 40, hi)):
                if self.tokens[k].text == ")":
                    return k + 1
        return j

    # arguments -------------------------------------------------------------------------------------------------

    def after(self, i: int, first_prep: str = "") -> list[Filler | None]:
        """The phrases after token `i` in its clause, in order; None stands for a bare phrase that names nobody."""
        _, hi = self.bounds(i)
        found: list[Filler | None] = []
        j, prep, aside, joined = i + 1, first_prep, False, False
        while j < hi:
            t = self.tokens[j]
            if self.is_break(j) or t.fold in self.relatives or self.opens_clause(j):
                break
            if t.text == "،":
                nxt = self.tokens[j + 1].fold if j + 1 < hi else ""
                lone = len(found) == 1 and found[0] is not None and found[0].prep == ""
                if lone and j + 1 in self.starts and not aside:  # اتهم السراج، حفتر بتدبير انقلاب
                    j += 1
                    continue
                if aside:  # the comma that closes ، اليوم الأحد،
                    aside, j = False, j + 1
                    continue
                if not found or not (nxt in self.time or nxt in ("في", "ب")):
                    break
                aside, j = True, j + 1
                continue
            if t.text == "(" and (closing := self.skip_gloss(j, hi)) > j:
                j = closing
                continue
            if aside and not (t.fold in self.time or t.kind == "number" or self.is_prep(j) or prep):
                break
            if self.is_prep(j):
                prep = t.fold
                if prep == "ب" and j + 1 < hi and self.tokens[j + 1].fold == "حق":
                    prep, j = "بحق", j + 1
                if prep == "من" and j + 1 < hi and self.tokens[j + 1].fold == "قبل":
                    prep, j = "من قبل", j + 1
                j += 1
            elif t.kind == "enclitic":
                if (e := self.pronouns.get(j)) and (m := self._standing(e, j)):
                    found.append(Filler(m, prep or ("obj" if j == i + 1 else ""), "pronoun"))
                prep = ""
                j += 1
            elif self.is_verb(j) and j not in self.starts:
                break
            elif j not in self.starts and (
                t.fold in self.time or t.kind in ("punct", "proclitic", "other") or t.fold in self.particles
            ):
                joined = t.kind == "proclitic" and t.fold == "و"
                j += 1
            else:
                last = found[-1] if found else None
                beside = last is not None and not prep and bool(last.prep) and not joined and last.mention.last == j
                mentions, j, via = self.phrase(j, hi)
                if beside and via and last is not None and last.mention.cls in PLACES:
                    continue  # في اللاذقية معقل الرئيس: what the place is, no argument
                if joined and mentions and not prep and last is not None and last.prep:
                    alike = (last.mention.cls in PLACES) == (mentions[0].cls in PLACES)
                    prep = last.prep if alike else "و"
                found.extend(Filler(m, prep, "argument", via, joined) for m in mentions)
                if not mentions and not prep and not (joined and last is not None):
                    found.append(None)
                prep, joined = "", False
        return found

    def _standing(self, entity: str, at: int) -> Mention | None:
        """The mention of an entity that a pronoun at token `at` most likely takes up: the last one before it."""
        e = self.entities.get(entity)
        earlier = [m for m in e.mentions if m.how != "pronoun" and m.first < at] if e else []
        return max(earlier, key=lambda m: m.first) if earlier else (e.mentions[0] if e and e.mentions else None)

    def before(self, i: int) -> list[Filler]:
        """The subject that precedes the verb at `i` (or the antecedent of its relative clause)."""
        lo, _ = self.bounds(i)
        j, how = i - 1, "fronted"
        while j >= lo:
            t = self.tokens[j]
            if t.fold in self.relatives:
                how = "relative"
            elif not (
                t.fold in self.particles or t.text in QUOTES or t.fold in self.time or (t.text == "،" and how != "far")
            ):
                break
            elif t.text == "،":
                how = "relative" if how == "relative" else "far"
            j -= 1
        if how == "fronted" and (own := self._own(j, lo) or self._taken_up(j, lo)):
            return own
        skipped = 0  # adjectives between an antecedent and its relative: الكردية، التي
        while how == "relative" and j >= lo and j + 1 not in self.ends and skipped < 3:
            if not (self.tokens[j].fold.startswith("ال") or self.tokens[j].text in QUOTES):
                break
            j, skipped = j - 1, skipped + 1
        m = self.ends.get(j + 1)
        if m is not None and how == "relative":
            m = self._agreeing(m, j)
        if m is not None and how == "fronted":
            m = self._past_relative(self._past_phrase(m, lo), lo)
        if m is None or m.first < lo or how == "far":
            return []
        found = [m]
        while (k := found[-1].first) - 2 >= lo and self.tokens[k - 1].fold == "و" and (p := self.ends.get(k - 1)):
            if how == "relative" and self.tokens[i].feats and "Number=Plur" not in self.tokens[i].feats:
                break
            found.append(p)
        k = found[-1].first - 1
        if how == "fronted" and k >= lo and self.is_prep(k):
            return []
        return [Filler(m, "", how) for m in reversed(found)]

    def _agreeing(self, m: Mention, j: int) -> Mention:
        """The antecedent that a relative pronoun agrees with, of those that end at `j`: طائرات التحالف الذي."""
        pronoun = next((t.fold for t in self.tokens[j + 1 : j + 6] if t.fold in self.relatives), "")
        wrong = {"الذي": "f", "التي": "m"}.get(pronoun, "")
        if not wrong or gender_of(self.tokens, m) != wrong:
            return m
        inner = [x for x in self.within.get(j, ()) if x.last == m.last and x.first > m.first]
        return next((x for x in inner if gender_of(self.tokens, x) != wrong and x.cls not in SIDE), m)

    def headed(self, i: int) -> bool:
        """True where a noun that names nobody stands as the subject of the verb at `i`: حملة تستهدف, الضربة لم تلحق."""
        lo, hi = self.bounds(i)
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

    def _own(self, j: int, lo: int) -> list[Filler]:
        """Whose forces end at the pronoun at `j`, where they open their clause: أن قواتها سيطرت."""
        k = j - 1
        if k < lo or self.tokens[j].kind != "enclitic" or self.tokens[k].fold not in self.own:
            return []
        if k > lo and not self.is_break(k - 1) and not self.tokens[k - 1].fold.startswith("كان"):
            return []
        m = self._standing(self.pronouns[j], j) if j in self.pronouns else None
        owner = m is not None and m.cls not in ("UnnamedSource", "MediaOutlet", "PopulationGroup")
        return [Filler(m, "", "fronted", self.tokens[k].fold)] if m and owner else []

    def _taken_up(self, j: int, lo: int) -> list[Filler]:
        """What the pronoun on أن at `j` stands for: قالت إنها ستتوجه."""
        if j <= lo or self.tokens[j].kind != "enclitic" or self.tokens[j - 1].fold not in ("ان", "لان", "لكن", "كان"):
            return []
        m = self._standing(self.pronouns[j], j) if j in self.pronouns else None
        return [Filler(m, "", "pronoun")] if m else []

    def _past_phrase(self, m: Mention, lo: int) -> Mention:
        """The noun before a phrase that ends in `m`: القوات في حلب قصفت, القوات بمشاركة العشائر حققت."""
        for _ in range(2):
            k = m.first - 1
            noun = self.tokens[k].kind == "stem" and self.tokens[k].fold != "ان" and not self.is_verb(k)
            if k > lo and noun and self.is_prep(k - 1):
                k -= 1
            if k <= lo or not self.is_prep(k) or self.tokens[k].fold not in ("في", "ب", "من", "علي", "قرب"):
                return m
            if (outer := self.ends.get(k)) is None:
                return m
            m = outer
        return m

    def after_relative(self, i: int) -> bool:
        """True when a relative pronoun stands right before the verb at `i`, particles apart."""
        j = i - 1
        while j >= 0 and self.tokens[j].fold in self.particles:
            j -= 1
        return j >= 0 and self.tokens[j].fold in self.relatives

    def _past_relative(self, m: Mention, lo: int) -> Mention:
        """The antecedent, where a mention only ends a relative clause: التحالف الذي تقوده أمريكا نفذ."""
        verb = False
        for k in range(m.first - 1, lo, -1):
            if self.tokens[k].fold in self.relatives:
                while verb and k > lo and k not in self.ends and self.tokens[k - 1].fold.startswith("ال"):
                    k -= 1
                return self.ends.get(k, m) if verb else m
            if self.is_break(k) or self.tokens[k].text == "،":
                return m
            verb = verb or self.is_verb(k)
        return m

    def parsed(self, i: int) -> Iterator[tuple[str, Filler]]:
        """What the parse hangs on token `i`: pairs of a slot (`subj`, `obj`, `gen`, a preposition) and its filler."""
        for c in self.children.get(i, ()):
            dep = self.tokens[c].dep.split(":")[0]
            if dep not in ("nsubj", "obj", "iobj", "obl", "nmod"):
                continue
            m = self.starts.get(c) or next((x for x in self.within.get(c, ()) if x.head == c), None)
            if m is None or m.cls in ("Position", "Conflict"):
                continue
            prep = next((self.tokens[k].fold for k in self.children.get(c, ()) if self.tokens[k].dep == "case"), "")
            slot = {"nsubj": "subj", "obj": "obj", "iobj": "obj"}.get(dep) or prep or ("gen" if dep == "nmod" else "")
            if slot:
                for x in self.coordinated(m, self.bounds(i)[1]):
                    yield slot, Filler(x, prep, "parse")


def surface(tokens: Sequence[Token], first: int, last: int, text: str) -> str:
    """The raw words of tokens `first` to `last` (half-open)."""
    return text[tokens[first].begin : tokens[last - 1].end]
