"""The stance of a trigger in its scene: what cues say, what is presupposed, what is only a purpose or still to come."""

from __future__ import annotations

from dataclasses import replace

from khabar.frames import Trigger
from khabar.lexicon import SPEECH, words
from khabar.model import Modality, Stance
from khabar.scene import QUOTES, Scene
from khabar.stance import Stances


class Modalities:
    """Reads the stances of the triggers of one scene."""

    def __init__(self, scene: Scene, stances: Stances) -> None:
        self.scene, self.stances = scene, stances

    def of_event(self, trigger: Trigger) -> Stance:
        """The stance of a happening: purposes and what is to come are planned."""
        stance = self.of(trigger, "Ongoing" if trigger.shape == "present" else "Happened")
        return self._yet(trigger, self._purpose(trigger, stance))

    def of(self, trigger: Trigger, default: Modality) -> Stance:
        """The stance of a trigger; what a participle, a relative clause or a known war says is presupposed.

        The denial or plan of the sentence around it doesn't touch it: القوات الموالية لحفتر لن تنسحب.
        """
        scene = self.scene
        known = trigger.frame.term == "Conflict" and scene.tokens[trigger.first].fold.startswith("ال")
        if trigger.given or known:
            return Stance(default)
        act = trigger.frame.term in SPEECH and trigger.shape == "past"
        since = 0
        if any(f.how == "relative" for fs in trigger.slots.values() for f in fs):
            lo, _ = scene.bounds(trigger.first)
            marks = [k for k in range(lo, trigger.first) if scene.tokens[k].fold in scene.relatives]
            since = marks[-1] if marks else 0
        since = max(since, self._presupposed(trigger))
        deal = trigger.frame.term in SPEECH | {"Agreement"}
        return self.stances.at(trigger.first, trigger.last, default, trigger.governors, since, act, deal)

    def _presupposed(self, trigger: Trigger) -> int:
        """The token from which on cues count, where a past relative clause tells the trigger as known; else 0."""
        scene, tokens = self.scene, self.scene.tokens
        i = trigger.first
        if trigger.shape == "past" and "Aspect=Perf" in tokens[i].feats:
            lo, _ = scene.bounds(i)
            if scene.after_relative(i):  # الضباط الذين قصفوا
                return next(k for k in range(i - 1, lo - 1, -1) if tokens[k].fold in scene.relatives)
            if i - 1 > lo and scene.attributive(i):  # جنود قتلوا مدنيين
                return i
        if trigger.shape == "noun" and i and tokens[i - 1].fold in words()["aftermath"]:
            return i  # تبعات قصف المستشفيات
        if trigger.shape == "noun":
            k, (_, hi) = trigger.last, scene.bounds(i)
            while k < hi and (tokens[k].pos == "ADJ" or tokens[k].fold in scene.relatives):
                k += 1
            known = k < hi and scene.is_verb(k) and "Aspect=Perf" in tokens[k].feats
            told = k < hi and self.stances.reports(k)
            passed = k + 1 < hi and (tokens[k + 1].kind == "enclitic" or tokens[k - 1].fold in scene.relatives)
            denied = any(a.cue.kind in ("denial", "negation") for a in self.stances.active.get(tokens[i].sentence, ()))
            if known and passed and not told and not denied:  # في غارة نفذها الجيش
                return i
        return 0

    def _purpose(self, trigger: Trigger, stance: Stance) -> Stance:
        """A verbal noun or verb after ل of purpose is planned: لتحرير، لقصف."""
        tokens = self.scene.tokens
        k = trigger.first - 1
        while k > 0 and tokens[k].text in QUOTES:
            k -= 1
        if (stance.modality != "Happened" and stance.modality != "Ongoing") or k < 0:
            return stance
        suffered = bool(trigger.governors)  # تعرض لقصف: ل belongs to the verb
        if tokens[k].fold == "ل" and tokens[k].kind == "proclitic" and trigger.frame.verbs and not suffered:
            verbal = self.scene.verbal(trigger.first, trigger.last, trigger.frame.roles)
            serves = verbal and trigger.frame.term not in SPEECH and not self._governed_by_noun(k)
            if trigger.shape == "present" or serves:
                return replace(stance, modality="Planned")
        lo, _ = self.scene.clause(trigger.first)
        for j in range(k, max(lo, k - 5), -1):  # للمشاركة في عملية
            if self.scene.is_verb(j) or j in self.scene.within:
                break
            onset = tokens[j].fold.removeprefix("ال") in words()["taking part"]
            if onset and tokens[j - 1].fold == "ل" and tokens[j - 1].kind == "proclitic":
                return stance if self._governed_by_noun(j - 1) else replace(stance, modality="Planned")
        return stance

    def _yet(self, trigger: Trigger, stance: Stance) -> Stance:
        """What a present verb tells of tomorrow is planned: يعقد غدا اجتماعا."""
        tokens = self.scene.tokens
        verb = trigger.governors[0] if trigger.governors else trigger.first
        if not stance.settled or not self.scene.is_verb(verb) or tokens[verb].fold[0] not in "يتن":
            return stance
        if "Aspect=Perf" in tokens[verb].feats:
            return stance
        a, b = self.scene.clause(verb)
        return replace(stance, modality="Planned") if any(t.fold in words()["future"] for t in tokens[a:b]) else stance

    def _governed_by_noun(self, k: int) -> bool:
        """True when ل at `k` belongs to a noun of speech before it: إدانة شديدة لقصف كييف.

        What a force moves or fights for (تحركها لتحرير العاصمة, هجوم لاستعادة القاعدة) is a purpose.
        """
        scene = self.scene
        lo, _ = scene.clause(k)
        if k > lo and scene.tokens[k - 1].fold in scene.owing:  # نتيجة لقصف
            return True
        for j in range(k - 1, lo - 1, -1):
            if scene.is_verb(j):
                return False
            key = scene.tokens[j].fold.removeprefix("ال")
            if key in scene.forms.events:
                return j not in scene.starts and key in scene.forms.dative
        return False
