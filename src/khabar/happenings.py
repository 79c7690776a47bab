"""One happening, one event: folds what a text tells of it in several words into the first that told it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khabar.clauses import Scene
from khabar.frames import Trigger
from khabar.model import Mention, Stance

VIOLENT = frozenset("Battle Strike ViolentEvent AttackOnCivilians".split())
Roles = Sequence[tuple[str, Mention, str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A trigger with the stance it stands in and its roles as (role, mention, how)."""

    trigger: Trigger
    stance: Stance
    roles: tuple[tuple[str, Mention, str], ...]
    evidence: tuple[int, int]


def join(drafts: list[Draft], trigger: Trigger, roles: Roles, scene: Scene) -> bool:
    """Give the roles of a verb to the event noun that is its subject: غارة استهدفت, التفجير الذي وقع."""
    if trigger.shape not in ("past", "present") or trigger.frame.term not in VIOLENT or not drafts:
        return False
    old = drafts[-1]
    between = range(old.trigger.last, trigger.first)
    close = 0 <= trigger.first - old.trigger.last <= 5 and not any(
        scene.is_verb(k) or scene.tokens[k].fold in ("و", "ف", "ان") or scene.tokens[k].text in "،؛." for k in between
    )
    if not close or old.trigger.shape != "noun" or old.trigger.frame.term not in VIOLENT:
        return False
    if any(r == "agent" for r, *_ in roles) and any(r == "agent" for r, *_ in old.roles):
        return False
    mine = [x for x in roles if x[0] != "agent" or not any(x[1].entity == m.entity for _, m, _ in old.roles)]
    drafts[-1] = replace(old, roles=(*old.roles, *mine))
    return True


def told(drafts: Sequence[Draft], draft: Draft, scene: Scene) -> bool:
    """True when an earlier draft already tells this happening: same class, close by, nothing that contradicts."""
    tokens = scene.tokens
    first = draft.trigger.first
    sentence = tokens[first].sentence
    mine = {(r, m.entity) for r, m, _ in draft.roles}
    definite = tokens[first].fold.startswith("ال")
    violent = draft.trigger.frame.term in VIOLENT
    bare = draft.trigger.shape == "noun" and definite and not any(r in ("agent", "target") for r, _ in mine)
    for old in reversed(drafts):
        alike = old.trigger.frame.term == draft.trigger.frame.term
        if not alike and not (violent and bare and old.trigger.frame.term in VIOLENT):
            continue
        gap = sentence - tokens[old.trigger.first].sentence
        theirs = {(r, m.entity) for r, m, _ in old.roles}
        clash = any(r == s and (r, f) not in mine for r, e in mine for s, f in theirs if e != f)
        if gap > 8:
            break
        if clash or old.stance.settled != draft.stance.settled:
            continue
        near = gap == 0 and first - old.trigger.first <= 12
        if draft.trigger.shape == "noun" and ((mine <= theirs and (definite or near)) or (definite and not mine)):
            return True
        shared = {x for x in mine & theirs if x[0] != "place"}
        if shared and draft.trigger.frame.term in VIOLENT and mine - theirs <= {x for x in mine if x[0] == "place"}:
            return True
    return False


def absorb(drafts: Sequence[Draft], scene: Scene) -> list[Draft]:
    """Fold killings that a strike or battle of their sentence caused into it: their victims are its targets."""
    tokens, made = scene.tokens, list(drafts)
    folded: set[int] = set()
    for n, d in enumerate(drafts):
        if "toll" not in d.trigger.frame.flags or any(r == "agent" for r, *_ in d.roles):
            continue
        sentence, first = tokens[d.trigger.first].sentence, d.trigger.first
        causes = [
            (abs(c.trigger.first - first), k)
            for k, c in enumerate(made)
            if c.trigger.frame.term in VIOLENT - {"ViolentEvent"} and tokens[c.trigger.first].sentence == sentence
        ]
        if causes:
            k = min(causes)[1]
            targeted = {m.entity for r, m, _ in made[k].roles if r == "target"}
            extra = [x for x in d.roles if x[0] == "target" and x[1].entity not in targeted]
            made[k] = replace(made[k], roles=(*made[k].roles, *extra))
            folded.add(n)
    return [d for n, d in enumerate(made) if n not in folded]
