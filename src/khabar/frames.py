"""Finds the triggers of frames in a sentence: one engine for events and relations.

A trigger is a written form of a frame's verb, verbal noun or participle; its slots are filled by `slots`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from khabar.lexicon import SPEECH, Frame, Lexicon, Sense
from khabar.mentions.scan import FORCES
from khabar.model import Token
from khabar.morph import Form
from khabar.scene import Scene
from khabar.slots import SlotReader
from khabar.verb_slots import Slots
from khabar.word_order import HARM

_NOUN = Form("", "noun")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A frame at tokens `first` to `last`; `governors` are the light verbs above it, nearest first.

    `given` marks what a participle presupposes: its sentence's denial or plan doesn't touch it.
    """

    frame: Frame
    first: int
    last: int
    shape: str
    voice: str
    agreement: str
    slots: Slots = field(default_factory=dict)
    governors: tuple[int, ...] = ()
    given: bool = False


class FrameReader:
    """Reads the triggers of one scene."""

    def __init__(self, scene: Scene, lexicon: Lexicon) -> None:
        self.scene, self.lexicon = scene, lexicon
        self.slots = SlotReader(scene, lexicon)

    def triggers(self, first: int, last: int) -> Iterator[list[Trigger]]:
        """The triggers of a sentence with their slots filled, in order; the readings of one token together."""
        i = first
        while i < last:
            found = self._phrases(i, last) or [(s, i + 1) for s in self._senses(i)]
            if found:
                yield [self._fill(sense, i, end) for sense, end in found]
            for k in range(i + 1, max([end for _, end in found], default=i)):  # ties inside a phrase: تأسيس تحالف
                if ties := [s for s in self._senses(k) if s.frame.term[0].islower()]:
                    yield [self._fill(s, k, k + 1) for s in ties]
            i = max([end for _, end in found], default=i + 1)

    def _phrases(self, i: int, last: int) -> list[tuple[Sense, int]]:
        token = self.scene.tokens[i]
        found: list[tuple[Sense, int]] = []
        for words, frame in (x for key in set(_readings(token.fold)) for x in self.lexicon.phrases.get(key, ())):
            if (end := self._match(i, last, words)) is not None and not self._cuts(i, end):
                found.append((Sense(frame, _NOUN), end))
        longest = max((end for _, end in found), default=0)
        return [x for x in found if x[1] == longest]

    def _cuts(self, i: int, end: int) -> bool:
        """True where a phrase would end inside a name: سحب القوات, of the words سحب القوات التركية."""
        starts, word = self.scene.starts, self.scene.tokens[i].fold
        if not any(s.form.shape == "noun" for s in self.lexicon.senses.get(word, ())):
            return False  # نزع سلاح الحزب: its first word alone tells nothing
        return any(k in starts and starts[k].last > end and starts[k].cls in FORCES for k in range(i + 1, end))

    def _match(self, i: int, last: int, words: tuple[str, ...]) -> int | None:
        """The token after a phrase that begins at `i`; a ل between its words is passed over (وقفا لإطلاق النار)."""
        j, tokens = i, self.scene.tokens
        for word in words:
            if (
                i < j < last
                and tokens[j].kind == "proclitic"
                and tokens[j].fold in ("ل", "ب")
                and word != tokens[j].fold
            ):
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
        if i and scene.tokens[i].fold.startswith("ال") and scene.tokens[i - 1].fold in scene.named_after:
            return []  # شارع الثورة، حي القصف
        if self._held_by(i):  # المحتجزين لدى الحركة
            return [s for s in options if s.form.shape == "passive" and s.frame.term in HARM][:1]
        if any(i in (m.head, m.first) and m.cls != "Conflict" for m in held):  # the head of an actor phrase names
            options = [s for s in options if s.form.shape in ("past", "present")]
        if any(m.cls == "Facility" for m in held):  # معسكر تدريب، نقطة تفتيش
            options = [s for s in options if s.form.shape != "noun"]
        if held or scene.tokens[i].fold.startswith("ال") or not self.slots.circumstantial(i):
            # a participle that merely describes tells a tie, not a happening
            options = [s for s in options if s.form.shape not in ("active", "passive") or s.frame.term[0].islower()]
        unique: dict[str, Sense] = {}
        for s in options:
            unique.setdefault(s.frame.term + (s.form.shape == "noun") * "n", s)
        return list(unique.values())

    def _held_by(self, i: int) -> bool:
        """True for a word with the article that من قبل or لدى and who holds them follow: المختطفين لدى التنظيم."""
        tokens, k = self.scene.tokens, i + 1
        if k + 1 >= len(tokens) or not tokens[i].fold.startswith("ال"):
            return False
        k += (tokens[k].fold, tokens[k + 1].fold) == ("من", "قبل")
        return tokens[k].fold in ("لدي", "قبل") and k + 1 in self.scene.starts

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
        suffixed = self.scene.suffixed(i)
        short = i > 0 and tokens[i - 1].fold in ("لم", "لا", "ل")
        carried = any(f.shape == "past" for _, f in self.lexicon.light.get(t.fold, ()))  # تعرض لـ, not: she offers

        def possible(s: Sense) -> bool:
            form = s.form
            finite = form.shape in ("past", "present")
            if finite and suffixed and s.frame.roles and not {"obj", "على"} & set(s.frame.roles):
                return False  # وفرته طائرات is no فر: it takes an object
            if (form.agreement == "suffixed" and not suffixed) or (form.voice == "jussive" and not short):
                return False
            return not (carried and form.shape == "present" and form.agreement == "f") and self._bidden(s.frame, i)

        return [s for s in options if possible(s)]

    def _bidden(self, frame: Frame, i: int) -> bool:
        """Whether the words around `i` allow a frame, by its flags `never:` (before), `not:` and `needs:` (behind)."""
        tokens = self.scene.tokens
        _, hi = self.scene.bounds(i)
        before = {tokens[i - 1].fold} if i else set[str]()
        near = written(tokens[i + 1 : min(i + 5, hi)])
        rest = written(tokens[i + 1 : min(i + 13, hi)])
        return not (frame.never & before or frame.barred & near or (frame.needed and not frame.needed & rest))

    def _verbal(self, i: int) -> bool:
        """Which of its readings a form that may be verb or verbal noun has here."""
        tokens = self.scene.tokens
        if i and (
            (tokens[i - 1].kind == "proclitic" and tokens[i - 1].fold in ("ب", "ل", "ك")) or self.scene.is_prep(i - 1)
        ):
            return False
        if self.scene.is_verb(i):
            return True
        bare = [f for f in self.slots.phrases.after(i) if f is None or f.prep == ""] if self.scene.opens(i) else []
        return len(bare) > 1  # حشد الجيش دباباته: a verb with subject and object opens its sentence

    def _fill(self, sense: Sense, i: int, end: int) -> Trigger:
        form, frame = sense.form, sense.frame
        voice = "" if form.voice == "jussive" else form.voice
        governors: tuple[int, ...] = ()
        if form.shape in ("past", "present"):
            voice = voice or (self.slots.verbs.voice(i, tagged=self._passive(frame, i)) if "obj" in frame.roles else "")
            slots = self.slots.verbs.of_verb(i, form.agreement, voice, frame)
        elif form.shape == "noun":
            slots, governors = self.slots.of_noun(i, end, frame)
        else:
            form = self._active(sense, i, end) or form
            slots = self.slots.of_participle(i, end, form.shape)
        if frame.term[0].isupper() and frame.term not in SPEECH:
            self.slots.doers.note(i, end, slots.get("subj", []), governors)
        known = form.shape in ("active", "passive") and (frame.term[0].islower() or self._held_by(i))
        given = known or i in self.slots.given
        return Trigger(frame, i, end, form.shape, voice, form.agreement, slots, governors, given)

    def _passive(self, frame: Frame, i: int) -> bool:
        """Whether a tagger's passive is to be believed: of a verb of speech only where it has no object: اتهم بدعم."""
        behind = self.scene.tokens[min(i + 1, len(self.scene.tokens) - 1)].fold
        accused = frame.term == "Accusation" and frame.roles.get("ب") == "about" and behind == "ب"
        return frame.term not in SPEECH or accused

    def _active(self, sense: Sense, i: int, end: int) -> Form | None:
        """The form of a circumstance that is spelt as a passive but has an object: متهمة الجيش بقصفها."""
        behind = next(iter(self.slots.phrases.after(end - 1)), None)
        bare = behind is not None and behind.prep == ""
        if sense.form.shape != "passive" or not bare or not self.slots.circumstantial(i):
            return None
        return Form(sense.form.text, "active")


def written(tokens: Sequence[Token]) -> set[str]:
    """The folded words of some tokens, with and without what is written together with them: هوية, هويته."""
    whole: dict[int, str] = {}
    for t in tokens:
        whole[t.word] = whole.get(t.word, "") + t.fold
    return {t.fold for t in tokens} | set(whole.values())


def _readings(form: str) -> tuple[str, ...]:
    """A form, and the same without article or accusative ending."""
    bare = _bare(form)
    return form, bare, bare[:-1] if bare.endswith("ا") else bare


def _bare(form: str) -> str:
    return form[2:] if form.startswith("ال") and len(form) > 4 else form
