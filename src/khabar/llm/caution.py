"""What khabar's own cues say of a claim that a model takes for a plain fact: denial, doubt and plan outweigh it."""

from __future__ import annotations

from dataclasses import replace

from khabar.extractor import RuleExtractor
from khabar.frames import FrameReader, Trigger
from khabar.lexicon import SPEECH
from khabar.modality import Modalities
from khabar.model import Stance
from khabar.scene import Scene


class Caution:
    """Reads the stance of any word of a scene as the rules would, whoever picked the word."""

    def __init__(self, scene: Scene, rules: RuleExtractor) -> None:
        self._scene = scene
        self._reader = FrameReader(scene, rules.lexicon)
        self._stances = rules.stances(scene, self._reader)
        self._modalities = Modalities(scene, self._stances)
        self._triggers: dict[int, list[Trigger]] = {}

    def weaken(self, stance: Stance, term: str, first: int, last: int) -> Stance:
        """The stance, or a weaker one, of a claim of this class or relation whose trigger is tokens `first` to `last`.

        A tie that a noun tells (رئيس الحكومة) is taken as known, and only a denial reaches it.
        """
        if not stance.settled:
            return stance
        tie = term[0].islower()
        trigger = self._trigger(term, first, last)
        if trigger is not None:
            read = self._modalities.of(trigger, "Ongoing") if tie else self._modalities.of_event(trigger)
        else:
            read = self._stances.at(first, last, stance.modality, act=term in SPEECH)
            if tie and read.polarity == "Affirmed" and not any(self._scene.is_verb(i) for i in range(first, last)):
                return stance
        return stance if read.settled else replace(read, source=stance.source or read.source)

    def _trigger(self, term: str, first: int, last: int) -> Trigger | None:
        """The trigger that the frames see in these words, of the same term if there is one."""
        sentence = self._scene.tokens[first].sentence
        if sentence not in self._triggers:
            bounds = self._scene.bounds(first)
            self._triggers[sentence] = [t for readings in self._reader.triggers(*bounds) for t in readings]
        found = [t for t in self._triggers[sentence] if t.first < last and t.last > first]
        return min(found, key=lambda t: t.frame.term != term, default=None)
