"""Notes on relations how they came about: the form of their trigger and how either side was filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from khabar.frames import Trigger
from khabar.happenings import Draft
from khabar.model import Relation
from khabar.scene import Scene


def form(trigger: Trigger, scene: Scene) -> str:
    """The form of a trigger as `:rule` tells it: that of the frame, but of nouns with an article `definite-noun`."""
    definite = trigger.shape == "noun" and scene.tokens[trigger.first].fold.startswith("ال")
    return "definite-noun" if definite else trigger.shape


def by_trigger(relations: Iterable[Relation], triggers: Sequence[Trigger], scene: Scene) -> list[Relation]:
    """Relations with the hows of the trigger whose frame and fillers made them."""
    return [next((t for x in triggers if (t := _filled(r, x, scene))), r) for r in relations]


def by_event(relations: Iterable[Relation], drafts: Sequence[Draft], scene: Scene) -> list[Relation]:
    """Relations that an event implies, with the hows of its roles; the others as they are."""
    return [next((t for d in drafts if (t := _implied(r, d, scene))), r) for r in relations]


def _filled(r: Relation, trigger: Trigger, scene: Scene) -> Relation | None:
    if r.rule != trigger.frame.name:
        return None
    tied = [slot for slot, role in trigger.frame.roles.items() if role in ("s", "o")]
    hows = {f.mention.entity: f.how for slot in reversed(tied) for f in reversed(trigger.slots.get(slot, []))}
    return _noted(r, hows, form(trigger, scene))


def _implied(r: Relation, draft: Draft, scene: Scene) -> Relation | None:
    if r.rule != f"event:{draft.trigger.frame.name}" or r.evidence != draft.evidence:
        return None
    return _noted(r, {m.entity: how for _, m, how in reversed(draft.roles)}, form(draft.trigger, scene))


def _noted(r: Relation, hows: dict[str, str], shape: str) -> Relation | None:
    if r.subject not in hows or r.object not in hows:
        return None
    return replace(r, form=shape, hows=(hows[r.subject], hows[r.object]))
