"""Noun phrases and arguments: what stands around a word of a scene, in the order of the text.

The parse decides where it is clear; a left-to-right reading of the clause fills what the parse leaves open. Every
filler says how it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from khabar.mentions.scan import PLACES
from khabar.mentions.words import noun_of
from khabar.model import Mention
from khabar.numerals import NUMBER_WORDS
from khabar.scene import QUOTES, Scene

ON_THE_PART = frozenset((("من", "جانب"), ("من", "طرف")))
BESIDE = frozenset((("الي", "جانب"), ("في", "صفوف"), ("ضمن", "صفوف"), ("في", "وجه")))
COMPASS = frozenset("الشمال الجنوب الشرق الغرب القرب".split())
EXCEPT = frozenset("استثناء عدا خلا سوي".split())
COUNTS = NUMBER_WORDS | {"عدد", "بعض"}


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


class Phrases:
    """The noun phrases of one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.tokens = scene, scene.tokens
        self._after: dict[int, list[Filler | None]] = {}

    def phrase(self, i: int, hi: int) -> tuple[list[Mention], int, str]:
        """The noun phrase at `i`: its coordinated mentions, the token after it, the noun it leads through."""
        j, via, among = i, "", False
        for _ in range(6):
            if j >= hi:
                break
            if m := self.scene.starts.get(j):
                if via in self.scene.kin | self.scene.deputies and m.cls == "Person":  # نجل الرئيس is not the president
                    return [], self.end_of(m, hi), via
                if via in self.scene.guises or (among and m.cls in PLACES):  # قوة بلباس الجيش، 18 شابا من القيارة
                    return [], self.end_of(m, hi), via
                m = self._named(m, via)
                return self.coordinated(m, hi), self.end_of(m, hi), via
            t = self.tokens[j]
            if t.fold == "جوار" and via:  # دول جوار سوريا
                return [], hi, via or t.fold
            if j in self.scene.offices or t.fold in self.scene.ranks:
                via, j = via or t.fold, self.scene.offices.get(j, j + 1)
                continue
            if t.text in QUOTES or t.kind == "number" or t.text in ("%", "٪"):
                via, j = via or (t.fold if t.kind == "number" else ""), j + 1
                continue
            if via and t.fold in self.scene.belonging and j + 1 < hi and self.tokens[j + 1].fold == "ل":
                j += 2  # مواقع تابعة لتنظيم داعش
                continue
            if t.fold == "ل" and via.removesuffix("ا") in self.scene.held and j + 1 in self.scene.starts:
                j += 1  # قاعدة للجيش
                continue
            if t.kind != "stem" or self.scene.is_verb(j) or self.scene.is_break(j) or t.fold in self.scene.relatives:
                break
            among = among or (t.fold == "من" and via not in self.scene.through)
            described = i and self.tokens[i].pos == "ADJ" and self.tokens[i - 1].kind == "stem"
            if self.scene.is_prep(j) and not (t.fold == "من" and j > i and not described and self._counted(via)):
                break
            if t.fold.removeprefix("ال") in self.scene.forms.events:
                # a happening of its own: its complements are not ours
                return [], hi, via or t.fold
            if (e := self.scene.places.get(j)) and (m := self.standing(e, j)):  # في المدينة
                return [m], j + 1, via
            if t.pos == "ADJ" and via in self.scene.through and j + 1 in self.scene.starts:
                j += 1  # ضواحي العاصمة الليبية طرابلس
                continue
            if t.fold.startswith("ال") and t.fold not in self.scene.through and len(t.fold) > 3:
                j += 1
                while (
                    j < hi
                    and j not in self.scene.starts
                    and self.tokens[j].fold.startswith("ال")
                    and self.tokens[j].pos == "ADJ"
                ):
                    j += 1
                return [], j, via or t.fold
            via = t.fold if t.fold in self.scene.abstract else via or t.fold
            j += 1
        return [], max(j, i + 1), via

    def _counted(self, via: str) -> bool:
        """True for what من follows to tell of whom: عشرات من المقاتلين, وحدة من الجيش; not خطوط إمداد من تركيا."""
        word = via.removesuffix("ا").removeprefix("ال")
        noun = noun_of(word) or noun_of(word + "ين") or noun_of(word.removesuffix("ين").removesuffix("ان"))
        people = noun is not None and noun.kind == "actor"
        return people or word in self.scene.through | COUNTS or via.isdigit()

    def _named(self, m: Mention, via: str) -> Mention:
        """The person whose name follows the group he heads or speaks for: رئيس المجلس فلان."""
        if via not in self.scene.heads or m.cls in ("Person", "UnnamedSource"):
            return m
        j = m.last
        while j < len(self.tokens) and (
            self.tokens[j].fold in self.scene.ranks or self.tokens[j].text in ("،", '"', "»")
        ):
            j += 1
        if j > m.last and self.tokens[j - 1].fold in self.scene.ranks and self.tokens[j].fold.startswith("ال"):
            j += j not in self.scene.starts  # العقيد المنشق فلان
        person = self.scene.starts.get(j)
        return person if person and person.cls == "Person" else m

    def coordinated(self, m: Mention, hi: int) -> list[Mention]:
        """The mention and those joined to it by و or a comma before و, of the same kind (place with place, ...)."""
        found = [m]
        while True:
            j = self.skip_gloss(found[-1].last, hi)
            if self.sided(j):
                j += 2  # بين الجيش والقبائل من جهة، والحوثيين من جهة أخرى
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
            nxt = self.scene.starts.get(j)
            if self.tokens[j].fold in EXCEPT:
                return found
            if nxt is None or nxt.first >= hi or self._leads_clause(nxt):
                return found
            found.append(nxt)

    def sided(self, j: int) -> bool:
        """True at من جهة, behind those of one side."""
        two = [t.fold for t in self.tokens[j : j + 4]]
        after = two[2:] and two[2] in ("،", "و", "اولي")
        return two[:1] == ["من"] and two[1:2] in (["جهه"], ["ناحيه"], ["طرف"], ["جانب"]) and bool(after)

    def _leads_clause(self, m: Mention) -> bool:
        """True for what و joins no noun to but a clause: قصف على الفاشر والجيش ينفي."""
        i = m.last
        if i >= len(self.tokens) or not self.scene.is_verb(i) or self.tokens[m.first - 1].fold != "و":
            return False
        definite = m.how == "name" or self.tokens[m.first].fold.startswith("ال")
        return definite and not self.tokens[i].fold.endswith(("ان", "ون", "وا", "تا"))

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

    def after(self, i: int) -> list[Filler | None]:
        """The phrases after token `i` in its clause, in order; None stands for a bare phrase that names nobody."""
        if i not in self._after:
            self._after[i] = self._read_after(i)
        return self._after[i]

    def _read_after(self, i: int) -> list[Filler | None]:
        _, hi = self.scene.bounds(i)
        found: list[Filler | None] = []
        j, prep, aside, joined = i + 1, "", False, False
        while j < hi:
            t = self.tokens[j]
            if self.scene.is_break(j) or t.fold in self.scene.relatives or self.scene.opens_clause(j):
                break
            if t.fold in EXCEPT:  # سيطرت على المدينة باستثناء الدوار
                break
            if t.text == "،":
                nxt = self.tokens[j + 1].fold if j + 1 < hi else ""
                lone = len(found) == 1 and found[0] is not None and found[0].prep == ""
                if lone and j + 1 in self.scene.starts and not aside:  # اتهم السراج، حفتر بتدبير انقلاب
                    j += 1
                    continue
                if aside:  # the comma that closes ، اليوم الأحد،
                    aside, j = False, j + 1
                    continue
                timed = nxt in self.scene.time  # دمرت، أمس، عربة
                if (not found and not timed) or not (timed or nxt in ("في", "ب")) or self._credits(j + 1):
                    break
                aside, j = True, j + 1
                continue
            if t.text == "(" and (closing := self.skip_gloss(j, hi)) > j:
                j = closing
                continue
            if aside and not (t.fold in self.scene.time or t.kind == "number" or self.scene.is_prep(j) or prep):
                break
            if self.scene.is_prep(j):
                prep = t.fold
                if prep == "ب" and j + 1 < hi and self.tokens[j + 1].fold == "حق":
                    prep, j = "بحق", j + 1
                if prep == "من" and j + 1 < hi and self.tokens[j + 1].fold == "قبل":
                    prep, j = "من قبل", j + 1
                if j + 1 < hi and (prep, self.tokens[j + 1].fold) in ON_THE_PART:
                    prep, j = "من قبل", j + 1
                if j + 1 < hi and (prep, self.tokens[j + 1].fold) in BESIDE:
                    prep, j = f"{prep}_{self.tokens[j + 1].fold}", j + 1
                if prep == "من" and self.tokens[j - 1].fold in COMPASS:
                    prep = "direction"  # إلى الشمال من عدن
                if prep == "ل" and j > i + 1 and self.tokens[j - 1].fold in self.scene.belonging:
                    prep = "belonging"  # كمين نصبته القوات الموالية للرئيس: no argument of the ambush
                if j > i + 1 and self.tokens[j - 1].fold in self.scene.carrying.get(prep, ()):
                    prep = "belonging"  # سيارة محملة بالأسلحة، الجيش المرابط على الحدود
                j += 1
            elif t.kind == "enclitic":
                e = self.scene.pronouns.get(j) if prep or j == i + 1 else None  # على مطارها: only whose it is
                if e and (m := self.standing(e, j)):
                    found.append(Filler(m, prep or "obj", "pronoun"))
                prep = ""
                j += 1
            elif self.scene.is_verb(j) and j not in self.scene.starts:
                break
            elif j not in self.scene.starts and (
                t.fold in self.scene.time or t.kind in ("punct", "proclitic", "other") or t.fold in self.scene.particles
            ):
                joined = t.kind == "proclitic" and t.fold == "و"
                j += 1
            elif joined and found and j in self.scene.starts and self._leads_clause(self.scene.starts[j]):
                break
            else:
                last = found[-1] if found else None
                beside = last is not None and not prep and bool(last.prep) and not joined and last.mention.last == j
                apposed = last is not None and last.mention.cls == "Person" and last.mention.last == j and not prep
                at = j
                mentions, j, via = self.phrase(j, hi)
                how = "place noun" if mentions and mentions[0].first < at else "argument"
                if apposed and via in self.scene.heads and mentions and mentions[0].cls != "Person":
                    continue  # خطف نديم الحسن قائد الفرقة: who he is
                owner = self.owner(j, hi) if not mentions else None
                if owner:  # أمر قواته: his men are told by him
                    found.append(Filler(owner, prep, "pronoun", via, joined))
                    prep, joined, j = "", False, j + 1
                    continue
                named = last is not None and last.mention.cls == "UnnamedSource" and last.mention.last == at
                if named and last is not None and mentions and mentions[0].cls == "Person":
                    found[-1] = Filler(mentions[0], last.prep, how, last.via, last.joined)
                    continue  # الخبير الأمني إبراهيم
                apposed = bool(via) or any(m.cls in PLACES for m in mentions)
                if beside and apposed and last is not None and last.mention.cls in PLACES:
                    continue  # في اللاذقية معقل الرئيس: what the place is, no argument
                if joined and mentions and not prep and last is not None and last.prep:
                    alike = (last.mention.cls in PLACES) == (mentions[0].cls in PLACES)
                    prep = last.prep if alike else "و"
                found.extend(Filler(m, prep, how, via, joined) for m in mentions)
                if not mentions and not prep and not (joined and last is not None):
                    found.append(None)
                prep, joined = "", False
        return found

    def _credits(self, i: int) -> bool:
        """True for words that say who tells it: بحسب بيان للجيش."""
        return self.tokens[i].fold == "ب" and i + 1 < len(self.tokens) and self.tokens[i + 1].fold == "حسب"

    def standing(self, entity: str, at: int) -> Mention | None:
        """The mention of an entity that a pronoun at token `at` most likely takes up: the last one before it."""
        e = self.scene.entities.get(entity)
        earlier = [m for m in e.mentions if m.how != "pronoun" and m.first < at] if e else []
        return max(earlier, key=lambda m: m.first) if earlier else (e.mentions[0] if e and e.mentions else None)

    def owner(self, j: int, hi: int) -> Mention | None:
        """Whose forces a noun right before the pronoun at `j` means: قواته, طائراتها."""
        if j >= hi or self.tokens[j].kind != "enclitic" or self.tokens[j - 1].fold not in self.scene.own:
            return None
        m = self.meant(j)
        return m if m and m.cls not in ("UnnamedSource", "MediaOutlet", "PopulationGroup") else None

    def meant(self, j: int) -> Mention | None:
        """What the pronoun at `j` stands for."""
        return self.standing(self.scene.pronouns[j], j) if j in self.scene.pronouns else None

    def parsed(self, i: int) -> Iterator[tuple[str, Filler]]:
        """What the parse hangs on token `i`: pairs of a slot (`subj`, `obj`, `gen`, a preposition) and its filler."""
        for c in self.scene.children.get(i, ()):
            dep = self.tokens[c].dep.split(":")[0]
            if dep not in ("nsubj", "obj", "iobj", "obl", "nmod"):
                continue
            m = self.scene.starts.get(c) or next((x for x in self.scene.within.get(c, ()) if x.head == c), None)
            if m is None or m.cls in ("Position", "Conflict") or self.tokens[m.first - 1].fold in self.scene.guises:
                continue
            prep = next(
                (self.tokens[k].fold for k in self.scene.children.get(c, ()) if self.tokens[k].dep == "case"),
                "",
            )
            if self.tokens[m.first - 2].fold in self.scene.carrying.get(self.tokens[m.first - 1].fold, ()):
                continue
            slot = {"nsubj": "subj", "obj": "obj", "iobj": "obj"}.get(dep) or prep or ("gen" if dep == "nmod" else "")
            if slot:
                for x in self.coordinated(m, self.scene.bounds(i)[1]):
                    yield slot, Filler(x, prep, "parse")
