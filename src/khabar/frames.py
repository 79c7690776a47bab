"""Finds triggers of frames in a sentence and fills their slots: one engine for events and relations.

A trigger is a written form of a frame's verb, verbal noun or participle. Slots are filled from what follows the
trigger, what precedes it, the parse, and the light verb that governs it; `Slots` keeps how each was filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from khabar.clauses import Filler, Scene
from khabar.lexicon import Frame, Lexicon, Light, Sense
from khabar.model import Mention
from khabar.morph import Form

PLACES = frozenset("Place Country AdministrativeArea Settlement Facility".split())
PLURAL = frozenset("mp fp md fd".split())
VICTIMS = frozenset("PopulationGroup Settlement Facility Place AdministrativeArea".split())
AUXILIARY = frozenset("تم يتم تتم تمت جري جرت يجري تجري".split())
Slots = dict[str, list[Filler]]


@dataclass(frozen=True, slots=True)
class Trigger:
    """A frame at tokens `first` to `last`; `governors` are the light verbs above it, nearest first."""

    frame: Frame
    first: int
    last: int
    shape: str
    voice: str
    agreement: str
    slots: Slots = field(default_factory=dict)
    governors: tuple[int, ...] = ()


class FrameReader:
    """Reads the triggers of one scene."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon
        self.subjects: dict[int, list[Filler]] = {}

    # triggers --------------------------------------------------------------------------------------------------

    def triggers(self, first: int, last: int) -> Iterator[list[Trigger]]:
        """The triggers of a sentence with their slots filled, in order; the readings of one token together."""
        i = first
        while i < last:
            found = self._phrases(i, last) or [(s, i + 1) for s in self._senses(i)]
            if found:
                yield [self._fill(sense, i, end) for sense, end in found]
            i = max([end for _, end in found], default=i + 1)

    def _phrases(self, i: int, last: int) -> list[tuple[Sense, int]]:
        token = self.scene.tokens[i]
        found: list[tuple[Sense, int]] = []
        for words, frame in (x for key in set(_readings(token.fold)) for x in self.lexicon.phrases.get(key, ())):
            if (end := self._match(i, last, words)) is not None:
                found.append((Sense(frame, _NOUN), end))
        longest = max((end for _, end in found), default=0)
        return [x for x in found if x[1] == longest]

    def _match(self, i: int, last: int, words: tuple[str, ...]) -> int | None:
        """The token after a phrase that begins at `i`; a ل between its words is passed over (وقفا لإطلاق النار)."""
        j = i
        for word in words:
            if j > i and j < last and self.scene.tokens[j].kind == "proclitic" and self.scene.tokens[j].fold in ("ل", "ب"):
                j += 1
            if j >= last or word not in _readings(self.scene.tokens[j].fold):
                return None
            j += 1
        return j

    def _senses(self, i: int) -> list[Sense]:
        """The frames that the word at `i` may evoke here, one of each term and word class."""
        scene = self.scene
        held = scene.within.get(i, ())
        if any(m.how != "description" and m.cls != "Conflict" for m in held):
            return []
        options = self._options(i)
        verbal = {s.form.shape in ("past", "present") for s in options}
        if len(verbal) == 2:
            reading = self._verbal(i)
            options = [s for s in options if (s.form.shape in ("past", "present")) == reading]
        elif verbal == {True} and not scene.is_verb(i):
            return []
        if any(i in (m.head, m.first) for m in held):  # the head of an actor phrase names, it does not happen
            options = [s for s in options if s.form.shape in ("past", "present")]
        if held or scene.tokens[i].fold.startswith("ال") or not self._circumstantial(i):
            # a participle that merely describes tells a tie, not a happening
            options = [s for s in options if s.form.shape not in ("active", "passive") or s.frame.term[0].islower()]
        unique: dict[str, Sense] = {}
        for s in options:
            unique.setdefault(s.frame.term + (s.form.shape == "noun") * "n", s)
        return list(unique.values())

    def _options(self, i: int) -> list[Sense]:
        """The senses of the form at `i`, as far as its article, its pronoun and the particle before it allow."""
        tokens = self.scene.tokens
        t = tokens[i]
        if t.kind != "stem" or (len(t.fold) < 3 and not self.scene.is_verb(i)):
            return []
        options = list(self.lexicon.senses.get(t.fold, ()))
        if t.fold.startswith("ال") and len(t.fold) > 4 and t.fold not in self.scene.forms.sure:
            options = [
                s
                for key in (t.fold, t.fold[2:])
                for s in self.lexicon.senses.get(key, ())
                if s.form.shape not in ("past", "present")
            ]
        suffixed = i + 1 < len(tokens) and tokens[i + 1].kind == "enclitic"
        short = i > 0 and tokens[i - 1].fold in ("لم", "لا", "ل")
        return [
            s
            for s in options
            if (suffixed or s.form.agreement != "suffixed") and (short or s.form.voice != "jussive")
        ]

    def _circumstantial(self, i: int) -> bool:
        """True for a participle that tells what the subject does besides: after a comma, indefinite (داعيا، مطالبين)."""
        return i > 0 and self.scene.tokens[i - 1].text in "،-–"

    def _verbal(self, i: int) -> bool:
        """Which of its readings a form that may be verb or verbal noun has here."""
        tokens = self.scene.tokens
        if i and ((tokens[i - 1].kind == "proclitic" and tokens[i - 1].fold in ("ب", "ل", "ك")) or self.scene.is_prep(i - 1)):
            return False
        if self.scene.is_verb(i):
            return True
        bare = [f for f in self.scene.after(i) if f is None or f.prep == ""] if self.scene.opens(i) else []
        return len(bare) > 1  # حشد الجيش دباباته: a verb with subject and object opens its sentence

    # slots -----------------------------------------------------------------------------------------------------

    def _fill(self, sense: Sense, i: int, end: int) -> Trigger:
        form, frame = sense.form, sense.frame
        voice = "" if form.voice == "jussive" else form.voice
        governors: tuple[int, ...] = ()
        if form.shape in ("past", "present"):
            voice = voice or self._voice(i)
            slots = self.verb_slots(i, form.agreement, voice, frame)
        elif form.shape == "noun":
            slots, governors = self.noun_slots(i, end, frame)
        else:
            slots = self.participle_slots(i, end, form.shape)
        return Trigger(frame, i, end, form.shape, voice, form.agreement, slots, governors)

    def _voice(self, i: int) -> str:
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

    def verb_slots(self, i: int, agreement: str, voice: str, frame: Frame | None = None) -> Slots:
        """The slots of a finite verb at `i`: subj, obj and one per preposition."""
        scene = self.scene
        following = scene.after(i)
        before = scene.before(i)
        slots: Slots = {}
        bare: list[list[Filler] | None] = []
        previous: Filler | None = None
        for f in following:
            if f is None:
                bare.append(None)
            elif f.prep == "":
                joined = previous is not None and previous.prep == "" and bare and bare[-1] and f.how == previous.how
                together = joined and f.mention in scene.coordinated(bare[-1][0].mention, scene.bounds(i)[1])  # type: ignore[index]
                if together and bare[-1] is not None:
                    bare[-1].append(f)
                else:
                    bare.append([f])
            else:
                slots.setdefault(f.prep, []).append(f)
            previous = f
        subj: list[Filler] = []
        obj: list[Filler] = list(slots.pop("obj", []))
        relative = bool(before) and before[0].how == "relative"
        nxt = scene.tokens[i + 1] if i + 1 < len(scene.tokens) else None
        resumed = nxt is not None and nxt.kind == "enclitic"
        if before and resumed and (relative or not obj):  # الذي تقوده أمريكا، ميليشيا تقودها أمريكا
            obj, subj = before, _first(bare)
        elif relative:
            subj, obj = before, _first(bare)
            if voice == "passive":
                subj, obj = [], before
        elif before and (agreement in PLURAL or not _first(bare) or self._fronted(before, i)):
            subj, obj = before, obj or _first(bare)
            if voice == "passive":
                subj, obj = [], before
        elif voice == "passive":
            obj = obj or _first(bare)
        else:
            subj, rest = self._order(bare, agreement, frame, bool(obj))
            obj = obj or rest
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
        if subj:
            self.subjects[i] = subj
            slots["subj"] = subj
        if obj:
            slots["obj"] = obj
        return slots

    def _fronted(self, before: Sequence[Filler], i: int) -> bool:
        """True when the noun before a verb is surely its subject: after إن/كان, or at the head of its clause."""
        scene = self.scene
        k = before[0].mention.first - 1
        lo, _ = scene.bounds(i)
        while k >= lo and (
            scene.tokens[k].text in '"«»“()'
            or (scene.tokens[k].kind == "proclitic" and scene.tokens[k].fold in ("و", "ف"))
        ):
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
        if j < lo or scene.tokens[j].fold not in ("و", "ف", "ثم", "ان", "بينما", "فيما", "اذ", "بعدما", "كما", "كي", "ل", "،"):
            return []
        for k in range(j - 1, lo - 1, -1):
            if subj := self.subjects.get(k):
                gender = scene.gender(subj[0].mention)
                if (agreement == "f" and gender == "m") or (agreement == "m" and gender == "f"):
                    return []
                return [Filler(f.mention, "", "carried") for f in subj]
        return []

    def noun_slots(self, i: int, end: int, frame: Frame) -> tuple[Slots, tuple[int, ...]]:
        """The slots of a verbal noun at `i`: its idafa complement, prepositions, adjective, and the verb above it."""
        scene = self.scene
        slots: Slots = {}
        gen = frame.gen or ("obj" if "obj" in frame.roles else "subj")
        definite = scene.tokens[end - 1].fold.startswith("ال") or (
            scene.tokens[i].fold.startswith("ال") and end > i + 1
        )
        bare = 0
        adjective = self._adjective(end)
        for f in scene.after(end - 1):
            if f is None:
                bare += 1
            elif f.prep in ("", "obj"):
                held = slots.get(gen)
                if held and f.mention in scene.coordinated(held[0].mention, scene.bounds(i)[1]):
                    held.append(f)
                elif f.how == "pronoun" or (bare == 0 and not definite and not adjective and not held):
                    slots.setdefault(gen, []).append(f)
                elif held and "obj" in frame.roles and frame.verbs:  # قصف الطائرات المدينة
                    slots["subj"] = held
                    slots.setdefault("obj", [])
                    slots["obj"] = [*(x for x in slots["obj"] if x not in held), f]
            else:
                slots.setdefault("subj" if f.prep == "من قبل" else f.prep, []).append(f)
        same = {p for p in ("ل", "علي") if p in slots and frame.roles.get(p) == frame.roles.get("obj")}
        if gen == "obj" and same and slots.get("obj") and not slots.get("subj"):  # قصف الحوثيين لمأرب
            slots["subj"] = slots.pop("obj")
        if adjective and (slot := frame.adj) and not slots.get(slot):
            slots[slot] = [adjective]
        governors = self._governed(i, slots)
        return slots, governors

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
        while k >= lo and not (
            scene.is_verb(k) or scene.tokens[k].fold in self.lexicon.light or scene.tokens[k].fold in AUXILIARY
        ):
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
        if entry := self._light(k, prep):
            light, agreement = entry
            above = self.verb_slots(k, agreement, self._voice(k))
            self._lend(above, light, slots)
            return (k,)
        if i - k <= 6 and any(c.kind in _CONTROL for c, _ in self.lexicon.cues.get(scene.tokens[k].fold, ())):
            above = self.verb_slots(k, "", "")
            kinds = {c.kind for c, _ in self.lexicon.cues.get(scene.tokens[k].fold, ())}
            asked = above.get("obj") or above.get("من") if "request" in kinds else None
            if not slots.get("subj") and (found := asked or above.get("subj", [])):
                slots["subj"] = [Filler(f.mention, "", "control") for f in found]
        return ()

    def _light(self, k: int, prep: str) -> tuple[Light, str] | None:
        for light, form in self.lexicon.light.get(self.scene.tokens[k].fold, ()):
            if light.obj_prep == prep or (not light.obj_prep and prep in ("", "ب")):
                return light, form.agreement
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

    def participle_slots(self, i: int, end: int, shape: str) -> Slots:
        """The slots of a participle: what it modifies is its subject (active) or object (passive)."""
        scene = self.scene
        slots: Slots = {}
        following = scene.after(end - 1)
        first = next((f for f in following if f is not None), None)
        if first is not None and not (following[0] is None and first.prep == ""):
            together = scene.coordinated(first.mention, scene.bounds(i)[1])
            slot = {"": "obj" if shape == "active" else "subj", "obj": "obj", "من قبل": "subj"}.get(first.prep, first.prep)
            slots[slot] = [f for f in following if f is not None and f.prep == first.prep and f.mention in together]
        holders = [m for m in scene.within.get(i, ()) if m.first < i]
        lo, _ = scene.bounds(i)
        above = next((self.subjects[k] for k in range(i - 1, lo - 1, -1) if k in self.subjects), None)
        if self._circumstantial(i) and not scene.tokens[i].fold.startswith("ال"):
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


def _first(bare: Sequence[list[Filler] | None]) -> list[Filler]:
    return next((b for b in bare if b), [])


def _readings(form: str) -> tuple[str, ...]:
    """A form, and the same without article or accusative ending."""
    bare = _bare(form)
    return form, bare, bare[:-1] if bare.endswith("ا") else bare


def _bare(form: str) -> str:
    return form[2:] if form.startswith("ال") and len(form) > 4 else form


_CONTROL = frozenset("plan threat attempt request promise failure refusal consideration proposal".split())
_NOUN = Form("", "noun")
