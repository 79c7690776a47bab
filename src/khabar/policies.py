"""Policies: what counts as a fact, each one SPARQL file under `ontology/rules/facts` that the user picks by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from khabar.errors import QueryError
from khabar.resources import folder

DEFAULT_LEAST = 2
"""How many outlets and sources a policy asks for that counts them, unless it is told."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of facts: its name, and how many outlets and sources it asks for (None: it does not count them).

    >>> str(policy("corroborated:3")), str(policy("reported"))
    ('corroborated:3', 'reported')
    """

    name: str
    least: int | None = None

    def __str__(self) -> str:
        return self.name if self.least is None else f"{self.name}:{self.least}"

    @property
    def rule(self) -> str:
        """The rule as SPARQL, its number filled in."""
        return _text(self.name).replace("{{n}}", str(self.least))

    @property
    def local(self) -> bool:
        """Whether each document makes its facts by itself, whatever else the store holds."""
        return re.search(r"^# scope: document$", _text(self.name), re.MULTILINE) is not None


def policy(words: str) -> Policy:
    """The policy that `NAME` or `NAME:n` means; QueryError, saying what there is, for anything else."""
    name, colon, number = words.strip().partition(":")
    if name not in names():
        raise QueryError(f"no policy of facts is named {name!r}; there are: {', '.join(names())}")
    counts = "{{n}}" in _text(name)
    if colon and not counts:
        raise QueryError(f"the policy {name} counts nothing; write it without {colon}{number}")
    if colon and not re.fullmatch(r"[1-9][0-9]{0,5}", number):
        raise QueryError(f"the policy {name} takes a whole number from 1, not {number!r}; write {name}:{DEFAULT_LEAST}")
    return Policy(name, int(number) if colon else DEFAULT_LEAST if counts else None)


@cache
def names() -> tuple[str, ...]:
    """The names of all policies, sorted."""
    return tuple(sorted(path.stem for path in (folder("ontology") / "rules" / "facts").glob("*.rq")))


@cache
def _text(name: str) -> str:
    return (folder("ontology") / "rules" / "facts" / f"{name}.rq").read_text(encoding="utf-8")


REPORTED = Policy("reported")
"""The default."""
