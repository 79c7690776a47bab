"""What stands before a verb: its subject, or the antecedent of its relative clause."""

from __future__ import annotations

from khabar.agreement import gender_of
from khabar.clauses import Filler, Phrases
from khabar.model import Mention
from khabar.scene import QUOTES

SIDE = frozenset("Position Conflict".split())


class Subjects(Phrases):
    """The noun phrases of one scene, those before its verbs among them."""

    def before(self, i: int) -> list[Filler]:
        """The subject that precedes the verb at `i` (or the antecedent of its relative clause)."""
        lo, _hi = self.scene.bounds(i)
        if topic := self._topic(i):
            return topic
        j, how = i - 1, "fronted"
        while j >= lo:
            t = self.tokens[j]
            if t.fold == "ثم" or (t.text in QUOTES and self._opens_quote(j, lo)):
                return []  # قال فلان «تهدم الجسر: who speaks is not who does
            if t.fold in self.scene.relatives:
                how = "relative"
            elif not (
                t.fold in self.scene.particles
                or t.text in QUOTES
                or t.fold in self.scene.time
                or (t.text == "،" and how != "far")
            ):
                break
            elif t.text == "،":
                how = "relative" if how == "relative" else "far"
            j -= 1
        if how == "fronted" and (own := self._own(j, lo) or self._taken_up(j, lo)):
            return own
        skipped = 0  # adjectives between an antecedent and its relative: الكردية، التي
        while how == "relative" and j >= lo and j + 1 not in self.scene.ends and skipped < 3:
            if not (self.tokens[j].fold.startswith("ال") or self.tokens[j].text in QUOTES):
                break
            j, skipped = j - 1, skipped + 1
        m = self.scene.ends.get(j + 1)
        if m is not None and how == "relative":
            m = self._agreeing(m, j)
        if m is not None and how == "fronted" and (p := self.scene.ends.get(m.first)) and p.cls == m.cls:
            m = p  # مقاتلات تركية إف-16 قصفت
        described = m is not None and m.last == i and not self.scene.suffixed(i) and self.scene.attributive(i)
        if m is not None and how == "fronted" and not described:  # فصائل مسلحة تقاتل
            m = self._past_relative(self._past_phrase(m, lo), lo)
        if how == "far" and m is not None and m.last == j + 1:
            m, how = self._glossed(m, lo), "fronted"
        if m is None or m.first < lo or how == "far":
            return []
        found = [m]
        while (k := found[-1].first) - 2 >= lo and self.tokens[k - 1].fold == "و" and (p := self.scene.ends.get(k - 1)):
            if how == "relative" and self.tokens[i].feats and "Number=Plur" not in self.tokens[i].feats:
                break
            found.append(p)
        k = found[-1].first - 1
        unit = k > lo and self.tokens[k].fold == "من" and self._counted(self.tokens[k - 1].fold)  # وحدة من الجيش دمرت
        if how == "fronted" and k >= lo and self.scene.is_prep(k) and not unit:
            if m.last != i or not self.scene.attributive(i):
                return []
            how = "relative"  # ردا على صاروخ أطلق
        prep, via = ("من", self.tokens[k - 1].fold) if unit else ("", "")
        return [Filler(m, prep, how, via) for m in reversed(found)]

    def _glossed(self, m: Mention, lo: int) -> Mention | None:
        """Whom the words between commas tell more of: والمخلوع، علي صالح، قصفت; المتمردون، المدعومون من رواندا، سيطروا.

        None without two commas and a name, participle or relative clause between them.
        """
        k = m.first - 1
        if k <= lo or self.tokens[k].text != "،" or m.cls != "Person":
            comma = next((x for x in range(k, max(lo, k - 10), -1) if self.tokens[x].text == "،"), -1)
            t = self.tokens[comma + 1]
            told = t.fold in self.scene.relatives or t.fold.startswith("الم") or t.pos == "ADJ"
            return self.scene.ends.get(comma) if comma > 0 and told else None
        return next((e for j in range(k, max(lo, k - 4), -1) if (e := self.scene.ends.get(j))), None)

    def _topic(self, i: int) -> list[Filler]:
        """Whom the verb at `i` is said of: أما فرنسا فتنفي."""
        j = i - 1
        while j > 0 and self.tokens[j].fold in self.scene.particles - {"ف"}:
            j -= 1
        so = self.tokens[j].fold == "ف" and self.tokens[j].kind == "proclitic"
        m = self.scene.ends.get(j) if so else None
        return [Filler(m, "", "fronted")] if m and m.first and self.tokens[m.first - 1].fold == "اما" else []

    def _opens_quote(self, j: int, lo: int) -> bool:
        """True for a mark that opens a quotation, behind a verb of speech and who speaks."""
        marks = sum(t.text == '"' for t in self.tokens[lo : j + 1])
        if j not in self.scene.ends or not (self.tokens[j].text in "«“" or (self.tokens[j].text == '"' and marks % 2)):
            return False
        k = j - 1
        while k > lo and not self.scene.is_break(k) and self.tokens[k].fold not in self.scene.forms.reporting:
            k -= 1
        return self.tokens[k].fold in self.scene.forms.reporting

    def _agreeing(self, m: Mention, j: int) -> Mention | None:
        """The antecedent that a relative pronoun agrees with, of those that end at `j`: طائرات التحالف الذي."""
        pronoun = next((t.fold for t in self.tokens[j + 1 : j + 6] if t.fold in self.scene.relatives), "")
        wrong = {"الذي": "f", "التي": "m"}.get(pronoun, "")
        speaker = m.cls == "Person" and self.tokens[m.first].fold.startswith("ال") and wrong == "m"
        # المتحدث باسم القوات التي
        man = speaker and not self.tokens[m.first].fold.endswith(("ه", "ات"))
        if not wrong or not (man or gender_of(self.tokens, m) == wrong):
            return m
        inner = [x for x in self.scene.within.get(j, ()) if x.last == m.last and x.first > m.first]
        if man:  # who القوات are is not told
            inner = [x for x in inner if x.last - x.first > 1]
        return next((x for x in inner if gender_of(self.tokens, x) != wrong and x.cls not in SIDE), None if man else m)

    def _own(self, j: int, lo: int) -> list[Filler]:
        """Whose forces end at the pronoun at `j`, where they open their clause: أن قواتها سيطرت."""
        k = j - 1
        if k < lo or self.tokens[j].kind != "enclitic" or self.tokens[k].fold not in self.scene.own:
            return []
        if k > lo and not self.scene.is_break(k - 1) and not self.tokens[k - 1].fold.startswith(("كان", "تكون")):
            return []
        owner = self.owner(j, j + 1)
        return [Filler(owner, "", "fronted", self.tokens[k].fold)] if owner else []

    def _taken_up(self, j: int, lo: int) -> list[Filler]:
        """What the pronoun on أن at `j` stands for: قالت إنها ستتوجه."""
        if j <= lo or self.tokens[j].kind != "enclitic" or self.tokens[j - 1].fold not in ("ان", "لان", "لكن", "كان"):
            return []
        if j - 2 > lo and self.scene.is_verb(j - 2) and self.scene.attributive(j - 2):
            return []  # طائرات يعتقد أنها تابعة للتحالف
        m = self.meant(j)
        return [Filler(m, "", "pronoun")] if m else []

    def _past_phrase(self, m: Mention, lo: int) -> Mention:
        """The noun before a phrase that ends in `m`: القوات في حلب قصفت, القوات بمشاركة العشائر حققت."""
        for _ in range(2):
            k = m.first - 1
            noun = self.tokens[k].kind == "stem" and self.tokens[k].fold != "ان" and not self.scene.is_verb(k)
            if k > lo and noun and self.scene.is_prep(k - 1):
                k -= 1
            if k > lo + 1 and self.tokens[k].fold == "ل" and self.tokens[k - 1].pos == "ADJ":  # قوات مؤيدة للرئيس خاضت
                outer = self.scene.ends.get(k) or self.scene.ends.get(k - 1)
                if outer is None:
                    return m
                m = outer
                continue
            if k <= lo or not self.scene.is_prep(k) or self.tokens[k].fold not in ("في", "ب", "من", "علي", "قرب"):
                return m
            if (outer := self.scene.ends.get(k)) is None:
                return m
            m = outer
        return m

    def _past_relative(self, m: Mention, lo: int) -> Mention:
        """The antecedent, where a mention only ends a relative clause: التحالف الذي تقوده أمريكا نفذ."""
        verb = False
        for k in range(m.first - 1, lo, -1):
            if self.tokens[k].fold in self.scene.relatives:
                while verb and k > lo and k not in self.scene.ends and self.tokens[k - 1].fold.startswith("ال"):
                    k -= 1
                return self.scene.ends.get(k, m) if verb else m
            if self.scene.is_break(k) or self.tokens[k].text == "،":
                return m
            verb = verb or self.scene.is_verb(k)
        return m
