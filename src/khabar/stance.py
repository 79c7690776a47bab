"""Whether the text says that it happened, and who says so: cues of `ontology/lexicon/cues.tsv` and their scopes.

A cue colours the tokens of its scope. Of several, the nearest before a trigger decides modality, negations cancel out,
the weakest certainty holds, and the innermost attribution names the source. Conditions and threats outrank the plain
future under them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from khabar.clauses import QUOTES, STOPS, Scene
from khabar.lexicon import Cue, Lexicon
from khabar.model import Certainty, Mention, Modality, Polarity, Stance

CONTRAST = frozenset("لكن لكنه لكنها بينما فيما وفيما بيد غير_ان الا_ان في_حين في_المقابل في_المقابل".split())
SPEAKERS = frozenset(
    "Person Organization Government InternationalOrganization MediaOutlet StateForce RebelGroup Militia UnnamedSource"
    " PrivateMilitaryCompany MilitaryUnit ArmedForce Country PopulationGroup Facility".split()
)
REPORTING = frozenset(("attribution", "denial", "claim", "hedge", "promise", "accusation"))
CONTINUING = frozenset("اضاف تابع اردف استطرد زاد مضي اوضح اشار لفت قال اكد ذكر ختم نوه شدد بين استدرك".split())
NEGATORS = frozenset("لم لن لا ما ليس ليست".split())
_WEIGHT = {"Certain": 0, "Probable": 1, "Possible": 2}
_RANK = {"Conditional": 2, "Threatened": 3, "Proposed": 1, "Requested": 1, "Considered": 1}
SubjectOf = Callable[[int], Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class Active:
    """A cue at work: tokens `at` to `end` are its own words, `lo` to `hi` its scope (half-open)."""

    cue: Cue
    at: int
    end: int
    lo: int
    hi: int
    modality: str
    polarity: str
    certainty: str
    source: str | None
    speaks: bool


def _effect(text: str) -> dict[str, str]:
    return dict(x.split("=", 1) for x in text.split())


class Stances:
    """Stances of one document; sentences are read in order, since sources and quotations carry over."""

    def __init__(self, scene: Scene, lexicon: Lexicon, subject_of: SubjectOf) -> None:
        self.scene, self.lexicon, self.subject_of = scene, lexicon, subject_of
        self.active: dict[int, list[Active]] = {}
        self._speaker: str | None = None
        last: str | None = None
        quoting: str | None = None
        for s in scene.sentences:
            found = list(self._sentence(s.first, s.last, last))
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

    # finding cues ----------------------------------------------------------------------------------------------

    def _sentence(self, first: int, last: int, previous: str | None) -> Iterable[Active]:
        self._speaker = None
        for i in range(first, last):
            yield from self._particle(i, last)
            for cue, end, verb in self._cues_at(i, last):
                if made := self._activate(cue, i, end, verb, first, last, previous):
                    if made.source and made.speaks:
                        self._speaker = made.source
                    yield made

    def _particle(self, i: int, last: int) -> Iterable[Active]:
        """قد before a present verb (it may), and the two halves of لو (it would have)."""
        tokens = self.scene.tokens
        if i + 1 >= last or tokens[i].kind != "stem":
            return
        if tokens[i].fold == "قد":
            j = i + 2 if tokens[i + 1].fold in ("لا", "لن") else i + 1
            if (
                j < last
                and tokens[j].fold[0] in "يتن"
                and "Aspect=Perf" not in tokens[j].feats
                and self.scene.is_verb(j)
            ):
                yield Active(_MAYBE, i, i + 1, i + 1, self._near(j, last), "Planned", "", "Possible", None, False)
        elif tokens[i].fold in ("لو", "لولا"):
            main = next(
                (k for k in range(i + 2, last - 1) if tokens[k].fold == "ل" and self.scene.is_verb(k + 1)), last
            )
            if main < last:
                yield Active(_MAYBE, i, i + 1, i + 1, main, "", "Negated", "", None, False)
                yield Active(_MAYBE, i, i + 1, main + 1, last, "Conditional", "Negated", "", None, False)

    def _cues_at(self, i: int, last: int) -> Iterable[tuple[Cue, int, bool]]:
        tokens = self.scene.tokens
        t = tokens[i]
        if t.kind not in ("stem", "proclitic") or any(m.how == "name" for m in self.scene.within.get(i, ())):
            return
        seen: set[tuple[str, str]] = set()
        longest = i
        for words, cue in self.lexicon.cue_phrases.get(t.fold, ()):
            if (end := self._match(i, last, words)) is not None:
                seen.add((cue.kind, cue.effect))
                longest = max(longest, end)
                yield cue, end, False
        if longest > i + 1 or (t.kind == "proclitic" and t.fold != "س"):
            return
        bare = t.fold[2:] if t.fold.startswith("ال") and len(t.fold) > 4 else t.fold
        for key in {t.fold, bare}:
            for cue, form in self.lexicon.cues.get(key, ()):
                verbal = form.shape in ("past", "present")
                if verbal and (key != t.fold or not self._verb_here(i)):
                    continue
                if (
                    not verbal
                    and t.pos == "VERB"
                    and cue.kind not in ("hedge", "negation", "condition", "claim", "plan", "request")
                ):
                    continue
                if (cue.kind, cue.effect) not in seen:
                    seen.add((cue.kind, cue.effect))
                    yield cue, i + 1, verbal

    def _verb_here(self, i: int) -> bool:
        """True where the word is a verb; also where its ending or prefix shows one and no preposition stands before."""
        t = self.scene.tokens[i]
        if self.scene.is_verb(i) or t.pos == "":
            return True
        if t.pos in ("ADP", "NUM", "SCONJ") or (i and self.scene.is_prep(i - 1)):
            return False
        return len(t.fold) > 3 and (t.fold.endswith(("ت", "وا", "ون")) or t.fold[0] == "ي")

    def _match(self, i: int, last: int, words: tuple[str, ...]) -> int | None:
        """The token after a phrase that begins at `i`, clitics being tokens of their own; None where it does not match."""
        j = i
        for word in words:
            if j >= last:
                return None
            if self.scene.tokens[j].fold != word:
                joined = self.scene.tokens[j].fold + (self.scene.tokens[j + 1].fold if j + 1 < last else "")
                if joined != word:
                    return None
                j += 1
            j += 1
        return j

    def _activate(
        self, cue: Cue, i: int, end: int, verb: bool, first: int, last: int, previous: str | None
    ) -> Active | None:
        negated = verb and self._negated(i, first)
        effect = _effect(cue.negated if negated and cue.negated else cue.effect)
        polarity, certainty = effect.get("polarity", ""), effect.get("certainty", "")
        if negated and not cue.negated:
            if cue.kind == "attribution":
                certainty = certainty or "Possible"
            else:
                polarity = "" if polarity == "Negated" else "Negated"
        source: str | None = None
        wanted = effect.get("source", "")
        if wanted == "next":
            source = self._mention_after(end, last)
            if source is None:
                return None
        elif wanted == "عن":
            about = next((k for k in range(end, min(last, end + 12)) if self.scene.tokens[k].fold == "عن"), None)
            source = self._mention_after(about + 1, last) if about else None
            if source is None:
                return None
        elif wanted == "subj" and verb:
            source = next((m.entity for m in self.subject_of(i) if m.cls in SPEAKERS), None)
            if source is None and (cue.name in CONTINUING or i <= first + 3):
                source = previous
        elif wanted == "same":
            before = next((k for k in range(i - 1, first - 1, -1) if self.scene.is_verb(k)), None)
            subject = self.subject_of(before) if before is not None and self._speaker is None else ()
            source = self._speaker or next((m.entity for m in subject if m.cls in SPEAKERS), None)
        elif wanted == "subj":
            source = self._mention_after(end, last, strict=True)
        opened = self._opens_content(end, last)
        if cue.kind == "attribution" and source is None and not certainty and not opened:
            return None
        if cue.kind == "negation" and self._limited(end, last):
            return None
        lo, hi = self._scope(cue, i, end, first, last)
        if cue.kind in REPORTING and cue.scope == "content" and verb:
            if opened:
                lo = max(lo, opened)
            elif cue.kind == "attribution" and i > first + 4 and self.scene.tokens[i - 1].text in '،-–"»”':
                lo, hi = self._segment(i, first, last)
            elif source and (spoken := self._speaker_end(source, end, hi)):
                lo = spoken
        speaks = bool(wanted)
        return Active(cue, i, end, lo, hi, effect.get("modality", ""), polarity, certainty, source, speaks)

    def _negated(self, i: int, first: int) -> bool:
        return any(self.scene.tokens[j].fold in NEGATORS for j in range(max(first, i - 2), i))

    def _mention_after(self, j: int, last: int, strict: bool = False) -> str | None:
        scene = self.scene
        for k in range(j, min(last, j + (3 if strict else 7))):
            if (m := scene.starts.get(k)) and m.cls in SPEAKERS:
                return m.entity
            if scene.tokens[k].text in STOPS or scene.is_verb(k):
                return None
        return None

    def _opens_content(self, j: int, last: int) -> int:
        """The token after the أن/إن, colon or quotation mark that opens what is said; 0 when none follows."""
        for k in range(j, min(last, j + 30)):
            t = self.scene.tokens[k]
            if t.fold in ("ان", "بان") or t.text in (":", "«", "“"):
                return k + 1
            if self._contrast(k) or (k > j and self.scene.opens_clause(k)):
                return 0
        return 0

    def _speaker_end(self, source: str, j: int, last: int) -> int:
        """The token after the speaker's name where it follows the verb closely, else 0."""
        found = [
            m.last
            for m in self.scene.entities[source].mentions
            if m.how != "pronoun" and j <= m.first < min(last, j + 14)
        ]
        return min(found, default=0)

    def _limited(self, j: int, last: int) -> bool:
        """True for 'not only' and 'none but', which affirm: فحسب، فقط، سوى، إلا."""
        words = [self.scene.tokens[k].fold for k in range(j, min(last, j + 10))]
        return any(w in ("فحسب", "فقط", "سوي", "الا") for w in words)

    # scopes ----------------------------------------------------------------------------------------------------

    def _scope(self, cue: Cue, i: int, end: int, first: int, last: int) -> tuple[int, int]:
        tokens = self.scene.tokens
        if cue.scope == "sentence":
            return self._segment(i, first, last)
        if cue.scope == "verb":
            j = end
            while j < min(last, end + 4) and not self.scene.is_verb(j):
                j += 1
            return end, min(last, j + 1) if j < min(last, end + 4) else min(last, end + 2)
        if cue.scope == "gen":
            return end, min(self._near(end, last), end + 3)
        if cue.scope == "near":
            return end, self._near(end, last)
        if cue.scope == "before":
            return max(first, i - 3), i
        if cue.scope == "condition":
            return self._clause_start(i, first), last
        start = end
        if cue.scope == "prep":
            j = next((k for k in range(end, min(last, end + 14)) if tokens[k].fold in cue.preps), None)
            return (j + 1, self._near(j + 1, last)) if j is not None else (last, last)
        return start, self._content_end(cue, i, start, last)

    def _segment(self, i: int, first: int, last: int) -> tuple[int, int]:
        """The stretch between connectors of contrast that holds `i`."""
        lo = next((k + 1 for k in range(i - 1, first - 1, -1) if self._contrast(k)), first)
        hi = next((k for k in range(i + 1, last) if self._contrast(k)), last)
        return lo, hi

    def _contrast(self, k: int) -> bool:
        tokens = self.scene.tokens
        pair = tokens[k].fold + "_" + (tokens[k + 1].fold if k + 1 < len(tokens) else "")
        return tokens[k].fold in CONTRAST or pair in CONTRAST

    def _near(self, j: int, last: int) -> int:
        while j < last and self.scene.tokens[j].text not in "،؛.!؟" and not self.scene.opens_clause(j):
            j += 1
        return j

    def _clause_start(self, i: int, first: int) -> int:
        j = i
        while j > first and not (
            self.scene.tokens[j - 1].fold in ("ان", "انه", "انها", "بان", ":", "بانه") or self._contrast(j - 1)
        ):
            if self.scene.tokens[j - 1].text in "؛.":
                break
            j -= 1
        return j

    def _content_end(self, cue: Cue, i: int, j: int, last: int) -> int:
        """Where the complement of a cue ends: at a contrast, or where و and a verb of the cue's own level follow."""
        tokens = self.scene.tokens
        past = "Aspect=Perf" in tokens[i].feats or cue.kind in ("attribution", "denial")
        k = j
        while k < last:
            if self._contrast(k):
                return k
            if self.scene.opens_clause(k):
                v = k + 1
                while v < last and tokens[v].fold in self.scene.particles | self.scene.time:
                    v += 1
                if v < last and self._reports(v):
                    return k
                if cue.kind not in ("attribution", "claim") and past and "Aspect=Perf" in tokens[v].feats and k > j + 1:
                    return k
            k += 1
        return last

    def _reports(self, v: int) -> bool:
        """True for a verb that opens a new statement (a reporting, denying, asking or threatening one)."""
        kinds = {c.kind for c, f in self.lexicon.cues.get(self.scene.tokens[v].fold, ()) if f.shape == "past"}
        return (
            bool(kinds & (REPORTING | {"request", "threat", "proposal", "refusal"}))
            and self.scene.tokens[v].pos == "VERB"
        )

    # the verdict -----------------------------------------------------------------------------------------------

    def at(self, i: int, last: int, default: Modality, governors: Sequence[int] = ()) -> Stance:
        """The stance of a trigger at tokens `i` to `last`; `governors` are light verbs that carry its negation and tense."""
        sentence = self.scene.tokens[i].sentence
        covering = [
            a
            for a in self.active.get(sentence, ())
            if any(a.lo <= g < a.hi for g in (i, *governors))
            and not (a.at < last and a.end > i)
            and a.at not in governors
            and not (a.cue.scope == "verb" and not any(self._governs(a, g) for g in (i, *governors)))
        ]
        modality, rank, where = default, -1, -1
        flips, certainty, source, source_at = 0, "Certain", None, -2
        for a in sorted(covering, key=lambda a: a.at):
            if a.modality:
                r = _RANK.get(a.modality, 0)
                if r > rank or (r == rank and a.at > where):
                    modality, rank, where = a.modality, r, a.at  # type: ignore[assignment]
            flips += a.polarity == "Negated"
            if a.certainty and _WEIGHT[a.certainty] > _WEIGHT[certainty]:
                certainty = a.certainty
            if a.source:
                reach = -1 if a.cue.scope == "sentence" and a.at > i else a.at
                if reach > source_at:
                    source, source_at = a.source, reach
        subjunctive = i > 0 and self.scene.tokens[i - 1].fold == "ان" and default == "Ongoing"
        if subjunctive and modality == "Ongoing" and certainty != "Certain":
            modality = "Planned"  # من المرجح أن تنسحب
        polarity: Polarity = "Negated" if flips % 2 else "Affirmed"
        sure: Certainty = certainty  # type: ignore[assignment]
        return Stance(modality, polarity, sure, source)

    def _governs(self, a: Active, i: int) -> bool:
        """A particle reaches the verb right after it, not what lies beyond that verb."""
        return not any(self.scene.is_verb(k) for k in range(a.end, i)) if not self.scene.is_verb(i) else True


_MAYBE = Cue("particle", "hedge", "", "", "near", ())
_QUOTATION = Cue("quotation", "attribution", "", "", "content", ())
