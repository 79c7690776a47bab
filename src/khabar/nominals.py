"""Ties that a noun phrase states by its shape: an office before a name, a leader and his force, a place in a place.

The words that make the shapes stand in `ontology/lexicon/function_words.tsv`.
"""

from __future__ import annotations

from khabar.claims import Claims
from khabar.lexicon import words
from khabar.mentions.scan import PLACES
from khabar.model import Mention, Stance
from khabar.scene import Scene
from khabar.stance import Stances

GAP = frozenset('، " « » ( ) “ ” :'.split())
ORGANISED = frozenset(
    "Organization Government InternationalOrganization MediaOutlet StateForce RebelGroup Militia PrivateMilitaryCompany"
    " MilitaryUnit ArmedForce".split()
)
FORCES = frozenset("StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit ArmedForce".split())


def read(scene: Scene, stances: Stances, claims: Claims) -> None:
    """Add the relations that noun phrases state to `claims`."""
    Nominals(scene, stances, claims).read()


class Nominals:
    """One pass over the mentions of a scene."""

    def __init__(self, scene: Scene, stances: Stances, claims: Claims) -> None:
        self.scene, self.stances, self.claims = scene, stances, claims
        self.tokens = scene.tokens
        everything = {
            (m.first, m.last, m.entity): m for e in scene.entities.values() for m in e.mentions if m.how != "pronoun"
        }
        self.mentions = sorted(everything.values(), key=lambda m: (m.first, -m.last))

    def read(self) -> None:
        """Every shape, in text order."""
        for m in self.mentions:
            if m.cls == "Position":
                self._office(m)
            elif m.cls == "Person":
                self._person(m)
            elif m.cls in PLACES and m.cls != "Country":
                self._place(m)
            elif m.cls == "Country":
                self._commanding(m)
            if m.cls in ORGANISED or m.cls in ("PopulationGroup", "UnnamedSource"):
                self._actor(m)

    def _relate(self, a: Mention, predicate: str, b: Mention, rule: str, confidence: float = 0.8) -> None:
        first, last = min(a.first, b.first), max(a.last, b.last)
        # a noun phrase presupposes its tie, whatever the sentence around it denies or plans
        self.claims.relate(
            a, predicate, b, Stance("Ongoing"), f"nominal:{rule}", self.claims.clip(first, last, first), confidence
        )

    def _inside(self, m: Mention) -> list[Mention]:
        return [x for x in self.mentions if m.first < x.first and x.last <= m.last and x.entity != m.entity]

    def _next(self, i: int, reach: int = 3) -> Mention | None:
        """The mention that begins at token `i` or after ranks, commas and quotes."""
        ranks = words()["rank"]
        for _ in range(reach + 1):
            if i >= len(self.tokens):
                return None
            if m := self.scene.starts.get(i):
                return m
            if not (self.tokens[i].text in GAP or self.tokens[i].fold in ranks):
                return None
            i += 1
        return None

    def _previous(self, i: int, reach: int = 3) -> Mention | None:
        """The mention that ends before token `i`, ranks, commas and quotes apart."""
        ranks = words()["rank"]
        for _ in range(reach + 1):
            if i <= 0:
                return None
            if m := self.scene.ends.get(i):
                return m
            if not (self.tokens[i - 1].text in GAP or self.tokens[i - 1].fold in ranks):
                return None
            i -= 1
        return None

    def _office(self, p: Mention) -> None:
        """An office before or after a person's name; who heads or speaks for whom follows from its words."""
        after, before = self._next(p.last), self._previous(p.first)
        inner = {t.fold for t in self.tokens[p.first + 1 : p.last]}
        another = before is not None and before.cls == "Person" and "اسم" in inner and inner & words()["sovereign"]
        if before is not None and ("مكتب" in inner or another):
            after = None  # المشاط مدير مكتب زعيم الحوثيين عبد الملك الحوثي, المتحدث باسم الرئيس أشرف غني: whose it is
        if after is not None and self.tokens[p.first].fold.endswith("ا") and "ل" in inner:
            after = None  # مساعدا للرئيس الأذربيجاني إلهام علييف
        person = next((m for m in (after, before) if m and m.cls == "Person"), None)
        if person is None:
            return
        self._relate(person, "holdsPosition", p, "office")
        head = self.tokens[p.first].fold
        actors = [m for m in self._inside(p) if m.cls in ORGANISED or m.cls == "Country"]
        if not actors:
            return
        between = self.tokens[p.first + 1 : actors[0].first]
        near = all(t.kind == "proclitic" or t.fold.startswith("ال") for t in between)  # الأمين العام للأمم المتحدة
        if head in words()["leader"] and near:
            self._relate(person, "leads", actors[0], "office")
        elif head in words()["spokesman"] | words()["member"] | words()["leader"] and actors[0].cls in ORGANISED:
            self._relate(person, "memberOf", actors[0], "office")

    def _person(self, m: Mention) -> None:
        """Leader words before an actor and a name; بقيادة after an actor; a title that stands for a person."""
        nested = [x for x in self._inside(m) if x.cls in ORGANISED or x.cls == "Country"]
        head = self.tokens[m.first].fold
        if nested and head in words()["leader"]:
            self._relate(m, "leads", nested[0], "title")
        elif nested and head in words()["member"]:
            self._relate(m, "memberOf", nested[0], "title")
        previous = self._whole(self._previous(m.first))
        if previous and (previous.cls in ORGANISED or previous.cls == "Country"):
            k = previous.first - 1
            while k > 0 and self.tokens[k].text in GAP:
                k -= 1
            word = self.tokens[k].fold
            if word in words()["leader"] and self.tokens[k - 1].fold in words()["near a leader"]:
                self._relate(m, "memberOf", previous, "near a leader")  # مدير مكتب زعيم الجماعة
            elif word in words()["leader"]:
                self._relate(m, "leads", previous, "leader")
            elif word in words()["member"] or (
                word in ("في", "ب", "باسم", "اسم") and self._has(k, words()["member"] | words()["spokesman"])
            ):
                self._relate(m, "memberOf", previous, "member")
        k = m.first - 1
        while k > 0 and self.tokens[k].fold in words()["rank"]:
            k -= 1
        if k > 1 and self.tokens[k].fold in words()["command"]:
            led = self._led(k)
            outsider = led is not None and led.cls in ("InternationalOrganization", "Country")
            lent = outsider and led is not None and self.tokens[led.first - 1].fold == "من"
            if led and led.cls in ORGANISED and not lent:
                self._relate(m, "leads", led, "command")
        self._head_of_state(m)
        self._apposed(m)

    def _head_of_state(self, m: Mention) -> None:
        """الرئيس التركي NAME leads the state that the adjective names."""
        k = m.first - 1
        while k > 0 and self.tokens[k].text in '"«»':
            k -= 1
        state = self.scene.nations.get(self.tokens[k].fold) if k > 0 else None
        deputy = k > 1 and self.tokens[k - 2].fold in words()["near a leader"]
        if state and self.tokens[k - 1].fold in words()["sovereign"] and not deputy:
            if at := next((x for x in state.mentions if x.how != "pronoun"), None):
                first = self.claims.clip(k - 1, m.last, m.first)
                self.claims.relate(m, "leads", at, Stance("Ongoing"), "nominal:head of state", first, 0.8)

    def _apposed(self, m: Mention) -> None:
        """NAME، قائد X and NAME، القيادي في X."""
        j = m.last
        while j < len(self.tokens) and (self.tokens[j].text in GAP or self.tokens[j].fold in words()["rank"]):
            j += 1
        if j == m.last or j >= len(self.tokens):
            return
        word = self.tokens[j].fold
        if word not in words()["leader"] | words()["member"] | words()["spokesman"]:
            return
        k = j + 1
        while k < min(j + 4, len(self.tokens)) and k not in self.scene.starts:
            k += 1
        actor = self.scene.starts.get(k)
        if actor and actor.cls in ORGANISED:
            whole = all(t.kind == "proclitic" or t.fold.startswith("ال") for t in self.tokens[j + 1 : k])
            former = any(t.fold in words()["former"] for t in self.tokens[k : actor.last + 2])
            leads = word in words()["leader"] and whole and not former  # زعيم خلايا التنظيم leads a part
            self._relate(m, "leads" if leads else "memberOf", actor, "apposition")

    def _led(self, k: int) -> Mention | None:
        """Whom بقيادة or برئاسة at `k` is about: the actor before it; a cabinet rather than its forces is headed."""
        led = self._whole(self._previous(k - 1 if self.tokens[k - 1].fold == "ب" else k))
        if led is not None and self.tokens[k].fold == "رياسه" and led.cls in FORCES:
            return next((x for x in self._inside(led) if x.cls == "Government"), led)
        return led

    def _whole(self, m: Mention | None) -> Mention | None:
        """The actor that a participle before `m` describes: الحكومة المدعومة من الأمم المتحدة, جماعة تابعة لتنظيم."""
        while m is not None and m.first >= 2 and self.tokens[m.first - 1].fold in ("من", "ل", "ب"):
            k = m.first - 2
            if self.tokens[k].kind == "enclitic":  # المعترف بها من
                k -= 2
            word = self.tokens[k]
            if word.fold not in words()["belonging"] and not (
                word.pos in ("ADJ", "VERB") and word.fold.startswith("الم")
            ):
                break
            m = self._previous(k)
        return m

    def _commanding(self, m: Mention) -> None:
        """قوات التحالف بقيادة السعودية."""
        k = m.first - 1
        if k > 1 and self.tokens[k].fold in words()["command"]:
            led = self._led(k)
            if led and led.cls in FORCES:
                self._relate(m, "leads", led, "command")

    def _has(self, k: int, kinds: frozenset[str]) -> bool:
        return any(self.tokens[j].fold in kinds for j in range(max(0, k - 3), k))

    def _place(self, m: Mention) -> None:
        """A place within a place: the inner name of شمال سوريا, or في/ب and a larger place right behind."""
        for x in self._inside(m)[:1] if self.tokens[m.first].fold not in words()["border"] else ():
            if x.cls in PLACES and m.cls in ("Place", "Facility", "AdministrativeArea"):
                self._relate(m, "locatedIn", x, "nested place")
        j = m.last
        while j < len(self.tokens) and self.tokens[j].text in ("»", '"', "”", ")"):
            j += 1
        listed = m.first > 0 and self.tokens[m.first - 1].fold == "و"
        j += (
            listed
            and j + 1 < len(self.tokens)
            and self.tokens[j].text == "،"
            and self.tokens[j + 1].fold in ("في", "ب")
        )
        via, inside = j, words()["within"] | words()["direction"]
        while j < min(via + 3, len(self.tokens)) and self.tokens[j].fold in inside:
            if j in self.scene.starts and self.scene.starts[j].cls in PLACES and j > m.last - 1:
                break
            j += 1
        outer = self.scene.starts.get(j)
        if outer is None or outer.cls not in PLACES or (j == via and outer.cls != "Place"):
            return
        if outer.cls == "Facility" and m.cls != "Facility":
            return  # تعز بميناء المخا
        around = any(self.tokens[k].fold in words()["direction"] - {"وسط"} for k in range(via, j))
        if around and outer.cls not in ("Country", "AdministrativeArea"):
            return
        level = words()["level"]
        if {t.fold for t in self.tokens[via:j]} & {t.fold for t in self.tokens[m.first - 1 : m.last]} & level:
            return  # تربط محافظة أبين بمحافظة البيضاء
        for place in self._listed(m):
            self._relate(place, "locatedIn", outer, "place in place")

    def _listed(self, m: Mention) -> list[Mention]:
        """The place and those joined to it by و right before: مدينتي بانتيو ولير، في ولاية الوحدة."""
        found = [m]
        while (k := found[-1].first) >= 2 and self.tokens[k - 1].fold == "و" and (p := self.scene.ends.get(k - 1)):
            if p.cls != m.cls:
                break
            found.append(p)
        return found

    def _actor(self, m: Mention) -> None:
        """A force of a state, a unit of a force, a group in a place, members of a group."""
        head = self.tokens[m.first].fold
        heads = {t.fold for t in self.tokens[m.first : min(m.first + 3, m.last)]}
        inner = self._inside(m)
        actors = [x for x in inner if x.cls in ORGANISED]
        places = [x for x in inner if x.cls in PLACES]
        if m.cls in ("PopulationGroup", "UnnamedSource"):
            # قادة عسكريون is one phrase, قادة الحزب is of the party
            of_them = actors and (actors[0].how == "name" or self.tokens[actors[0].first].fold.startswith("ال"))
            apart = actors and (of_them or actors[0].first > m.first + 1)
            if apart and (m.cls == "UnnamedSource" or heads & words()["member"]):
                tied = actors[0].cls in FORCES or heads & (words()["member"] - words()["source"])
                self._relate(m, "memberOf" if tied else "affiliatedWith", actors[0], "members")
            if m.cls == "UnnamedSource":
                for within in [x for x in places if x.cls != "Facility"][:1]:  # مصادر سياسية في صنعاء
                    self._relate(m, "basedIn", within, "source of place", 0.6)
                return
        elif actors and head in words()["unit"] and (head != "سلاح" or actors[0].cls == "StateForce"):
            self._relate(m, "partOf", actors[0], "unit")
        if m.how == "description" and m.cls in FORCES and places and not actors:
            if places[0].cls == "Country" and m.cls == "StateForce":
                self._relate(m, "partOf", places[0], "state force", 0.6)
            elif places[0].cls != "Country":
                self._relate(m, "basedIn", places[0], "force of place")
        if m.how == "description" and m.cls in FORCES and not actors:
            named = next((x for x in inner if x.cls == "Person" and x.first - m.first <= 2), None)
            if named:
                self._relate(named, "leads", m, "force of person")
        self._together(m)
        j = m.last
        if m.cls in FORCES | {"PopulationGroup"} and m.how == "description" and j < len(self.tokens):
            whole = self.scene.starts.get(j + 1) if self.tokens[j].fold == "من" else None
            if whole and whole.cls in FORCES:
                self._relate(
                    m,
                    "partOf" if m.cls == "MilitaryUnit" and not heads & words()["member"] else "memberOf",
                    whole,
                    "from among",
                    0.65,
                )
        if m.cls in ORGANISED and j + 1 < len(self.tokens) and self.tokens[j].fold in ("في", "ب"):
            k = j + 1
            while k < j + 3 and self.tokens[k].fold in words()["within"]:
                k += 1
            place = self.scene.starts.get(k)
            settled = m.cls not in ("InternationalOrganization", "MilitaryUnit")
            if settled and place and place.cls in PLACES and not self._acts(m):
                self._relate(m, "basedIn", place, "actor in place", 0.6)

    def _together(self, m: Mention) -> None:
        """القوات بمشاركة العشائر: who takes part beside whom is his ally."""
        j, hi = m.last, len(self.tokens)
        if m.cls in FORCES | {"Country"} and j + 2 < hi and self.tokens[j].fold == "ب":
            ally = self.scene.starts.get(j + 2) if self.tokens[j + 1].fold in words()["together"] else None
            if ally and ally.cls in FORCES | {"Country", "PopulationGroup"}:
                self._relate(m, "alliedWith", ally, "together", 0.65)

    def _acts(self, m: Mention) -> bool:
        """True when the actor is an argument of a verb or noun right before it: the place is then the event's."""
        k = m.first - 1
        while k > 0 and self.tokens[k].text in GAP:
            k -= 1
        if k > 0 and self.tokens[k].fold in ("ل", "علي", "ضد", "مع") and self._happens(k - 1):
            return True  # ضربات للمتمردين في أبين
        return k >= 0 and (
            self.scene.is_verb(k) or self.tokens[k].fold not in ("و", "ل", "ب", "من", "مع", "ان", "الي", "علي", "عن")
        )

    def _happens(self, k: int) -> bool:
        """True at a word of a happening, an adjective behind it apart: ضربات قاسية."""
        k -= self.tokens[k].pos == "ADJ"
        return self.tokens[k].fold.removeprefix("ال") in self.scene.forms.events or self.scene.is_verb(k)
