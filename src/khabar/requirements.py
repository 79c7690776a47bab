"""What a trigger must have to count: the classes, places and weapons that its frame's flags ask for."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.clauses import Filler
from khabar.frames import Trigger
from khabar.happenings import taken
from khabar.lexicon import SPEECH, words
from khabar.mentions.scan import PLACES
from khabar.model import Mention
from khabar.scene import Scene
from khabar.verb_slots import VIOLENT

ARMED = frozenset(
    "ArmedForce StateForce RebelGroup Militia PrivateMilitaryCompany MilitaryUnit Materiel Country".split()
)
FIGHTERS = ARMED - {"Country", "Materiel"} | {"PopulationGroup"}
PERSONS = frozenset(
    "Person Position PopulationGroup Government Organization InternationalOrganization UnnamedSource".split()
)
LOCAL = frozenset("في ب مدينه بلده قريه محافظه منطقه".split())
HOSTILE = VIOLENT | {"TerritoryChange", "Coercion"}


class Requirements:
    """Checks the triggers of one scene against their flags (`ontology/lexicon/README.md`)."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def met(self, trigger: Trigger, roles: Sequence[tuple[str, Mention, str]]) -> bool:
        """Whether a trigger has what its class and its flags (`ontology/lexicon/README.md`) ask for."""
        frame, term = trigger.frame, trigger.frame.term
        filled = {r for r, *_ in roles}
        if not self._flags(trigger, roles):
            return False
        if "durative" in frame.flags and term == "TerritoryChange" and self._lasts(trigger):
            return False
        war = term == "Conflict" and self.scene.tokens[trigger.first].fold.startswith("ال")
        if not roles and term not in VIOLENT and not war and not self._somewhere(trigger):
            return False
        if term in ("Meeting", "Agreement") and not filled & {"participant", "agent", "place"}:
            return False
        return term not in SPEECH or trigger.shape != "noun" or "agent" in filled

    def _lasts(self, trigger: Trigger) -> bool:
        """True where a frame tells a state, no change: تسيطر على, مناطق تخضع لسيطرة المعارضة."""
        tokens, i = self.scene.tokens, trigger.first
        before = {t.fold for t in tokens[max(0, i - 2) : i]}
        lo, _ = self.scene.bounds(i)
        freed = "من" in before and any(t.fold in words()["freed"] for t in tokens[lo:i])  # حررت عدن من سيطرة الحوثيين
        lasting = freed or bool(before & words()["lasting"])
        return trigger.shape == "present" or (trigger.shape == "noun" and lasting)

    def _somewhere(self, trigger: Trigger) -> bool:
        """True where the sentence of a trigger without roles at least tells of one place."""
        scene = self.scene
        lo, hi = scene.bounds(trigger.first)
        inside = [m for k in range(lo + 1, hi) if (m := scene.starts.get(k)) and scene.tokens[k - 1].fold in LOCAL]
        return len({m.entity for m in inside if m.cls in PLACES - {"Country"}}) == 1

    def _flags(self, trigger: Trigger, roles: Sequence[tuple[str, Mention, str]]) -> bool:
        flags, term = trigger.frame.flags, trigger.frame.term
        # who speaks or commands stands for his force
        leaders = term in HOSTILE | {"Proposal"} or trigger.agreement in ("1p", "1s")
        others = [(r, m) for r, m, _ in roles if r != "place"]
        classes = {"ArmedForce" if self._of_force(m) else m.cls for _, m in others}
        if "armed" in flags and not self._of_happening(trigger):
            agentless = term == "TerritoryChange" and roles and not any(r == "agent" for r, _ in others)
            if not (classes & (ARMED | {"Government"}) or (leaders and "Person" in classes) or agentless):
                return False
        if "force" in flags and not (classes & FIGHTERS or (leaders and "Person" in classes)):
            return False
        if "weapon" in flags and "Materiel" not in classes:
            return False
        if "place" in flags and not taken(roles):
            return False
        told = {"agent", "recipient"} <= {r for r, _ in others} and not self.scene.after_relative(trigger.first)
        if "said" in flags and not told:
            return False
        forceful = any(r == "agent" and m.cls in FIGHTERS for r, m in others)
        return "person" not in flags or (bool(classes & PERSONS) and not forceful)

    def _of_happening(self, trigger: Trigger) -> bool:
        """True for a verb that says more of an attack right before it: غارة استهدفت سوقا, الهجوم الذي وقع."""
        scene, k = self.scene, trigger.first - 1
        if trigger.shape not in ("past", "present"):
            return False
        while k > 0 and (scene.tokens[k].pos == "ADJ" or scene.tokens[k].fold in scene.relatives):
            k -= 1
        return scene.tokens[k].kind == "stem" and scene.tokens[k].fold.removeprefix("ال") in scene.forms.events

    def _of_force(self, m: Mention) -> bool:
        """True for people told by their force: قيادات التنظيم، عناصر الجيش."""
        inner = self.scene.within.get(m.last - 1, ()) if m.cls == "PopulationGroup" else ()
        return any(x.cls in FIGHTERS - {"PopulationGroup"} for x in inner)

    def explodes(self, trigger: Trigger, m: Mention) -> bool:
        """True for a bomb or mine that is the object of blowing up."""
        tokens = self.scene.tokens
        blown = "فجر" in tokens[trigger.first].fold or "فجير" in tokens[trigger.first].fold
        return blown and any(t.fold.removeprefix("ال") in words()["exploding"] for t in tokens[m.first : m.last])

    @staticmethod
    def tie(flags: frozenset[str], subjects: Sequence[Filler], everybody: Sequence[Filler]) -> bool:
        """Flags of a relation's frame: who is tied must be armed, a force or a person; a weapon may stand anywhere."""
        classes, anybody = {f.mention.cls for f in subjects}, {f.mention.cls for f in everybody}
        if "weapon" in flags and "Materiel" not in anybody:
            return False
        if "armed" in flags and not anybody & (ARMED | {"Government", "Person"}):
            return False
        if "force" in flags and not (classes if "joins" in flags else anybody) & FIGHTERS:
            return False
        return "person" not in flags or bool(classes & PERSONS)
