"""Fills the slots of a trigger: from what follows it, what precedes it, the parse, and the light verb above it."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.clauses import Filler, Scene
from khabar.lexicon import Frame, Lexicon, Light
from khabar.model import Mention
from khabar.morph import Form

PLURAL = frozenset("mp fp md fd".split())
VICTIMS = frozenset("PopulationGroup Settlement Facility Place AdministrativeArea".split())
CARRIERS = frozenset("و ف ثم ان بينما فيما اذ بعدما كما كي ل".split())
AUXILIARY = frozenset("تم يتم تتم تمت جري جرت يجري تجري".split())
_CONTROL = frozenset("plan threat attempt request accusation promise failure refusal consideration proposal".split())
Slots = dict[str, list[Filler]]


class SlotReader:
    """Reads the arguments of verbs, verbal nouns and participles of one scene; remembers the subjects of its verbs."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon
        self.subjects: dict[int, list[Filler]] = {}
        self.given: set[int] = set()  # nouns under a participle, which tells what is known: المتمتعة بدعم

    def voice(self, i: int) -> str:
        """Passive by its vowels; by the tagger only where at most one phrase follows, and no armed actor."""
        t = self.scene.tokens[i]
        raw = self.scene.doc.text[t.begin : t.end]
        if len(raw) > 1 and raw[1] == "ُ" and (raw[0] not in "يتن" or "َ" in raw[2:]):
            return "passive"
        tagged = "Voice=Pass" in t.feats or any(
            self.scene.tokens[c].dep == "nsubj:pass" for c in self.scene.children.get(i, ())
        )
        if not tagged:
            return ""
        bare = [f for f in self.scene.after(i) if f is None or f.prep == ""]
        if bare and self.scene.before(i):
            return ""
        one = len(bare) == 1 and (bare[0] is None or bare[0].mention.cls in VICTIMS or bare[0].mention.cls == "Person")
        return "passive" if one or not bare else ""

    def of_verb(self, i: int, agreement: str, voice: str, frame: Frame | None = None) -> Slots:
        """The slots of a finite verb at `i`: subj, obj and one per preposition."""
        scene = self.scene
        bare, slots = self._grouped(i)
        subj, obj = self._sides(i, bare, slots.pop("obj", []), agreement, voice, frame)
        if any(f.how == "argument" and f.via in scene.direction for f in subj):  # غرب مأرب: where, not who
            subj, obj = [], obj or subj
        if frame is not None and frame.term[0].islower() and any(f.via in scene.direction for f in obj):
            obj = []  # a place that something lies beside is nothing that one holds
        for slot, f in scene.parsed(i):
            if slot == "subj" and not subj and voice != "passive" and f.mention not in [x.mention for x in obj]:
                subj = [f]
            elif slot == "obj" and not obj and f.mention not in [x.mention for x in subj]:
                obj = [f]
            elif slot not in ("subj", "obj", "gen") and slot not in slots:
                slots[slot] = [f]
        if not subj and voice != "passive" and "من قبل" not in slots:
            subj = [f for f in self._carried(i, agreement) if f.mention.entity not in {x.mention.entity for x in obj}]
        if "من قبل" in slots:
            subj = slots.pop("من قبل")
        if frame is not None and "toll" in frame.flags and subj and not obj and not bare and not self._resumed(i):
            subj, obj = [], subj  # سبعة مسلحين قتلوا: without an object the verb is passive
        if subj:
            self.subjects[i] = subj
            slots["subj"] = subj
        if obj:
            slots["obj"] = obj
        return slots

    def _grouped(self, i: int) -> tuple[list[list[Filler] | None], Slots]:
        """What follows token `i`: its bare phrases (None where one names nobody), and the rest by preposition."""
        scene, (_, hi) = self.scene, self.scene.bounds(i)
        bare: list[list[Filler] | None] = []
        slots: Slots = {}
        previous: Filler | None = None
        for f in scene.after(i):
            if f is None:
                bare.append(None)
            elif f.prep:
                slots.setdefault(f.prep, []).append(f)
            else:
                group = bare[-1] if bare and previous is not None and previous.prep == "" else None
                if group and f.how == group[0].how and f.mention in scene.coordinated(group[0].mention, hi):
                    group.append(f)
                else:
                    bare.append([f])
            previous = f
        return bare, slots

    def _sides(
        self,
        i: int,
        bare: Sequence[list[Filler] | None],
        pronoun: list[Filler],
        agreement: str,
        voice: str,
        frame: Frame | None,
    ) -> tuple[list[Filler], list[Filler]]:
        """Subject and object of a verb: from the relative or noun before it, and the bare phrases behind it."""
        scene = self.scene
        before = scene.before(i)
        relative = bool(before) and before[0].how == "relative"
        before = before or self._copular(i)
        resumed = self._resumed(i)
        if before and resumed and (relative or not pronoun):  # الذي تقوده أمريكا، ميليشيا تقودها أمريكا
            return _first(bare), before
        fronted = before and (agreement in PLURAL or not _first(bare) or self._fronted(before, i))
        if relative or fronted:
            return ([], before) if voice == "passive" else (before, pronoun or _first(bare))
        if voice == "passive":
            return [], pronoun or _first(bare)
        if scene.after_relative(i) and not resumed:  # the antecedent names nobody we know, but it is the subject
            return [], pronoun or _first(bare)
        if frame is not None and bare and bare[0] and not any(bare[1:]) and "obj" in frame.roles and not pronoun:
            if carried := self._carried(i, agreement):  # ورحب الأمين بالهدنة وحث الأطراف على احترامها
                return carried, bare[0]
        subj, obj = self._order(bare, agreement, frame, bool(pronoun))
        return subj, pronoun or obj

    def _resumed(self, i: int) -> bool:
        tokens = self.scene.tokens
        return i + 1 < len(tokens) and tokens[i + 1].kind == "enclitic"

    def _copular(self, i: int) -> list[Filler]:
        """The subject of a copula, where a verb describes its predicate: فاغنر هي وحدة تتبع الوزارة."""
        scene = self.scene
        lo, _ = scene.bounds(i)
        noun = scene.tokens[i - 1] if i > lo else None
        if noun is None or noun.kind != "stem" or noun.fold.startswith("ال") or i - 1 in scene.within:
            return []
        if scene.is_verb(i - 1):
            return []
        for k in range(i - 1, max(lo, i - 9), -1):
            if scene.is_break(k) or scene.tokens[k].text == "،":
                return []
            if scene.tokens[k].fold in ("هو", "هي", "هم") and (m := scene.ends.get(k)):
                return [Filler(m, "", "relative")]
        return []

    def _fronted(self, before: Sequence[Filler], i: int) -> bool:
        """True when the noun before a verb is surely its subject: after إن/كان, or at the head of its clause."""
        scene = self.scene
        if before[0].via:  # أن قواتها سيطرت
            return True
        k = before[0].mention.first - 1
        lo, _ = scene.bounds(i)
        while k >= lo and (
            scene.tokens[k].text in '"«»“()'
            or (scene.tokens[k].kind == "proclitic" and scene.tokens[k].fold in ("و", "ف"))
        ):
            k -= 1
        if scene.tokens[i - 1].fold == "قد" and before[0].mention.cls == "Person":  # كان قائد الجيش فلان قد زار
            while k > lo and scene.tokens[k].kind == "stem" and not (scene.is_verb(k) or scene.is_prep(k)):
                k -= 1
        return k < lo or scene.is_break(k) or scene.tokens[k].text == "،" or scene.tokens[k].fold.startswith("كان")

    def _order(
        self, bare: Sequence[list[Filler] | None], agreement: str, frame: Frame | None, has_object: bool
    ) -> tuple[list[Filler], list[Filler]]:
        """Which of the bare phrases after a verb is its subject: the first, unless gender, class or number forbid."""
        first, second = (bare[0] if bare else None), _first(bare[1:])
        if not first:
            return [], second
        m = first[0].mention
        gender = self.scene.gender(m)
        mismatch = (agreement == "f" and gender == "m") or (agreement == "m" and gender == "f" and m.first == m.head)
        wants_object = frame is not None and "obj" in frame.roles and not has_object
        if wants_object and len(bare) == 1 and (mismatch or m.cls in VICTIMS or m.cls == "Materiel"):
            return [], first
        if mismatch and wants_object and not second:
            return [], first
        return first, second

    def _carried(self, i: int, agreement: str) -> list[Filler]:
        """The subject of the verb that و joins this one to, in the same sentence."""
        scene = self.scene
        lo, _ = scene.bounds(i)
        j = i - 1
        while j >= lo and scene.tokens[j].fold in scene.particles:
            j -= 1
        if j < lo or scene.tokens[j].fold not in CARRIERS:
            return []
        for k in range(j - 1, lo - 1, -1):
            if k not in self.subjects and scene.is_verb(k) and scene.tokens[k].fold in self.lexicon.cues:
                self.of_verb(k, "", "active")  # نفى المتحدث ذلك، واتهم الجيش: no frame has read it
            if subj := self.subjects.get(k):
                gender = scene.gender(subj[0].mention)
                if (agreement == "f" and gender == "m") or (agreement == "m" and gender == "f"):
                    return []
                return [Filler(f.mention, "", "carried") for f in subj]
        return []

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
        for f in scene.after(end - 1):
            if f is None:
                bare += 1
            elif f.prep in ("", "obj"):
                held = slots.get(gen)
                if held and f.mention in scene.coordinated(held[0].mention, scene.bounds(i)[1]):
                    held.append(f)
                elif f.how == "pronoun" or not (bare or definite or adjective or held or led):
                    slots.setdefault(gen, []).append(f)
                elif held and "obj" in frame.roles and frame.verbs:  # قصف الطائرات المدينة
                    slots["subj"] = held
                    slots.setdefault("obj", [])
                    slots["obj"] = [*(x for x in slots["obj"] if x not in held), f]
            else:
                slots.setdefault("subj" if f.prep == "من قبل" else f.prep, []).append(f)
                led = True
        same: set[str] = {p for p in ("ل", "علي") if p in slots and frame.roles.get(p) == frame.roles.get("obj")}
        pronoun = [f for f in slots.get("obj", []) if f.how == "pronoun"]
        same |= {"obj"} if gen == "obj" and pronoun and bare else set()  # قصفها حيا: the pronoun is the subject
        if gen == "obj" and same and slots.get("obj") and not slots.get("subj"):  # قصف الحوثيين لمأرب
            slots["subj"] = slots.pop("obj")
        if adjective and (slot := frame.adj) and not slots.get(slot):
            slots[slot] = [adjective]
        governors = self._governed(i, slots)
        self._reflexive(i, gen, slots)
        self._backed(i, frame, slots)
        return slots, governors

    def _reflexive(self, i: int, gen: str, slots: Slots) -> None:
        """A pronoun on a verbal noun is the subject of its clause's verb: تمكنت القوات من فرض سيطرتها."""
        if gen != "subj" or not slots.get("subj") or any(f.how != "pronoun" for f in slots["subj"]):
            return
        lo, _ = self.scene.clause(i)
        above = next((self.subjects[k] for k in range(i - 1, lo - 1, -1) if k in self.subjects), None)
        if above:
            slots["subj"] = [Filler(f.mention, "", "pronoun") for f in above]

    def _backed(self, i: int, frame: Frame, slots: Slots) -> None:
        """X بدعم من Y, X بمساندة Y: who is named behind supports who stands before."""
        scene = self.scene
        if frame.term not in ("supports", "Aid") or i == 0 or scene.tokens[i - 1].fold != "ب":
            return
        backer = slots.get("من") or slots.get("obj") or slots.get("subj")
        backed = scene.ends.get(i - 1)
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
            if t.pos not in ("ADJ", "NOUN", "X", ""):
                return None
        return None

    def _governed(self, i: int, slots: Slots) -> tuple[int, ...]:
        """Fill a noun's open slots from the light, aspectual or controlling verb above it; returns those verbs."""
        scene = self.scene
        lo, _ = scene.bounds(i)
        prep = ""
        j = i - 1
        while j >= lo and scene.tokens[j].kind == "proclitic" and scene.tokens[j].fold == "و":
            j -= 1
        if j >= lo and scene.is_prep(j):
            prep = scene.tokens[j].fold
        k = j
        while k >= lo and not (scene.is_verb(k) or self._light_forms(k, i) or scene.tokens[k].fold in AUXILIARY):
            if (
                scene.is_break(k)
                or scene.tokens[k].fold in scene.relatives
                or (scene.tokens[k].text == "،" and i - k > 6)
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
                    above["subj"] = [Filler(m, "", "light verb") for m in scene.coordinated(own, i)]
                else:
                    self._governed(k, above)
                self._lend(above, light, slots)
                return ()
            if form.shape == "active":  # المتمتعة بدعم من
                self._lend(self.of_participle(k, k + 1, "active"), light, slots)
                self.given.add(i)
                return ()
            self._lend(self.of_verb(k, form.agreement, self.voice(k)), light, slots)
            return (k,)
        if prep == "ب" and i - k <= 8 and not slots.get("subj") and self._harms(k):  # ردت تركيا بقصف
            above = self.of_verb(k, "", "")
            slots["subj"] = [Filler(f.mention, "", "means") for f in above.get("subj", [])]
            return ()
        if scene.tokens[i - 1].fold in scene.around:  # دعا أطراف النزاع: whom one calls, not what for
            return ()
        if i - k <= 6 and any(c.kind in _CONTROL for c, _ in self.lexicon.cues.get(scene.tokens[k].fold, ())):
            above = self.of_verb(k, "", "")
            kinds = {c.kind for c, _ in self.lexicon.cues.get(scene.tokens[k].fold, ())}
            asked = above.get("obj") or above.get("من") if kinds & {"request", "accusation"} else None
            if not slots.get("subj") and (found := asked or above.get("subj", [])):
                slots["subj"] = [Filler(f.mention, "", "control") for f in found]
        return ()

    def _harms(self, k: int) -> bool:
        senses = self.lexicon.senses.get(self.scene.tokens[k].fold, ())
        return any(s.frame.term in ("Battle", "Strike", "ViolentEvent", "AttackOnCivilians") for s in senses)

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
        following = [] if bare else scene.after(end - 1)  # المعارض المؤيد للأكراد: the next participle's own
        first = next((f for f in following if f is not None), None)
        if first is not None and not (following[0] is None and first.prep == ""):
            together = scene.coordinated(first.mention, scene.bounds(i)[1])
            slot = {"": "obj" if shape == "active" else "subj", "obj": "obj", "من قبل": "subj"}.get(
                first.prep, first.prep
            )
            slots[slot] = [f for f in following if f is not None and f.prep == first.prep and f.mention in together]
        holders = [m for m in scene.within.get(i, ()) if m.first < i]
        lo, _ = scene.bounds(i)
        above = next((self.subjects[k] for k in range(i - 1, lo - 1, -1) if k in self.subjects), None)
        if self.circumstantial(i) and not scene.tokens[i].fold.startswith("ال"):
            head: list[Filler] = [Filler(f.mention, "", "carried") for f in above or []]
        elif holders:
            head = [Filler(min(holders, key=lambda m: m.last - m.first), "", "modifies")]
        else:
            head = [Filler(f.mention, "", "modifies") for f in scene.before(i)]
            if not head and (m := self._modified(i)):
                head = [Filler(m, "", "modifies")]
        if head:
            slots["subj" if shape == "active" else "obj"] = head
        return slots

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


def _first(bare: Sequence[list[Filler] | None]) -> list[Filler]:
    return next((b for b in bare if b), [])
