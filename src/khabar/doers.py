"""Who does what a verbal noun tells, where the noun names nobody: whom the words above it are said of.

Plans and purposes (مستعدة لمهاجمة، نيته بالتدخل، توجه لتحرير), and happenings that و joins (غزو البلاد والإطاحة).
"""

from __future__ import annotations

from collections.abc import Sequence

from khabar.clauses import COUNTS, Filler
from khabar.lexicon import Frame
from khabar.scene import QUOTES, STOPS, Scene
from khabar.subjects import Subjects
from khabar.verb_slots import VerbSlots

MUTE = frozenset("UnnamedSource MediaOutlet".split())  # they tell, they don't do
WITHOUT = frozenset("دون بدون".split())
REACH = 14  # tokens between a purpose and what serves it


class Doers:
    """Remembers who does what in one scene, and lends it to what names no doer of its own."""

    def __init__(self, scene: Scene, phrases: Subjects, verbs: VerbSlots) -> None:
        self.scene, self.phrases, self.verbs = scene, phrases, verbs
        self._known: dict[int, list[Filler]] = {}
        self._ends: dict[int, int] = {}
        self._governors: dict[int, tuple[int, ...]] = {}

    def note(self, i: int, end: int, fillers: Sequence[Filler], governors: tuple[int, ...]) -> None:
        """Remember who does what the happening at tokens `i` to `end` tells, and the light verbs above it."""
        if fillers or i not in self._known:
            self._known[i], self._ends[i] = [f for f in fillers if f.how != "adjective"], end
        if governors or i not in self._governors:
            self._governors[i] = governors

    def governors(self, i: int) -> tuple[int, ...]:
        """The light verbs above what و joins the verbal noun at `i` to: قام الجيش بمهاجمة البلدة وقصفها."""
        return self._governors.get(self._partner(i), ())

    def of(self, i: int, end: int, frame: Frame) -> list[Filler]:
        """Who does what the verbal noun at tokens `i` to `end` tells, by the words above it."""
        purpose = self._purpose(i) if self.scene.verbal(i, end, frame.roles) else []
        found = self._minded(i) or purpose or self._joined(i)
        return [Filler(f.mention, "", "control") for f in found if f.mention.cls not in MUTE]

    def _minded(self, i: int) -> list[Filler]:
        """Who is ready, able or willing: إنها مستعدة لمهاجمة, نيته بالتدخل, محاولة الجيش اقتحام."""
        scene, tokens = self.scene, self.scene.tokens
        lo, _ = scene.bounds(i)
        for k in range(i - 1, max(lo - 1, i - 7), -1):
            t = tokens[k]
            if t.text in STOPS or t.text == "،" or scene.is_verb(k) or t.fold in scene.relatives:
                return []
            if t.fold.removeprefix("ال") in scene.ready:
                return self.phrases.before(k)
            if t.fold.removeprefix("ال") in scene.intents:
                if scene.suffixed(k):
                    return [Filler(m, "", "pronoun")] if (m := self.phrases.meant(k + 1)) else []
                whose = scene.starts.get(k + 1)
                return [Filler(whose, "", "control")] if whose and whose.last <= i else []
        return []

    def _purpose(self, i: int) -> list[Filler]:
        """Whose deed it serves or lacks: توجهت القوات لتحرير, غادر دون التوقيع, تحركها لمحاصرة."""
        scene, tokens = self.scene, self.scene.tokens
        lo, _ = scene.bounds(i)
        j = i - 1
        while j > lo and tokens[j].text in QUOTES:  # تحركها لـ«تحرير» العاصمة
            j -= 1
        if j <= lo or not (tokens[j].fold in WITHOUT or (tokens[j].fold == "ل" and tokens[j].kind == "proclitic")):
            return []
        for k in range(j - 1, max(lo - 1, j - REACH), -1):
            if scene.is_break(k) or tokens[k].text in QUOTES or tokens[k].text == "،":
                return []
            if k in self._known:
                return self._known[k] if self._ends[k] <= j else []
            if not scene.is_verb(k) or (scene.suffixed(k) and scene.after_relative(k)):
                continue  # التحالف الذي تقوده السعودية لتحرير
            if tokens[k].fold in scene.forms.reporting or tokens[k].fold in scene.enabling:
                return []
            return self.verbs.of_verb(k, "", "").get("subj", [])
        return []

    def _joined(self, i: int) -> list[Filler]:
        """Who does what و joins it to: قصف وتدمير, غزو البلاد ومن ثم الإطاحة بالحكومة."""
        return self._known.get(self._partner(i), [])

    def _partner(self, i: int) -> int:
        """The happening that و or ثم joins the verbal noun at `i` to; -1 for none."""
        scene, tokens = self.scene, self.scene.tokens
        lo, _ = scene.bounds(i)
        j = i - 1
        while j > lo and (
            scene.counts(j) or tokens[j].fold in ("ثم", "او") or (tokens[j].fold, tokens[j + 1].fold) == ("من", "ثم")
        ):
            j -= 1
        joined = tokens[j].fold == "و" or tokens[j + 1].fold in ("ثم", "او")
        if j <= lo or not (joined or tokens[j + 1].fold.removeprefix("و") in COUNTS):  # وست غارات, not cut
            return -1
        reach = 14 if scene.counts(i - 1) else 8  # 18 غارة على مواقع التنظيم في العراق وست غارات في سورية
        for k in range(j, max(lo - 1, j - reach), -1):
            if scene.is_verb(k) or scene.is_break(k) or tokens[k].fold in scene.relatives:
                return -1
            if k in self._known:
                return k
        return -1
