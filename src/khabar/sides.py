"""Who stands against whom in a fight between several: معارك بين الجيش والقبائل من جهة، والحوثيين من جهة أخرى."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.clauses import Phrases
from khabar.frames import Trigger
from khabar.model import Mention


def turning(trigger: Trigger, phrases: Phrases) -> int:
    """The token where من جهة ends one side of two; 0 without it."""
    rest = range(trigger.last, phrases.scene.bounds(trigger.first)[1]) if "بين" in trigger.slots else ()
    return next((k for k in rest if phrases.sided(k)), 0)


def opponents(trigger: Trigger, sides: Sequence[Mention], phrases: Phrases) -> list[tuple[Mention, Mention]]:
    """Who fight each other: two of whom none is an ally, or those before and after من جهة.

    Two whom somebody fights are no two sides: معارك مع الحوثيين وحلفائهم.
    """
    if turn := turning(trigger, phrases):
        return [(a, b) for a in sides if a.last <= turn for b in sides if b.first > turn]
    ways = [{slot for slot, fs in trigger.slots.items() if any(f.mention == m for f in fs)} for m in sides]
    return [(sides[0], sides[1])] if len(sides) == 2 and (ways[0] != ways[1] or "بين" in ways[0]) else []
