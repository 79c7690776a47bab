"""One happening, one event: folds what a text tells of it in several words into the first that told it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from khabar.frames import Trigger
from khabar.lexicon import SPEECH, words
from khabar.mentions.scan import PLACES
from khabar.model import Mention, Stance, When
from khabar.scene import Scene
from khabar.verb_slots import VIOLENT

REACH = 8  # sentences between two tellings of one happening
GATHERED = frozenset("Meeting Agreement Conflict".split())
SIDES = ("agent", "target", "participant", "recipient")
AROUND = frozenset(("place", "place before"))  # how a place is filled that is only of the clause, not of the frame
Dating = Callable[["Draft"], When | None]
Within = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Draft:
    """A trigger with the stance it stands in and its roles as (role, mention, how).

    `again` are the other words of the text that tell the same happening.
    """

    trigger: Trigger
    stance: Stance
    roles: tuple[tuple[str, Mention, str], ...]
    evidence: tuple[int, int]
    again: tuple[Draft, ...] = ()

    @property
    def tellings(self) -> tuple[Draft, ...]:
        """The draft and what tells it again, in text order."""
        return (self, *self.again)

    def fillers(self, *names: str) -> set[str]:
        """The entities in the roles of these names."""
        return {m.entity for r, m, _ in self.roles if r in names}


def unite(drafts: Sequence[Draft], scene: Scene, when: Dating, within: Within) -> list[Draft]:
    """The drafts with those that tell an earlier one's happening folded into it, roles pooled.

    `when` dates a draft; `within` tells whether one place (an entity id) lies in another.
    """
    rule = _Sameness(scene, when, within)
    made: list[Draft] = []
    for d in drafts:
        at = next((k for k in range(len(made) - 1, -1, -1) if rule.same(made[k], d)), None)
        if at is None:
            made.append(d)
        else:
            old = made[at]
            had = {r for r, *_ in old.roles}
            told = old.fillers(*had)
            pooled = [x for x in d.roles if x[0] not in had and x[1].entity not in told]
            again = old.again if rule.predicate(old, d) else (*old.again, d)  # غارة استهدفت: told once
            made[at] = replace(old, roles=(*old.roles, *pooled), again=again)
    return made


def taken(roles: Sequence[tuple[str, Mention, str]]) -> list[Mention]:
    """The places that a frame's own slots name: what is taken, not where it lies."""
    return [m for r, m, how in roles if r == "place" and how not in AROUND]


