"""Fills the slots of a finite verb: from what follows it, what precedes it, the parse, and the clause before."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.agreement import gender_of
from khabar.clauses import COUNTS, Filler
from khabar.lexicon import Frame, Lexicon
from khabar.model import Mention
from khabar.scene import Scene
from khabar.subjects import Subjects
from khabar.word_order import DEMONSTRATIVES, HARM, VICTIMS, WordOrder

PLURAL = frozenset("mp fp md fd".split())
VIOLENT = frozenset("Battle Strike ViolentEvent AttackOnCivilians".split())
CARRIERS = frozenset("و ف ثم ان بينما فيما اذ بعدما كما كي ل".split())
HANDS = frozenset("يد ايدي".split())
PRONOUNS = frozenset("هو هي هم".split())
Slots = dict[str, list[Filler]]


class VerbSlots:
    """Reads the arguments of the finite verbs of one scene; remembers their subjects."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon, self.phrases = scene, lexicon, Subjects(scene)
        self.order = WordOrder(scene)
        self.subjects: dict[int, list[Filler]] = {}
        self.objects: dict[int, list[Filler]] = {}

    def voice(self, i: int, *, tagged: bool = True) -> str:
        """Passive by its vowels; by the tagger only where at most one phrase follows, and no armed actor.

        Without `tagged` the tagger is not asked.
        """
        t = self.scene.tokens[i]
        raw = self.scene.doc.text[t.begin : t.end]
        if len(raw) > 1 and raw[1] == "ُ" and (raw[0] not in "يتن" or "َ" in raw[2:]):
            return "passive"
        passive = "Voice=Pass" in t.feats or any(
            self.scene.tokens[c].dep == "nsubj:pass" for c in self.scene.children.get(i, ())
        )
        if not (tagged and passive):
            return ""
        bare = [f for f in self.phrases.after(i) if f is None or f.prep == ""]
        if bare and self.phrases.before(i):
            return ""
        one = len(bare) == 1 and (bare[0] is None or bare[0].mention.cls in VICTIMS or bare[0].mention.cls == "Person")
        return "passive" if one or not bare else ""

    def of_verb(self, i: int, agreement: str, voice: str, frame: Frame | None = None) -> Slots:
        """The slots of a finite verb at `i`: subj, obj and one per preposition."""
        scene = self.scene
        bare, slots = self._grouped(i)
        at = max(i - 1, 0)
        at -= at > 0 and scene.tokens[at].pos == "ADJ" and not scene.tokens[at].fold.startswith("ال")
        noun = scene.tokens[at]  # محادثات سياسية يشرف عليها
        described = noun.pos == "NOUN" and not noun.fold.startswith("ال") and noun.fold not in scene.time
        if described and self._resumed_after(i) and not scene.within.get(at):
            prep = scene.tokens[i + 1].fold  # بلدات سيطروا عليها: the pronoun is the towns
            slots[prep] = [f for f in slots.get(prep, []) if f.how != "pronoun"]
        subj, obj = self._sides(i, bare, slots.pop("obj", []), agreement, voice, frame)
        if any(f.how == "argument" and f.via in scene.direction for f in subj):  # غرب مأرب: where, not who
            subj, obj = [], obj or subj
        if frame is not None and frame.term[0].islower() and any(f.via in scene.direction for f in obj):
            obj = []  # a place that something lies beside is nothing that one holds
        for slot, f in self.phrases.parsed(i):
            if slot == "subj" and not subj and voice != "passive" and f.mention not in [x.mention for x in obj]:
                subj = [f]
            elif slot == "obj" and not obj and f.mention not in [x.mention for x in subj]:
                obj = [f]
            elif slot not in ("subj", "obj", "gen") and slot not in slots:
                slots[slot] = [f]
        unnamed = bool(bare) and bare[0] is None and bool(obj) and self.scene.suffixed(i)  # التحالف الذي تقوده المملكة
        unnamed = unnamed or (bool(bare) and bare[0] is None and self._told_by(i))
        if not subj and voice != "passive" and "من قبل" not in slots and not unnamed:
            named = i + 1 < len(scene.tokens) and scene.tokens[i + 1].fold in DEMONSTRATIVES
            carried = [] if named else self._carried(i, agreement) or self._resuming(i, agreement, bare, frame)
            subj = [f for f in carried if f.mention.entity not in {x.mention.entity for x in obj}]
        by = [f for f in slots.get("علي", []) if f.via in HANDS]
        if by:
            slots["علي"] = [f for f in slots["علي"] if f not in by]
        if by and frame is not None and "obj" not in frame.roles:  # سقطت المدينة على يد التنظيم
            slots["ب"], by = by, []
        if done_by := slots.pop("من قبل", []) or by:
            subj, obj = done_by, obj or [f for f in subj if f.how in ("argument", "fronted")]
        if self._of_his(i, subj, frame):
            subj, obj = [], subj  # القوات التي قتل نحو عشرين من أفرادها
        harmed = frame is not None and not done_by and ("toll" in frame.flags or frame.term in HARM)
        active = scene.tokens[i].fold[0] in "يت" and scene.tokens[i].fold.endswith("ون")  # يحتجزون ما لا يقل عن
        alone = not (obj or bare or active or self.scene.suffixed(i) or self._resumed_after(i))
        if harmed and subj and subj[0].how == "fronted" and subj[0].prep == "من":
            subj, obj = [], [*subj, *obj]  # ثمانية من المسلحين قتلوا إلى جانب خمسة جنود
        if harmed and subj and alone:
            subj, obj = [], subj  # سبعة مسلحين قتلوا، التي أوقفت: without an object the verb is passive
        if subj:
            self.subjects[i] = subj
            slots["subj"] = subj
        if obj and obj[0].how == "pronoun" and (twin := self._twin(i, i - 1, scene.bounds(i)[0])) >= 0:
            obj = self.objects.get(twin, obj)
        if obj:
            self.objects[i] = obj
            slots["obj"] = obj
        if frame is not None and frame.roles.get("ل") == frame.roles.get("obj"):
            slots.pop("ل", None)  # ل marks the object of a verbal noun alone: قيادة حفتر للجيش
        return slots

    def _told_by(self, i: int) -> bool:
        """True for a verb of speech with a subject of its own, though it names nobody: وذكرت المعلومات أن."""
        tokens, forms = self.scene.tokens, self.scene.forms
        behind = [t.fold for t in tokens[i + 1 : i + 5]]
        return tokens[i].fold in forms.reporting and behind[:1] != [] and behind[0].startswith("ال") and "ان" in behind

    def _of_his(self, i: int, subj: Sequence[Filler], frame: Frame | None) -> bool:
        """True where the antecedent of a relative clause only lends its men to the verb."""
        tokens, (_, hi) = self.scene.tokens, self.scene.bounds(i)
        relative = bool(subj) and subj[0].how == "relative" and frame is not None and "toll" in frame.flags
        near = range(i + 1, min(i + 7, hi))
        return relative and any(tokens[k].kind == "enclitic" and tokens[k - 2].fold == "من" for k in near)

    def _grouped(self, i: int) -> tuple[list[list[Filler] | None], Slots]:
        """What follows token `i`: its bare phrases (None where one names nobody), and the rest by preposition."""
        _, hi = self.scene.bounds(i)
        bare: list[list[Filler] | None] = []
        slots: Slots = {}
        previous: Filler | None = None
        for f in self.phrases.after(i):
            if f is None:
                bare.append(None)
            elif f.prep:
                slots.setdefault(f.prep, []).append(f)
            else:
                group = bare[-1] if bare and (f.joined or (previous is not None and previous.prep == "")) else None
                if f.joined and bare:
                    bare[-1] = [*(group or []), f]
                elif group and f.how == group[0].how and f.mention in self.phrases.coordinated(group[0].mention, hi):
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
        before = self.phrases.before(i)
        if not before and i and scene.attributive(i) and not scene.within.get(i - 1):
            pronoun = []  # برنامج تقوده الولايات المتحدة: the pronoun is the programme
        relative = bool(before) and before[0].how == "relative"
        before = before or self._copular(i)
        if self._outnumbered(before, i):
            before = []  # وحدات موالية للرئيس قد استولوا
        if not before and self._has_pronoun(i):
            return [], pronoun or _first(bare)  # فإنها دعت الحزب: she, whoever she is
        if not before and i and scene.tokens[i - 1].fold in PRONOUNS and voice != "passive":  # وهو يحمل فكر التنظيم
            return [], pronoun or _first(bare)
        resumed = scene.suffixed(i)
        if before and resumed and not (relative or _first(bare)) and self._anothers(before[0].mention, i):
            return before, pronoun  # قوات المقاومة تلاحقهم
        if before and resumed and (relative or not pronoun):  # الذي تقوده أمريكا، ميليشيا تقودها أمريكا
            return _first(bare), before
        fronted = before and (
            before[0].how == "pronoun" or agreement in PLURAL or not _first(bare) or self._fronted(before, i)
        )
        if relative and (self._resumed_after(i) or self._resumed_behind(i)):
            # هدنة دعت إليها موسكو، قاعدة سيطرت عليها القوات
            return _first(bare), pronoun
        if relative or fronted:
            return ([], before) if voice == "passive" else (before, pronoun or _first(bare))
        if voice == "passive":
            return [], pronoun or _first(bare)
        resumed_later = self._resumed_after(i) or self._resumed_behind(i)
        if scene.after_relative(i) and not resumed and not resumed_later:  # the antecedent, whoever it is
            return [], pronoun or _first(bare)
        joined = i > 0 and scene.tokens[i - 1].fold in ("و", "ف") and not scene.opens(i)
        if frame is not None and bare and bare[0] and not any(bare[1:]) and "obj" in frame.roles and not pronoun:
            via = bare[0][0].via
            told = via in COUNTS or self._turns(i)
            if joined and via in scene.through and not via.startswith("ال") and frame.term in VIOLENT:
                return self._carried(i, agreement), bare[0]  # وقصفت وحدات تابعة للتنظيم
            if not told and (carried := self._carried(i, agreement)):  # ورحب بها وحث الأطراف
                return carried, bare[0]
        if agreement in PLURAL or (not before and scene.headed(i)):
            return [], pronoun or _first(bare)  # فقتلوا خمسة جنود، حملة تستهدف جماعات
        subj, obj = self.order.sides(bare, agreement, frame, bool(pronoun) or resumed)
        if obj and not subj and obj[0].via.removesuffix("ا") in scene.sites and before and not relative:
            subj = before
        return subj, pronoun or ([] if resumed else obj)

    def _anothers(self, m: Mention, i: int) -> bool:
        """True where the pronoun on the verb at `i` cannot stand for a mention, by its gender and number."""
        wrong = {"هم": "f", "ه": "f", "ها": "m"}.get(self.scene.tokens[i + 1].fold, "")
        return bool(wrong) and gender_of(self.scene.tokens, m) == wrong

    def _outnumbered(self, found: Sequence[Filler], i: int) -> bool:
        """True for one person, whom و joins to nobody, and a past verb in the plural: وحدات موالية للرئيس استولوا."""
        t, m = self.scene.tokens[i], found[0].mention if len(found) == 1 else None
        many = t.fold.endswith("وا") and t.fold[0] not in "يت"
        alone = m is not None and all(x.fold != "و" for x in self.scene.tokens[max(0, m.first - 2) : m.first])
        return many and alone and m is not None and m.cls == "Person"

    def _turns(self, i: int) -> bool:
        """True where a clause of another subject begins: فيما حذرت أسمرة من."""
        j = i - 1
        while j > 0 and self.scene.tokens[j].fold in self.scene.particles - CARRIERS:
            j -= 1
        return j > 0 and self.scene.tokens[j].fold in ("فيما", "بينما")

    def _has_pronoun(self, i: int) -> bool:
        """True where a pronoun on أن is the subject: إنها ستهاجم."""
        tokens, j = self.scene.tokens, i - 1
        while j > 0 and tokens[j].fold in self.scene.particles:
            j -= 1
        return j > 0 and tokens[j].kind == "enclitic" and tokens[j - 1].fold == "ان"

    def _resumed_after(self, i: int) -> bool:
        """True where a preposition with a pronoun follows the verb: the antecedent is not its subject."""
        return self.scene.suffixed(i + 1) and self.scene.is_prep(i + 1)

    def _resumed_behind(self, i: int) -> bool:
        """True where a name follows and a pronoun behind it takes up the antecedent: التي ترفض واشنطن التنسيق معها."""
        tokens, m = self.scene.tokens, self.scene.starts.get(i + 1)
        near = range(m.last + 2, min(m.last + 4, self.scene.bounds(i)[1])) if m is not None else ()  # past an object
        return any(tokens[k].kind == "enclitic" and self.scene.is_prep(k - 1) for k in near)

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
        if k >= 0 and scene.tokens[k].fold == "اما":
            return True
        if scene.tokens[i - 1].fold == "قد" and before[0].mention.cls == "Person":  # كان قائد الجيش فلان قد زار
            while k > lo and not (self._told(k) or scene.tokens[k].kind == "punct"):
                k -= 1
        return k < lo or scene.is_break(k) or scene.tokens[k].text == "،" or scene.tokens[k].fold.startswith("كان")

    def _told(self, k: int) -> bool:
        """True for a verb, but that of what is so called: قوات ما يسمى بالجيش."""
        return self.scene.is_verb(k) and self.scene.tokens[k - 1].fold != "ما"

    def _carried(self, i: int, agreement: str) -> list[Filler]:
        """The subject of the verb that و joins this one to, in the same sentence."""
        scene = self.scene
        lo, _ = scene.bounds(i)
        j = i - 1
        passed = (scene.particles | scene.time) - CARRIERS
        while j >= lo and (scene.tokens[j].fold in passed or scene.tokens[j].pos == "ADV"):
            j -= 1
        if j < lo or not (scene.tokens[j].fold in CARRIERS or self._abreast(i, j)):
            return []
        k = next((k for k in range(j - 1, lo - 1, -1) if scene.is_verb(k) and not self._inner(k, lo)), lo - 1)
        if (twin := self._twin(i, j, lo)) >= 0:
            k = twin
        if k < lo:
            return []
        if k not in self.subjects:  # نفى المتحدث ذلك، واتهم الجيش: no frame has read it
            self.of_verb(k, "", "" if scene.headed(k) else "active")
        subj = self.subjects.get(k, [])
        gender = gender_of(scene.tokens, subj[0].mention) if subj else ""
        if (agreement == "f" and gender == "m") or (agreement == "m" and gender == "f"):
            return []
        if self._outnumbered(subj, i):
            return []  # قال المتحدث إن ..., سيطروا
        return [Filler(f.mention, "", "carried") for f in subj]

    def _twin(self, i: int, j: int, lo: int) -> int:
        """The verb of a relative clause that و joins one of its like to: قوات دربتها أمريكا ونشرتها; -1 for none."""
        scene = self.scene
        k = next((k for k in range(j - 1, lo - 1, -1) if scene.is_verb(k)), -1)
        if k < 0 or not scene.after_relative(k):
            return -1
        if self.scene.suffixed(k) and self.scene.suffixed(i):
            return k if scene.tokens[k + 1].fold == scene.tokens[i + 1].fold else -1
        outer = next((x for x in range(k - 1, lo - 1, -1) if scene.is_verb(x) and not self._inner(x, lo)), -1)
        female = [x >= 0 and scene.tokens[x].fold.endswith("ت") for x in (k, i, outer)]
        return k if female == [True, True, False] else -1  # المقاومة التي التحمت وتمكنت, not: تم أسرهم

    def _resuming(
        self, i: int, agreement: str, bare: Sequence[list[Filler] | None], frame: Frame | None
    ) -> list[Filler]:
        """The subject of the sentence before, where a verb opens its own and names none: كما التقى خلال الزيارة بـ."""
        scene = self.scene
        t = scene.tokens[i]
        if frame is None or frame.term in HARM or agreement not in ("m", "f") or bare or not scene.opens(i):
            return []
        past = "Aspect=Perf" in t.feats if t.feats else t.fold[0] not in "يتن"  # a sentence without names is not parsed
        sure = bool(t.feats) or t.fold in scene.forms.sure  # هنا is no verb
        if t.sentence == 0 or not (past and sure) or self._resumed_after(i):
            return []
        lo, hi = scene.sentences[t.sentence - 1].first, scene.sentences[t.sentence - 1].last
        k = next((k for k in range(lo, hi) if scene.is_verb(k) and not self._inner(k, lo)), -1)
        if k < 0:
            return []
        if k not in self.subjects:
            self.of_verb(k, "", "" if scene.headed(k) else "active")
        subj = self.subjects.get(k, [])
        if len(subj) != 1 or gender_of(scene.tokens, subj[0].mention) == {"m": "f", "f": "m"}[agreement]:
            return []
        if agreement == "f" and gender_of(scene.tokens, subj[0].mention) != "f":
            return []
        return [Filler(subj[0].mention, "", "carried")]

    def _abreast(self, i: int, j: int) -> bool:
        """True where a comma alone joins two past verbs: طائرات أقلعت من القاعدة، قصفت البلدة."""
        t = self.scene.tokens[i]
        return j == i - 1 and self.scene.tokens[j].text == "،" and t.pos == "VERB" and "Aspect=Perf" in t.feats

    def subject_above(self, i: int, lo: int) -> list[Filler]:
        """The subject of the nearest verb before token `i`, those of relative clauses left out."""
        known = (k for k in range(i - 1, lo - 1, -1) if k in self.subjects and not self._inner(k, lo))
        return self.subjects[k] if (k := next(known, -1)) >= 0 else []

    def _inner(self, k: int, lo: int) -> bool:
        """True for a verb of a relative clause or an auxiliary: what و joins stands beside a verb further out."""
        scene = self.scene
        t = scene.tokens[k]
        if t.fold in scene.particles or scene.after_relative(k):
            return True
        return k > lo and self.scene.suffixed(k) and scene.tokens[k - 1].kind == "stem" and not scene.opens(k)


def _first(bare: Sequence[list[Filler] | None]) -> list[Filler]:
    return next((b for b in bare if b), [])
