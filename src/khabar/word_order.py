"""Which of the phrases behind a verb is its subject: by order, unless gender, case, class or number forbid."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.agreement import gender_of
from khabar.clauses import COUNTS, Filler
from khabar.lexicon import SPEECH, Frame
from khabar.model import Mention
from khabar.scene import Scene

VICTIMS = frozenset("PopulationGroup Settlement Facility Place AdministrativeArea".split())
HARM = frozenset("ViolentEvent AttackOnCivilians Coercion".split())
DEMONSTRATIVES = frozenset("هذا هذه هولاء ذلك تلك".split())


class WordOrder:
    """Tells the bare phrases behind the verbs of one scene apart."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def sides(
        self, bare: Sequence[list[Filler] | None], agreement: str, frame: Frame | None, has_object: bool
    ) -> tuple[list[Filler], list[Filler]]:
        """Which of the bare phrases after a verb is its subject: the first, unless gender, class or number forbid."""
        first, second = (bare[0] if bare else None), next((b for b in bare[1:] if b), [])
        if not first:
            return [], second
        if frame is not None and self.flies(first[0], frame):
            return first, second
        if frame is not None and frame.term == "Strike" and first[0].via in DEMONSTRATIVES and len(bare) > 1:
            return [], first  # استهدفت تلك التعزيزات غارة جوية
        m = first[0].mention
        gender = gender_of(self.scene.tokens, m)
        mismatch = (agreement == "f" and gender == "m") or (agreement == "m" and gender == "f" and m.first == m.head)
        wants_object = frame is not None and "obj" in frame.roles and not has_object
        if wants_object and not second and (self._oblique(first[0]) or self._hit(first[0].via)):
            return [], first  # استهدف مقاتلين
        if wants_object and frame is not None and frame.term in HARM and not second and self._counted(first[0]):
            return [], first  # قتل خمسة عناصر من الجبهة
        people = m.cls == "PopulationGroup" and first[0].via in COUNTS and frame is not None and frame.term in SPEECH
        victim = m.cls in VICTIMS and not people  # دعا عدد من أنصاره إلى
        if frame is not None and "toll" in frame.flags and m.cls == "Person" and not second:
            victim = True  # وقتل محمد علاونة بعد إصابته
        if frame is not None and "toll" in frame.flags and m.how == "description":
            victim = victim or not self._able(self.scene.tokens[m.first].fold)  # قتل جندي تركي
        if wants_object and len(bare) == 1 and (mismatch or victim or self._inert(m, frame)):
            return [], first
        if mismatch and wants_object and not second:
            return [], first
        return first, second

    def _hit(self, via: str) -> bool:
        """True for what is somebody's and is hit, not he: مواقع الحركة; نفقا للتنظيم, in the case of objects."""
        noun = via.removesuffix("ا")
        return noun in self.scene.sites or (noun != via and noun in self.scene.held)

    @staticmethod
    def _able(word: str) -> bool:
        """True for who may do it: المسلح, a plural like مسلحون, قوات."""
        return word.startswith("ال") or word.endswith(("ون", "ات", "وا"))

    def _oblique(self, f: Filler) -> bool:
        """True for the case of objects: مقاتلين, never the subject مقاتلون; رتلا."""
        word = self.scene.tokens[f.mention.first].fold
        plural = word.endswith("ين" if f.mention.how == "description" else "يين") and len(word) > 4
        tanwin = f.mention.how == "description" and word.endswith("ا") and not word.startswith("ال") and len(word) > 3
        people = f.mention.cls in ("PopulationGroup", "ArmedForce", "RebelGroup", "Militia")
        return (plural or tanwin) and people and not f.via

    def flies(self, f: Filler, frame: Frame) -> bool:
        """True for aircraft and their like in a frame of strikes: they strike, unless they are shot down."""
        head = self.scene.tokens[f.mention.first].fold.removeprefix("ال")
        flies = f.mention.cls == "Materiel" and head in self.scene.airborne
        return flies and not f.via and frame.term == "Strike" and "apart" not in frame.flags

    def _inert(self, m: Mention, frame: Frame | None) -> bool:
        """True for a thing of war that something is done to; aircraft do it themselves, unless they are shot down."""
        flies = self.scene.tokens[m.first].fold.removeprefix("ال") in self.scene.airborne
        return m.cls == "Materiel" and not (flies and frame is not None and "apart" not in frame.flags)

    def _counted(self, f: Filler) -> bool:
        """True for people told by their number: خمسة مسلحين، عشرات الجنود."""
        k = f.mention.first
        return f.via in COUNTS or self.scene.counts(k) or (k > 0 and self.scene.counts(k - 1)) or f.via.isdigit()
