"""How a claim came about, in one line: the form of `:rule`.

A line is the name of a frame or pattern, then `key=value` pairs parted by spaces: `trigger` is the form of the word
that told it (past, present, noun, definite-noun, active, passive), every other key a role, `subject`, `object` or
`side` (of a symmetric relation), its value how it was filled. Spaces inside a value are hyphens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from khabar.model import Event, Relation, Role, Telling

PATTERNS = ("nominal", "event", "ellipsis", "denied", "llm")
"""What stands before the colon of a name where no frame's trigger told the claim by itself."""

Slots = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A name such as `Battle:هجوم`, the form of the trigger ("" when none is known), and (role, how) of each slot."""

    name: str
    trigger: str = ""
    slots: Slots = ()

    @property
    def pattern(self) -> str:
        """One of PATTERNS, or `frame`."""
        head = self.name.partition(":")[0]
        return head if head in PATTERNS else "frame"

    @property
    def hows(self) -> frozenset[str]:
        """The ways in which slots were filled."""
        return frozenset(how for _, how in self.slots)

    @property
    def line(self) -> str:
        """The value of `:rule`.

        >>> Trace("Battle:هجوم", "noun", (("agent", "light verb"),)).line
        'Battle:هجوم trigger=noun agent=light-verb'
        """
        pairs = [("trigger", self.trigger)] if self.trigger else []
        return " ".join([self.name, *(f"{key}={value.replace(' ', '-')}" for key, value in [*pairs, *self.slots])])


def parse(line: str) -> Trace:
    """The trace that a line tells; a line without pairs is a name.

    >>> parse("Strike:أطلق النار trigger=past agent=argument").slots
    (('agent', 'argument'),)
    """
    words = line.split(" ")
    first = next((k for k, word in enumerate(words) if k and "=" in word), len(words))
    pairs = [tuple(word.split("=", 1)) for word in words[first:] if "=" in word]
    told = [(key, value.replace("-", " ") if key != "trigger" else value) for key, value in pairs]
    trigger = next((value for key, value in told if key == "trigger"), "")
    return Trace(" ".join(words[:first]), trigger, tuple(pair for pair in told if pair[0] != "trigger"))


def of_event(event: Event) -> Trace:
    """How an event came about, with the roles that are edges; one that is a claim of its own tells for itself."""
    return Trace(event.rule, event.form, _slots(role for role in event.roles if role.stance is None))


def of_telling(telling: Telling) -> Trace:
    """How a further telling was found; the roles are those of its event."""
    return Trace(telling.rule, telling.form)


def of_role(event: Event, role: Role) -> Trace:
    """How a role that is claimed of its own was filled."""
    return Trace(event.rule, event.form, _slots([role]))


def of_relation(relation: Relation, *, symmetric: bool) -> Trace:
    """How a relation came about; neither side of a symmetric one is its subject."""
    names = ("side", "side") if symmetric else ("subject", "object")
    slots = zip(names, relation.hows, strict=False)
    return Trace(relation.rule, relation.form, tuple(sorted(slots)) if symmetric else tuple(slots))


def _slots(roles: Iterable[Role]) -> Slots:
    """Roles with the way each was filled; of those that a model has filled nothing more is known."""
    return tuple((role.name, role.how) for role in roles if role.how != "model")