class _Sameness:
    """Whether two drafts of one scene tell one happening."""

    def __init__(self, scene: Scene, when: Dating, within: Within) -> None:
        self.scene, self.when, self.within = scene, when, within

    def same(self, old: Draft, new: Draft) -> bool:
        """True for the same class, close by, told the same way, with nothing that contradicts and something shared."""
        if self.predicate(old, new) or self._within_it(old, new):
            return not self._clash(old, new)
        if not self._alike(old, new) or self._gap(old, new) > REACH:
            return False
        if self._stances_differ(old, new) or self._clash(old, new) or self._dates_differ(old, new):
            return False
        t = new.trigger
        if self._another(t):
            return False
        if "takes" in t.frame.flags & old.trigger.frame.flags and (taken := self._taken(old) & self._taken(new)):
            if old.fillers("agent") & new.fillers("agent") or self._small(taken):
                return True  # استعادت القوات الجامعة, then سيطرت على الجامعة
        definite = self.scene.tokens[t.first].fold.startswith("ال")
        mine = {(r, m.entity) for r, m, _ in new.roles}
        theirs = {(r, m.entity) for r, m, _ in old.roles}
        near = self._gap(old, new) == 0 and 0 <= t.first - old.tellings[-1].trigger.first <= 12
        if t.shape == "noun" and ((mine <= theirs and (definite or near)) or (definite and not new.fillers(*SIDES))):
            return True
        shared = {r for r, _ in mine & theirs}
        there = {m.entity for r, m, _ in old.roles if r == "instrument" and not self._definite(m)}
        weapons = there & {m.entity for r, m, _ in new.roles if r == "instrument" and self._definite(m)}  # الصاروخ
        suffered = bool(shared & {"target", "participant", "recipient"} or weapons)
        repeated = "agent" in shared and t.frame.name == old.trigger.frame.name
        alike = t.frame.term in GATHERED or t.frame.name == old.trigger.frame.name or self._general(new)
        if alike and mine <= theirs and (shared - {"instrument"} or weapons):
            return True  # محادثات في موسكو, then بعد محادثات موسكو
        claimed = {r for r, _ in mine - theirs} <= {"agent"} and not old.fillers("agent")
        if definite and t.shape == "noun" and alike and claimed and self._gap(old, new) <= 3 and not self._two(old):
            return True  # انفجار في بغداد, then الهجوم الذي تبناه التنظيم
        return (t.frame.term in VIOLENT and suffered) or (t.frame.term not in SPEECH and repeated)

    @staticmethod
    def _taken(draft: Draft) -> set[str]:
        return {m.entity for m in taken(draft.roles)}

    def _small(self, taken: set[str]) -> bool:
        return all(self.scene.entities[e].cls == "Facility" for e in taken)

    def predicate(self, old: Draft, new: Draft) -> bool:
        """True for a verb of harm whose subject is the happening itself: غارة استهدفت, التفجير الذي وقع."""
        scene, first, last = self.scene, new.trigger.first, old.tellings[-1].trigger.last
        if new.trigger.shape not in ("past", "present") or old.tellings[-1].trigger.shape != "noun":
            return False
        between = range(last, first)
        tokens, joints = scene.tokens, frozenset("و ف ان ، ؛ .".split())
        apart = any(scene.is_verb(k) or {tokens[k].fold, tokens[k].text} & joints for k in between)
        harm = old.trigger.frame.term in VIOLENT | {"Coercion"} and new.trigger.frame.term in VIOLENT
        return harm and 0 <= first - last <= 5 and not apart and not new.fillers("agent")

    def _definite(self, m: Mention) -> bool:
        """True for a weapon that is no mere kind: الصاروخ, طائرات التحالف; not سيارة مفخخة."""
        return m.how == "name" or any(t.fold.startswith("ال") for t in self.scene.tokens[m.first : m.last])

    def _two(self, draft: Draft) -> bool:
        """True for a dual: التفجيرين."""
        words = [self.scene.tokens[x.trigger.first].fold for x in draft.tellings]
        return any(w.endswith(("ان", "ين")) and w[:-2].removeprefix("ال") in self.scene.forms.events for w in words)

    def _another(self, t: Trigger) -> bool:
        """True where the words say that it is one more of its kind: كما انفجرت سيارة, غارة أخرى."""
        tokens, (first, hi) = self.scene.tokens, self.scene.bounds(t.first)
        more = words()["one more"]
        behind = {x.fold.removeprefix("ال") for x in tokens[t.last : min(t.last + 3, hi)]} & more
        return bool(behind) or (tokens[first].fold == "كما" and self.scene.is_verb(t.first) and t.first - first <= 2)

    def _within_it(self, old: Draft, new: Draft) -> bool:
        """True for a happening of the same class told as the frame of the other: حققت تقدما في عملية تحرير."""
        first, last = new.trigger.first, old.tellings[-1].trigger.last
        between = [t.fold for t in self.scene.tokens[last:first]]
        same = old.trigger.frame.term == new.trigger.frame.term
        return same and 0 < len(between) <= 3 and between[0] in ("في", "ضمن") and new.trigger.shape == "noun"

    def _alike(self, old: Draft, new: Draft) -> bool:
        if "apart" in old.trigger.frame.flags and old.trigger.frame.name != new.trigger.frame.name:
            return False  # أسقطت الدفاعات طائرة, then القصف: another's deed
        if old.trigger.frame.term == new.trigger.frame.term:
            return True
        violent = {old.trigger.frame.term, new.trigger.frame.term} <= VIOLENT
        definite = self.scene.tokens[new.trigger.first].fold.startswith("ال")
        claimed = self._general(new) and not old.fillers("agent")  # تبنى التنظيم الهجوم
        free = not new.fillers("target") and (claimed or not new.fillers("agent"))
        return violent and new.trigger.shape == "noun" and definite and free

    def _general(self, draft: Draft) -> bool:
        """True for the nouns that any violence may be called again by: الهجوم, الاعتداء, العملية."""
        t = draft.trigger
        return t.shape == "noun" and self.scene.tokens[t.first].fold.removeprefix("ال") in words()["any violence"]

    def _gap(self, old: Draft, new: Draft) -> int:
        tokens = self.scene.tokens
        return tokens[new.trigger.first].sentence - tokens[old.tellings[-1].trigger.first].sentence

    @staticmethod
    def _stances_differ(old: Draft, new: Draft) -> bool:
        a, b = old.stance, new.stance
        if a.settled or b.settled:
            return a.settled != b.settled
        threats = a.modality == "Threatened" and a.source != b.source  # each threatens for himself
        return threats or (a.modality, a.polarity) != (b.modality, b.polarity)

    def _clash(self, old: Draft, new: Draft) -> bool:
        """True where both name somebody for one role and nobody in common, or places of which none holds the other."""
        there = old.fillers("target") & new.fillers("target") and old.fillers("place") & new.fillers("place")
        hit = self._towns(old) & new.fillers("place") or self._towns(new) & old.fillers("place")
        for role in SIDES:
            a, b = old.fillers(role), new.fillers(role)
            if a and b and not a & b and not (role == "agent" and there) and not (role == "target" and hit):
                return True  # قصف المطار, then قصف طائرة في المطار: no clash
        a, b = old.fillers("place"), new.fillers("place")
        return bool(a and b) and not any(x == y or self.within(x, y) or self.within(y, x) for x in a for y in b)

    @staticmethod
    def _towns(draft: Draft) -> set[str]:
        """Places that a happening hit, where it hit nothing else."""
        hit = [m for r, m, _ in draft.roles if r == "target"]
        return {m.entity for m in hit} if all(m.cls in PLACES for m in hit) else set()

    def _dates_differ(self, old: Draft, new: Draft) -> bool:
        dates = [w for d in old.tellings if (w := self.when(d))]
        mine = self.when(new)
        return mine is not None and any(w.not_after < mine.not_before or mine.not_after < w.not_before for w in dates)


def absorb(drafts: Sequence[Draft], scene: Scene) -> list[Draft]:
    """Fold killings that a strike or battle of their sentence caused into it: their victims are its targets."""
    tokens, made = scene.tokens, list(drafts)
    folded: set[int] = set()
    for n, d in enumerate(drafts):
        if "toll" not in d.trigger.frame.flags:
            continue
        doers = d.fillers("agent")
        sentence, first = tokens[d.trigger.first].sentence, d.trigger.first
        causes = [
            (abs(c.trigger.first - first), k)
            for k, c in enumerate(made)
            if c.trigger.frame.term in VIOLENT - {"ViolentEvent"}
            and tokens[c.trigger.first].sentence == sentence
            and (not doers or (c.trigger.first < first and doers <= c.fillers("agent")))  # هاجموا ... فقتلوا
        ]
        if causes:
            k = min(causes)[1]
            targeted = {m.entity for r, m, _ in made[k].roles if r == "target"}
            extra = [x for x in d.roles if x[0] == "target" and x[1].entity not in targeted]
            made[k] = replace(made[k], roles=(*made[k].roles, *extra))
            folded.add(n)
    return [d for n, d in enumerate(made) if n not in folded]
