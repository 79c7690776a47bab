"""Where a happening is told to be: the places of its own words, else those around it."""

from __future__ import annotations

from khabar.clauses import Filler, Phrases
from khabar.frames import Trigger
from khabar.lexicon import SPEECH, words
from khabar.mentions.scan import PLACES
from khabar.model import Mention
from khabar.scene import Scene
from khabar.scopes import CONTRAST

TURNS = CONTRAST | {"حين", "ذلك"}
PLACE_PREPS = ("في", "ب", "قرب", "داخل", "وسط", "شرق", "غرب", "شمال", "جنوب", "عند", "نحو", "علي", "الي")
REACH = 25  # tokens behind the town that opens a sentence as its scene


def is_place(m: Mention) -> bool:
    """True for a place of any sort."""
    return m.cls in PLACES


class Locations:
    """Finds the places of the happenings of one scene."""

    def __init__(self, scene: Scene, phrases: Phrases) -> None:
        self.scene, self.phrases = scene, phrases

    def of(self, trigger: Trigger) -> list[tuple[Mention, str]]:
        """Where it happened: a place after في or ب behind the trigger, else one before it in the clause."""
        for prep in PLACE_PREPS if trigger.frame.term not in SPEECH else ():
            found = [f for f in trigger.slots.get(prep, []) if is_place(f.mention) and prep not in trigger.frame.roles]
            if found:
                return [(f.mention, "place") for n, f in enumerate(found) if n == 0 or not self._holds(f, found[n - 1])]
        if trigger.frame.term in SPEECH:
            return []
        scene = self.scene
        if seen := self._witness(trigger):
            return [(seen, "place before")]
        lo, _ = scene.clause(trigger.first)
        for k in range(trigger.first - 1, lo, -1):
            m = scene.starts.get(k)
            if (
                m
                and is_place(m)
                and m.cls != "Country"
                and scene.tokens[k - 1].fold in ("في", "ب")
                and scene.opens(k - 1)  # وفي حلب، قتل
                and m.last <= trigger.first
            ):
                return [(m, "place before")]
        return []

    def _witness(self, trigger: Trigger) -> Mention | None:
        """The town that its sentence opens with as the scene: شهدت بنغازي مظاهرة، وفرقت قوات الأمن المتظاهرين."""
        scene, (lo, hi) = self.scene, self.scene.bounds(trigger.first)
        at = next((k for k in range(lo, min(lo + 3, hi)) if scene.tokens[k].fold in words()["witness"]), -1)
        between = {t.fold for t in scene.tokens[at : trigger.first]}
        if at < 0 or not scene.opens(at) or trigger.first - at > REACH or between & TURNS:
            return None
        found, _, _ = self.phrases.phrase(at + 1, hi)
        return next((m for m in found if is_place(m) and m.cls != "Country"), None)

    def _holds(self, outer: Filler, inner: Filler) -> bool:
        """True where one place stands right behind another that lies in it: مطار معيتيقة في طرابلس."""
        between = self.scene.tokens[inner.mention.last : outer.mention.first]
        return len(between) < 4 and all(t.fold in words()["within"] for t in between)
