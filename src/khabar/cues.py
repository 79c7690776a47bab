"""Finds the cues of stance in a sentence: verbs of speech and denial, hedges, negations, plans, conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from khabar.lexicon import Cue, Lexicon, words
from khabar.model import Mention
from khabar.scene import QUOTES, STOPS, Scene
from khabar.scopes import REPORTING, Scopes

SPEAKERS = frozenset(
    "Person Organization Government InternationalOrganization MediaOutlet StateForce RebelGroup Militia UnnamedSource"
    " PrivateMilitaryCompany MilitaryUnit ArmedForce Country PopulationGroup Facility".split()
)
CONTINUING = frozenset("اضاف تابع اردف استطرد زاد مضي اوضح اشار لفت قال اكد ذكر ختم نوه شدد بين استدرك".split())
NEGATORS = frozenset("لم لن لا ما ليس ليست".split())
JUSSIVE = frozenset("يعد تعد يرد ترد توقع".split())  # لم يعد: returned, no longer; لم توقع: signed
PARTICLES = frozenset("hedge negation condition claim plan request fear wish ended".split())
SubjectOf = Callable[[int], Sequence[Mention]]
_MAYBE = Cue("particle", "hedge", "", "", "near", ())


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


class CueReader:
    """Reads the cues of one scene; `subject_of` gives the subject of a verb."""

    def __init__(self, scene: Scene, lexicon: Lexicon, subject_of: SubjectOf) -> None:
        self.scene, self.lexicon, self.subject_of = scene, lexicon, subject_of
        self.scopes = Scopes(scene, lexicon)
        self._speaker: str | None = None

    def read(self, first: int, last: int, previous: str | None) -> Iterable[Active]:
        """The cues of the sentence `first` to `last`; `previous` is who spoke last before it."""
        self._speaker = None
        if made := self._asked(first, last):
            yield made
        until = first
        for i in range(first, last):
            if i < until:
                continue
            yield from self._particle(i, last)
            for cue, end, verb in self._cues_at(i, last):
                until = max(until, end)  # no word of a phrase counts twice: من دون, لا شك أن
                if cue.kind == "certain":
                    continue
                if made := self._activate(cue, i, end, verb, first, last, previous):
                    if made.source and made.speaks:
                        self._speaker = made.source
                    yield made

    def _asked(self, first: int, last: int) -> Active | None:
        """A question leaves open what it tells, unless it asks why, how or where."""
        tokens = self.scene.tokens
        if tokens[last - 1].text not in ("؟", "?"):
            return None
        k = next((k for k in range(first, last) if tokens[k].kind == "stem"), first)
        if tokens[k].fold in words()["asking"] or any(t.fold == "هل" for t in tokens[first:last]):
            return None  # هل is a cue of its own
        return Active(_MAYBE, first, first, first, last, "", "", "Possible", None, False)

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
                yield Active(_MAYBE, i, i + 1, i + 1, self.scopes.near(j, last), "Planned", "", "Possible", None, False)
        elif tokens[i].fold == "علي" and self.scene.opens(i):  # على روسيا أن تنسحب
            at = next((k for k in range(i + 2, min(i + 6, last - 1)) if tokens[k].fold == "ان"), last)
            if at < last and tokens[at + 1].fold[0] in "يتن" and self.scene.is_verb(at + 1):
                yield Active(_MAYBE, i, i + 1, at, self.scopes.near(at, last), "Requested", "", "", None, False)
        elif tokens[i].fold == "ان" and self.scene.opens(i) and self.scene.is_verb(i + 1):  # إن هاجمت فسنرد
            yield Active(_MAYBE, i, i + 1, i + 1, self.scopes.near(i + 1, last), "Conditional", "", "", None, False)
        elif tokens[i].fold in ("لو", "لولا"):
            main = next(
                (k for k in range(i + 2, last - 1) if tokens[k].fold == "ل" and self.scene.is_verb(k + 1)), last
            )
            if main < last:
                real = tokens[i].fold == "لولا" or tokens[i + 1].fold == "لم"  # لولا القصف: there was one
                if not real:
                    yield Active(_MAYBE, i, i + 1, i + 1, main, "", "Negated", "", None, False)
                elif tokens[i + 1].fold == "لم":
                    yield Active(_MAYBE, i, i + 1, i + 2, self.scopes.near(i + 2, main), "", "Negated", "", None, False)
                yield Active(_MAYBE, i, i + 1, main + 1, last, "Conditional", "Negated", "", None, False)

    def _cues_at(self, i: int, last: int) -> Iterable[tuple[Cue, int, bool]]:
        tokens = self.scene.tokens
        t = tokens[i]
        if t.kind not in ("stem", "proclitic") or any(m.how == "name" for m in self.scene.within.get(i, ())):
            return
        seen: set[tuple[str, str]] = set()
        longest = i
        for phrase, cue in self.lexicon.cue_phrases.get(t.fold, ()):
            if (end := self._match(i, last, phrase)) is not None:
                seen.add((cue.kind, cue.effect))
                longest = max(longest, end)
                yield cue, end, False
        if longest > i + 1 or (t.kind == "proclitic" and t.fold != "س"):
            return
        bare = t.fold[2:] if t.fold.startswith("ال") and len(t.fold) > 4 else t.fold
        for key in {t.fold, bare}:
            for cue, form in self.lexicon.cues.get(key, ()):
                verbal = form.shape in ("past", "present")
                carries = any(f.shape == "past" for _, f in self.lexicon.light.get(t.fold, ()))
                if form.shape == "present" and form.agreement == "f" and carries:
                    continue  # تعرض لقصف: was shelled, not: she offers
                if verbal and t.fold in JUSSIVE and i and tokens[i - 1].fold == "لم":
                    continue
                if verbal and (key != t.fold or not self._verb_here(i)):
                    continue
                if not verbal and t.pos == "VERB" and cue.kind not in PARTICLES and "source=same" not in cue.effect:
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

    def _match(self, i: int, last: int, phrase: tuple[str, ...]) -> int | None:
        """The token after a phrase that begins at `i`, its clitics being tokens of their own; None without a match."""
        j = i
        for word in phrase:
            while i < j < last and self.scene.tokens[j].text in QUOTES:
                j += 1
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
        near = self.scene.tokens[end : min(last, end + 10)]
        if cue.kind == "attribution" and cue.preps and not any(t.fold in cue.preps for t in near):
            return None  # عبرت القوات النهر: she crosses, she says nothing
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
                source = previous if self._could_say(previous, i) else None
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
        if cue.kind == "condition" and self._rhetorical(i, last):
            return None
        lo, hi = self.scopes.of(cue, i, end, first, last, verb)
        if cue.kind in REPORTING and cue.scope == "content" and verb:
            if opened and opened < hi:  # نفى الانسحاب، مؤكدا أن: the content that opens is another cue's
                lo = max(lo, opened)
            elif cue.kind == "attribution" and i > first + 4 and self.scene.tokens[i - 1].text in '،-–"»”':
                lo, hi = self.scopes.segment(i, first, last)
            elif source and (spoken := self._speaker_end(source, end, hi)):
                lo = spoken
        speaks = bool(wanted)
        return Active(cue, i, end, lo, hi, effect.get("modality", ""), polarity, certainty, source, speaks)

    def _could_say(self, speaker: str | None, i: int) -> bool:
        """Whether who spoke before may be the subject of the verb at `i`: لفتت is said of no man."""
        cls = self.scene.entities[speaker].cls if speaker in self.scene.entities else ""
        return not (cls == "Person" and self.scene.tokens[i].fold.endswith("ت") and len(self.scene.tokens[i].fold) > 3)

    def _rhetorical(self, i: int, last: int) -> bool:
        """True for what concedes: إذا كان قد خسر فإنه, وإن لم يلتق."""
        tokens = self.scene.tokens
        after = [t.fold for t in tokens[i + 1 : min(i + 6, last)]]
        return (after[:1] == ["كان"] and "قد" in after) or (i > 0 and tokens[i - 1].fold == "و" and after[:1] == ["لم"])

    def _negated(self, i: int, first: int) -> bool:
        tokens, still = self.scene.tokens, words()["still"]
        if i - 2 >= first and (tokens[i - 2].fold, tokens[i - 1].fold) == ("دون", "ان"):
            return True
        near = range(max(first, i - 2), i)
        return any(tokens[j].fold in NEGATORS and tokens[j + 1].fold not in still for j in near)

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
            if self.scopes.contrast(k) or (k > j and self.scene.opens_clause(k)):
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
        if j < last and self.scene.tokens[j].fold in words()["still"]:  # ما زالت، لا يزال
            return True
        words_after = [self.scene.tokens[k].fold for k in range(j, min(last, j + 10))]
        return any(w in ("فحسب", "فقط", "سوي", "الا") for w in words_after)
