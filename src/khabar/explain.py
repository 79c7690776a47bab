"""Tells in words, English and Arabic, how a claim came about; the words are `data/explanations.tsv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from khabar.lexicon import Lexicon
from khabar.model import Stance
from khabar.resources import folder
from khabar.text import fold
from khabar.trace import Trace

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")
_PROCLITICS = ("", "و", "ف", "ب", "ل", "وب", "ول")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a claim rests on: its trace and stance, its triggers and who fills which slot, by name.

    `cues` are the words of its passage that may have decided the stance, `source` is empty for the outlet itself.
    """

    trace: Trace
    stance: Stance
    triggers: Sequence[str]
    fillers: Mapping[str, Sequence[str]]
    cues: Sequence[str]
    source: str
    confidence: str


class Words:
    """The table of explanations."""

    def __init__(self) -> None:
        with (folder("data") / "explanations.tsv").open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, delimiter="\t")
            self._rows = {(row["kind"], row["name"]): row for row in table}

    def has(self, kind: str, name: str) -> bool:
        """Whether the table explains this."""
        return (kind, name) in self._rows

    def say(self, language: Language, kind: str, name: str, /, **values: str) -> str:
        """The words for a name with its values filled in; the name where a store has one that the table lacks."""
        row = self._rows.get((kind, name))
        return row[language].format(**values) if row else name

    def explain(self, grounds: Grounds, language: Language) -> list[str]:
        """One line for each part: what told it, each slot, stance, cues, source, confidence."""
        comma, semicolon = ("، ", "؛ ") if language == "ar" else (", ", "; ")

        def say(kind: str, name: str, /, **values: str) -> str:
            return self.say(language, kind, name, **values)

        made, stance = grounds.trace, grounds.stance
        name = made.name if made.pattern == "frame" else made.name.partition(":")[2]
        told = say("word", "told by", pattern=say("pattern", made.pattern, name=name))
        if made.trigger:
            told += comma + say("word", "through", trigger=say("trigger", made.trigger))
        lines = [told + "".join(f" « {word} »" for word in grounds.triggers)]
        for slot in dict.fromkeys(slot for slot, _ in made.slots):
            hows = dict.fromkeys(say("how", how) for at, how in made.slots if at == slot)
            who = f" ({comma.join(grounds.fillers[slot])})" if grounds.fillers.get(slot) else ""
            lines.append(f"{say('slot', slot)}{who}: {semicolon.join(hows)}")
        parts = {part: say("stance", getattr(stance, part)) for part in ("modality", "polarity", "certainty")}
        verdict = say("word", "fact" if stance.settled else "no fact")
        lines.append(say("word", "stance", **parts) + comma + verdict)
        if grounds.cues:
            lines.append(say("word", "cues", cues=comma.join(grounds.cues)))
        lines.append(say("word", "source", source=grounds.source) if grounds.source else say("word", "outlet"))
        sure = "model confidence" if made.pattern == "llm" else "confidence"
        lines.append(say("word", sure, confidence=grounds.confidence))
        return lines


def cues(passage: str, stance: Stance, lexicon: Lexicon) -> list[str]:
    """The words of a passage that may have decided a stance: of denial, doubt or plan, and of attribution.

    None for what the outlet tells as a plain fact. That a word stands in the passage does not say that it reaches the
    claim: its reach is not kept.
    """
    if stance.settled and stance.source is None:
        return []
    found = []
    for word in re.findall(r"\w+", passage):
        stem = fold(word)
        forms = [stem.removeprefix(clitic) for clitic in _PROCLITICS if stem.startswith(clitic)]
        kinds = {cue.kind for form in forms for cue, _ in lexicon.cues.get(form, ())}
        if kinds - {"attribution"} if not stance.settled else kinds:
            found.append(word)
    return list(dict.fromkeys(found))
