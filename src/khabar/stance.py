"""Whether the text says that it happened, and who says so: cues of `ontology/lexicon/cues.tsv` and their scopes.

A cue colours the tokens of its scope. Of several, the nearest before a trigger decides modality, negations cancel out,
the weakest certainty holds, and the innermost attribution names the source. Conditions and threats outrank the plain
future under them.
"""

from __future__ import annotations

from collections.abc import Sequence

from khabar.cues import Active, CueReader, SubjectOf
from khabar.lexicon import Cue, Lexicon, words
from khabar.model import Certainty, Modality, Polarity, Stance
from khabar.scene import QUOTES, Scene

_WEIGHT = {"Certain": 0, "Probable": 1, "Possible": 2}
_RANK = {"Conditional": 2, "Threatened": 3, "Proposed": 1, "Requested": 1, "Considered": 1}
CARRIED = frozenset(
    "agreement request threat proposal plan fear refusal attempt failure consideration promise stop ended".split()
)
_QUOTATION = Cue("quotation", "attribution", "", "", "content", ())


class Stances:
    """Stances of one document; sentences are read in order, since sources and quotations carry over."""

    def __init__(self, scene: Scene, lexicon: Lexicon, subject_of: SubjectOf) -> None:
        self.scene, self._lexicon = scene, lexicon
        self.active: dict[int, list[Active]] = {}
        cues = CueReader(scene, lexicon, subject_of)
        last: str | None = None
        quoting: str | None = None
        for s in scene.sentences:
            found = list(cues.read(s.first, s.last, last))
            spoken = [a.source for a in found if a.source and a.speaks]
            if quoting and not any(a.speaks and a.at < s.first + 3 for a in found):
                closes = next((i for i in range(s.first, s.last) if scene.tokens[i].text in ("»", "”", '"')), s.last)
                found.append(Active(_QUOTATION, s.first, s.first, s.first, closes, "", "", "", quoting, True))
                if closes < s.last:
                    quoting = None
            self.active[s.i] = found
            if spoken:
                last = spoken[-1]
            quoting = self._open_quote(s.first, s.last, spoken[-1] if spoken else None, quoting)

    def _open_quote(self, first: int, last: int, speaker: str | None, quoting: str | None) -> str | None:
        depth, straight = 0, 0
        for i in range(first, last):
            text = self.scene.tokens[i].text
            depth += (text in "«“") - (text in "»”") if text in QUOTES else 0
            straight += text == '"'
        if speaker is not None:
            return speaker if depth > 0 or straight % 2 else None
        return quoting

    def at(
        self,
        i: int,
        last: int,
        default: Modality,
        governors: Sequence[int] = (),
        since: int = 0,
        act: bool = False,
        deal: bool = False,
    ) -> Stance:
        """The stance of a trigger at tokens `i` to `last`; `governors` are light verbs that carry its negation.

        Of cues before token `since` only the source counts; an `act` of speech that is told as done stands outside the
        condition that follows it (هدد بالرد إذا هوجم), and a `deal` stands when it is agreed on (اتفقا على هدنة).
        """
        sentence = self.scene.tokens[i].sentence
        covering = [
            a
            for a in self.active.get(sentence, ())
            if any(a.lo <= g < a.hi for g in (i, *governors))
            and not (a.at < last and a.end > i)
            and (a.at not in governors or a.cue.kind in CARRIED)
            and not (a.cue.scope == "verb" and not any(self._governs(a, g) for g in (i, *governors)))
        ]
        modality, rank, where = default, -1, -1
        flips, certainty, source, source_at = 0, "Certain", None, -2
        for a in sorted(covering, key=lambda a: a.at):
            if a.source:
                reach = -1 if a.cue.scope == "sentence" and a.at > i else a.at
                if reach > source_at:
                    source, source_at = a.source, reach
            outside = a.at < since and not (a.cue.kind == "claim" and a.speaks)  # زعم أنه صد هجوما شنته
            if outside or (act and a.cue.scope == "condition" and a.at > i) or (deal and a.cue.kind == "agreement"):
                continue
            if a.modality:
                r = _RANK.get(a.modality, 0)
                if r > rank or (r == rank and a.at > where):
                    modality, rank, where = a.modality, r, a.at  # type: ignore[assignment]
            flips += a.polarity == "Negated"
            if a.certainty and _WEIGHT[a.certainty] > _WEIGHT[certainty]:
                certainty = a.certainty
        if modality == "Ongoing" and self._subjunctive(i):
            modality = "Planned"  # من المرجح أن تنسحب، يأمل أن تنسحب
        polarity: Polarity = "Negated" if flips % 2 else "Affirmed"
        sure: Certainty = certainty  # type: ignore[assignment]
        return Stance(modality, polarity, sure, source)

    def reports(self, i: int) -> bool:
        """True for a word that is a cue of some kind at token `i`."""
        return self.scene.tokens[i].fold in self._lexicon.cues

    def _subjunctive(self, i: int) -> bool:
        """True for a present verb right behind أن, which tells no fact unless it was achieved or came before."""
        tokens = self.scene.tokens
        if i < 2 or tokens[i - 1].fold != "ان" or tokens[i - 2].fold in ("قبل", "لبث", "لبثت"):
            return False
        lo, _ = self.scene.bounds(i)
        above = next((tokens[k].fold for k in range(i - 2, lo - 1, -1) if self.scene.is_verb(k)), "")
        return above not in words()["achieved"]

    def _governs(self, a: Active, i: int) -> bool:
        """A particle reaches the verb right after it, not what lies beyond that verb."""
        return not any(self.scene.is_verb(k) for k in range(a.end, i)) if not self.scene.is_verb(i) else True
