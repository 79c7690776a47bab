"""Fills the slots of a trigger: of a verb (`verb_slots`), a verbal noun with the light verb above it, a participle."""

from __future__ import annotations

from khabar.agreement import gender_of
from khabar.clauses import Filler
from khabar.doers import Doers
from khabar.lexicon import Frame, Lexicon, Light
from khabar.mentions.scan import FORCES, PLACES
from khabar.model import Mention
from khabar.morph import Form
from khabar.scene import QUOTES, Scene
from khabar.verb_slots import HANDS, VIOLENT, Slots, VerbSlots

AUXILIARY = frozenset("تم يتم تتم تمت جري جرت يجري تجري".split())
_CONTROL = frozenset(
    "plan agreement threat attempt request accusation promise failure refusal consideration proposal".split()
)


class SlotReader:
    """Reads the slots of the triggers of one scene; those of verbs are read by `verbs`."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon
        self.verbs = VerbSlots(scene, lexicon)
        self.phrases = self.verbs.phrases
        self.doers = Doers(scene, self.phrases, self.verbs)
        self.given: set[int] = set()  # nouns under a participle, which tells what is known: المتمتعة بدعم

    def of_noun(self, i: int, end: int, frame: Frame) -> tuple[Slots, tuple[int, ...]]:
        """The slots of a verbal noun at `i`: its idafa complement, prepositions, adjective, and the verb above it."""
        scene = self.scene
        slots: Slots = {}
        gen = frame.gen or ("obj" if "obj" in frame.roles else "subj")
        definite = scene.tokens[end - 1].fold.startswith("ال") or (
            scene.tokens[i].fold.startswith("ال") and end > i + 1
        )
        bare = 0
        led = False  # a preposition has come: غارات على مواقع لحوثيين غرب مأرب has no genitive any more
        adjective = self._adjective(end)
        for f in self.phrases.after(end - 1):
            if f is None:
                bare += 1
                self._acted_on(gen, frame, slots)
            elif f.prep in ("", "obj"):
                held = slots.get(gen)
                if held and (f.joined or f.mention in self.phrases.coordinated(held[0].mention, scene.bounds(i)[1])):
                    held.append(f)
                elif f.how == "pronoun" or not (bare or definite or adjective or held or led):
                    slots.setdefault(gen, []).append(f)
                elif held and "obj" in frame.roles and frame.verbs and f.via not in scene.direction:
                    # قصف الطائرات المدينة
                    slots["subj"] = held
                    slots.setdefault("obj", [])
                    slots["obj"] = [*(x for x in slots["obj"] if x not in held), f]
            else:
                by = f.prep == "من قبل" or (f.prep == "علي" and f.via in HANDS and "علي" not in frame.roles)
                held = slots.setdefault("subj" if by else f.prep, [])
                if f.prep != "من" or not held or f.joined or held[-1].mention.last == f.mention.first - 1:
                    held.append(f)  # بدعم من الاتحاد بلدة من الحركة: the second is another verb's
                led = True
        same: set[str] = {p for p in ("ل", "علي") if p in slots and frame.roles.get(p) == frame.roles.get("obj")}
        pronoun = [f for f in slots.get("obj", []) if f.how == "pronoun"]
        nxt = scene.tokens[i + 2] if i + 2 < len(scene.tokens) else None
        bared = nxt is not None and nxt.kind == "stem" and not (scene.is_prep(i + 2) or scene.is_verb(i + 2))
        bared = bared and not scene.counts(i + 2) and nxt is not None and nxt.fold not in scene.time
        same |= {"obj"} if gen == "obj" and pronoun and bare and bared else set()  # قصفها حيا: it is the subject
        if gen == "obj" and same and slots.get("obj") and not slots.get("subj"):  # قصف الحوثيين لمأرب
            if "ل" in slots and self._tied(slots["ل"][0].mention.first - 2):  # تدريب المعارضة المناوئة لنظام
                slots.pop("ل")
            elif "obj" not in same and self._indefinite(slots["obj"][0]):  # استهداف دورية للجيش
                slots.pop("ل", None)
            else:
                slots["subj"] = slots.pop("obj")
        if self._doer_behind(end, slots, frame):
            slots["subj"] = slots.pop("ل")
        alone = gen == "obj" and slots.get("obj") and not slots.get("subj")
        if alone and self.verbs.order.flies(slots["obj"][0], frame):
            slots["subj"] = slots.pop("obj")  # قصف طائرات التحالف مواقع التنظيم
        owned = slots.get("obj", [])
        if gen == "obj" and owned and owned[0].how == "pronoun" and slots.get("ل") and not slots.get("subj"):
            if "ل" not in frame.roles and nxt is not None and nxt.fold == "ل":  # مكافحتها لتنظيم داعش
                slots["subj"], slots["obj"] = owned, slots.pop("ل")
        if adjective and (slot := frame.adj) and not slots.get(slot) and "toll" not in frame.flags:  # مقتل بريطاني
            slots[slot] = [adjective]
        self._relative(end, slots)
        governors = self._governed(i, slots, frame) or self.doers.governors(i)
        self._reflexive(i, gen, slots)
        self._backed(i, frame, slots)
        if frame.verbs and frame.roles.get("subj") in ("agent", "participant") and not slots.get("subj"):
            taken = {f.mention.entity for fs in slots.values() for f in fs}
            slots["subj"] = [f for f in self.doers.of(i, end, frame) if f.mention.entity not in taken]
        return slots, governors

    def _doer_behind(self, end: int, slots: Slots, frame: Frame) -> bool:
        """True where ل right behind the noun leads to who does it, for على leads to whom: غارات للتحالف على صعدة."""
        tokens, suffers = self.scene.tokens, frame.roles.get("علي") == "target" and "علي" in slots
        suffers = suffers or tokens[end - 1].fold in ("جويه", "الجويه")  # ضربات جوية للتحالف
        behind = end < len(tokens) and tokens[end].fold == "ل" and "ل" in slots and not slots.get("subj")
        return suffers and behind and not slots["ل"][0].via and slots["ل"][0].mention.cls in FORCES | {"Organization"}

    def _acted_on(self, gen: str, frame: Frame, slots: Slots) -> None:
        """Make a force the doer where a definite noun right behind it is what suffers: قصف قوات الأسد القريتين."""
        held, tokens = slots.get(gen, []), self.scene.tokens
        if gen != "obj" or not frame.verbs or len(held) != 1 or held[0].mention.cls not in FORCES or slots.get("subj"):
            return
        behind = tokens[min(held[0].mention.last, len(tokens) - 1)]
        noun = behind.pos == "NOUN" or behind.fold.endswith("ين")
        if noun and behind.fold.startswith("ال") and behind.fold not in self.scene.time:
            slots["subj"] = slots.pop("obj")

    def _tied(self, k: int) -> bool:
        """True at a participle of a tie, whose ل is its own: الموالية, المناوئة."""
        senses = self.lexicon.senses.get(self.scene.tokens[k].fold.removeprefix("ال"), ())
        return any(x.form.shape in ("active", "passive") and x.frame.term[0].islower() for x in senses)

    def _indefinite(self, f: Filler) -> bool:
        """True for a description that names nobody: دورية، عناصر; whose it is may follow after ل."""
        m = f.mention
        words = self.scene.tokens[m.first : m.last]
        return m.how == "description" and not f.via and not any(t.fold.startswith("ال") for t in words)

    def _relative(self, end: int, slots: Slots) -> None:
        """The doer in a relative clause of a light verb: غارات شنتها الطائرات, الهجوم الذي نفذه التنظيم."""
        scene = self.scene
        _, hi = scene.bounds(end - 1)
        k = end
        while k < min(end + 4, hi) and (
            scene.tokens[k].pos == "ADJ" or scene.tokens[k].fold in scene.relatives or scene.tokens[k].text == "،"
        ):
            k += 1
        if k + 1 >= hi or scene.tokens[k + 1].kind != "enclitic" or slots.get("subj"):
            return
        found = [x for x in self.lexicon.light.get(scene.tokens[k].fold, ()) if x[1].shape in ("past", "present")]
        light = next((entry for entry, _ in found if entry.subj and not entry.obj_prep), None)
        if light is None:
            return
        following = [f for f in self.phrases.after(k) if f is None or f.how != "pronoun"]
        above: Slots = {}
        for f in following:
            if f is not None and (f.prep or not above or "subj" in above):
                above.setdefault(f.prep or "subj", []).append(f)
        self._lend(above, light, slots)

    def _reflexive(self, i: int, gen: str, slots: Slots) -> None:
        """A pronoun on a verbal noun is the subject of its clause's verb: تمكنت القوات من فرض سيطرتها."""
        if gen != "subj" or not slots.get("subj") or any(f.how != "pronoun" for f in slots["subj"]):
            return
        lo, _ = self.scene.clause(i)
        beside = self.scene.ends.get(i - 1) if i > lo and self.scene.tokens[i - 1].fold in ("في", "خلال") else None
        if beside is not None and beside.cls == "Person":  # الوزير فلان في زيارته لأربيل
            slots["subj"] = [Filler(beside, "", "pronoun")]
            return
        above = self.verbs.subject_above(i, lo)
        wrong = {"ها": "m", "ه": "f"}.get(self.scene.tokens[min(i + 1, len(self.scene.tokens) - 1)].fold, "")
        man = wrong == "m" and above and above[0].mention.cls == "Person"  # بعد مطاردة أمريكا له وشن غاراتها
        if man and slots["subj"][0].mention.cls != "Person":
            return
        if above and gender_of(self.scene.tokens, above[0].mention) != wrong:
            slots["subj"] = [Filler(f.mention, "", "pronoun") for f in above]

    def _backed(self, i: int, frame: Frame, slots: Slots) -> None:
        """X بدعم من Y, X بمساندة Y: who is named behind supports who stands before."""
        scene = self.scene
        if frame.term not in ("supports", "Aid") or i == 0 or scene.tokens[i - 1].fold != "ب":
            return
        backer = slots.get("من") or slots.get("obj") or slots.get("subj")
        backed = scene.ends.get(i - 1)
        if backed and backed.cls in PLACES and scene.is_prep(backed.first - 1):  # يصلون إلى ليبيا بدعم من
            above = self.verbs.subject_above(i, scene.clause(i)[0])
            backed = above[0].mention if above else None
        if backer and backed and backed.entity not in {f.mention.entity for f in backer}:
            slots["subj"] = backer
            slots["obj"] = [Filler(backed, "", "backed")]
            slots.pop("من", None)

    def _adjective(self, end: int) -> Filler | None:
        """The state that a nationality adjective right after a verbal noun stands for, if the document names it."""
        scene = self.scene
        for j in range(end, min(end + 3, len(scene.tokens))):
            t = scene.tokens[j]
            if t.kind != "stem" or j in scene.starts:
                return None
            if e := scene.nations.get(t.fold):
                m = next((m for m in e.mentions if m.how != "pronoun"), None)
                return Filler(m, "", "adjective") if m else None
            if t.pos not in ("ADJ", "X", "") and not t.fold.endswith(("ي", "يه")):
                return None  # قفل إمدادات النفط الليبي
        return None

    def _governed(self, i: int, slots: Slots, frame: Frame | None = None) -> tuple[int, ...]:
        """Fill a noun's open slots from the light, aspectual or controlling verb above it; returns those verbs."""
        scene = self.scene
        lo, _ = scene.bounds(i)
        prep = ""
        j = i - 1
        while j >= lo and (
            scene.tokens[j].text in QUOTES or (scene.tokens[j].kind == "proclitic" and scene.tokens[j].fold == "و")
        ):
            j -= 1
        if j >= lo and scene.is_prep(j):
            prep = scene.tokens[j].fold
        k = j
        chain = k
        while chain >= lo and scene.tokens[chain].kind == "stem" and chain not in scene.within:
            if scene.tokens[chain].fold in scene.around:  # دعا أطراف النزاع، على ضرورة وقف القتال
                return ()
            if scene.is_verb(chain) or scene.is_prep(chain):
                break
            chain -= 1
        if prep == "ب" and (so_called := self._so_called(k, lo)) >= lo:  # نفذت ما وصفته بـ«انسحاب»
            k, prep = so_called, ""
        while k >= lo and (
            # بدأ تحالف تقوده السعودية حملة: no campaign of hers
            (scene.is_verb(k) and scene.suffixed(k) and scene.attributive(k))
            or not (scene.is_verb(k) or self._light_forms(k, i) or scene.tokens[k].fold in AUXILIARY)
        ):
            if (
                scene.is_break(k)
                or scene.tokens[k].fold in scene.relatives
                or (scene.tokens[k].text == "،" and i - k > 6)
                or self._taken(k, i)
            ):
                return ()
            k -= 1
        if k < lo:
            return ()
        if scene.tokens[k].fold in AUXILIARY:
            return (k,)
        if entry := self._light(k, i, prep):
            light, form = entry
            if form.shape == "noun":  # اتهم تركيا بتقديم الدعم: the noun lends what its own verb lends it
                above: Slots = {}
                if k + 1 < i and (own := scene.starts.get(k + 1)):  # شن الولايات المتحدة غارات
                    above["subj"] = [Filler(m, "", "light verb") for m in self.phrases.coordinated(own, i)]
                else:
                    self._governed(k, above)
                self._lend(above, light, slots)
                return ()
            if form.shape == "active":  # المتمتعة بدعم من
                self._lend(self.of_participle(k, k + 1, "active"), light, slots)
                self.given.add(i)
                return ()
            told = frame is not None and "toll" in frame.flags and scene.tokens[k].fold in scene.forms.reporting
            if not told:  # أعلن الجيش مقتل جنديين: not by him
                self._lend(self.verbs.of_verb(k, form.agreement, self.verbs.voice(k)), light, slots)
            return (k,)
        if prep == "ب" and i - k <= 8 and not slots.get("subj") and self._harms(k):  # ردت تركيا بقصف
            above = self.verbs.of_verb(k, "", "")
            slots["subj"] = [Filler(f.mention, "", "means") for f in above.get("subj", [])]
            return ()
        kinds = {c.kind for c, _ in self.lexicon.cues.get(scene.tokens[k].fold, ())}
        if prep == "علي":
            kinds -= {"refusal"}  # علق على الاتهام، اعترض على القصف
        if i - k <= 6 and kinds & _CONTROL:
            above = self.verbs.of_verb(k, "", "")
            asked = above.get("obj") or above.get("من") if kinds & {"request", "accusation"} else None
            if scene.tokens[k].fold in scene.impersonal:  # يتعين على الحكومة رفع الحصار
                asked, above = above.get("علي"), {}
            if not slots.get("subj") and (found := asked or above.get("subj", [])):
                slots["subj"] = [Filler(f.mention, "", "control") for f in found]
        return ()

    def _so_called(self, k: int, lo: int) -> int:
        """The token before ما وصفه ب and its like, which end before token `k`; -1 where they don't."""
        tokens = self.scene.tokens
        at = k - 1 - (tokens[k - 1].kind == "enclitic")
        return at - 2 if at - 1 > lo and tokens[at].fold in self.scene.naming and tokens[at - 1].fold == "ما" else -1

    def _taken(self, k: int, i: int) -> bool:
        """True at a happening that takes the light verb itself: شن غارة على معسكر تابع للحركة."""
        scene = self.scene
        happening = scene.tokens[k].fold.removeprefix("ال") in scene.forms.events and k not in scene.within
        return happening and any(scene.is_prep(x) for x in range(k + 1, i))

    def _harms(self, k: int) -> bool:
        senses = self.lexicon.senses.get(self.scene.tokens[k].fold, ())
        return any(s.frame.term in VIOLENT for s in senses)

    def _light_forms(self, k: int, i: int) -> list[tuple[Light, Form]]:
        """The light verbs that token `k` may be a form of; as a noun only right before the noun it carries, at `i`."""
        t, verb = self.scene.tokens[k], self.scene.is_verb(k)
        keys = {t.fold} if verb else {t.fold, t.fold.removeprefix("ال")}
        shapes = (
            ("past", "present")
            if verb
            else ("active", "noun")
            if i - k <= 2 or k + 1 in self.scene.starts
            else ("active",)
        )
        found = [x for key in sorted(keys) for x in self.lexicon.light.get(key, ()) if x[1].shape in shapes]
        if not found and not verb and t.pos in ("NOUN", "PROPN", "X", "ADJ", ""):
            found = [x for x in self.lexicon.light.get(t.fold, ()) if x[1].shape == "past" and self.scene.opens(k)]
        return found

    def _light(self, k: int, i: int, prep: str) -> tuple[Light, Form] | None:
        for light, form in self._light_forms(k, i):
            if form.shape == "noun" or light.obj_prep == prep or (not light.obj_prep and prep in ("", "ب")):
                return light, form
        return None

    @staticmethod
    def _lend(above: Slots, light: Light, slots: Slots) -> None:
        taken = {f.mention.entity for fs in slots.values() for f in fs}
        lent = [("subj", light.subj), *light.slots.items()]
        for theirs, ours in lent:
            found = [
                Filler(f.mention, "", "light verb") for f in above.get(theirs, []) if f.mention.entity not in taken
            ]
            if found and ours and not slots.get(ours):
                slots[ours] = found

    def of_participle(self, i: int, end: int, shape: str) -> Slots:
        """The slots of a participle: what it modifies is its subject (active) or object (passive)."""
        scene = self.scene
        slots: Slots = {}
        nxt = scene.tokens[end] if end < len(scene.tokens) else None
        bare = (
            nxt is not None and nxt.fold.startswith("ال") and end not in scene.starts and nxt.fold not in scene.through
        )
        following = [] if bare else self.phrases.after(end - 1)  # المعارض المؤيد للأكراد: the next participle's own
        first = next((f for f in following if f is not None), None)
        if first is not None and not (following[0] is None and first.prep == ""):
            together = self.phrases.coordinated(first.mention, scene.bounds(i)[1])
            slot = {"": "obj" if shape == "active" else "subj", "obj": "obj", "من قبل": "subj", "لدي": "subj"}.get(
                first.prep, first.prep
            )
            between = any(scene.tokens[k].fold == "بين" for k in range(scene.clause(i)[0], i))
            if first.mention.cls == "Person":  # القوات الموالية لهادي والمقاومة: his forces and others
                together = [m for m in together if m.cls == "Person"]
            if between:  # بين قوات الجيش المدعومة بالمقاومة والحوثيين: the second side is no backer
                together = together[:1]
            slots[slot] = [f for f in following if f is not None and f.prep == first.prep and f.mention in together]
        holders = [m for m in scene.within.get(i, ()) if m.first < i]
        if not holders and nxt is not None and nxt.fold == "لدي":  # الجنود المحتجزين لدى الحركة, المحتجزين لدى الحركة
            own = scene.starts.get(i)
            holders = [m for m in scene.within.get(i - 1, ()) if m.last == i] or ([own] if own else [])
        lo, _ = scene.bounds(i)
        above = self.verbs.subject_above(self._before_quote(i, lo), lo)
        if self.circumstantial(i) and not scene.tokens[i].fold.startswith("ال"):
            head: list[Filler] = [Filler(f.mention, "", "carried") for f in above or []]
        elif holders:
            head = [Filler(min(holders, key=lambda m: m.last - m.first), "", "modifies")]
        else:
            head = [Filler(f.mention, "", "modifies") for f in self.phrases.before(i)]
            beside = scene.ends.get(i)
            if beside is not None and head and beside not in [f.mention for f in head]:
                head = [Filler(beside, "", "modifies")]  # الذي استهدف الميليشيات المتمركزة
            if len(head) > 1 and not scene.tokens[i].fold.endswith(("ه", "ين", "ون")):
                head = head[-1:]  # الكتائب والحرس التابع لصالح
            if not head and (m := self._modified(i)):
                head = [Filler(m, "", "modifies")]
        if head:
            slots["subj" if shape == "active" else "obj"] = head
        return slots

    def _before_quote(self, i: int, lo: int) -> int:
        """Token `i`, or the mark that opens the quotation which ends right before it: قال «...»، مطالبا."""
        tokens = self.scene.tokens
        if i - 2 < lo or tokens[i - 2].text not in "»”":
            return i
        return next((k for k in range(i - 3, lo, -1) if tokens[k].text in "«“"), i)

    def _modified(self, i: int) -> Mention | None:
        """The nearest mention before a definite participle, at most two adjectives or a comma away."""
        j = i - 1
        lo, _ = self.scene.bounds(i)
        for _ in range(3):
            if j < lo:
                return None
            if m := self.scene.ends.get(j + 1):
                return m
            t = self.scene.tokens[j]
            if not (t.fold.startswith("ال") or t.text in '،)»"'):
                return None
            j -= 1
        return None

    def circumstantial(self, i: int) -> bool:
        """True for a participle that tells what the subject does besides: after a comma (داعيا، مطالبين)."""
        return i > 0 and self.scene.tokens[i - 1].text in "،-–"
