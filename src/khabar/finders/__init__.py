"""Finders of names beyond the dictionary: one face, and behind it models that the user chooses.

`RuleExtractor(finder)` adds what a finder finds to the mentions where no other mention stands; see `docs/finders.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from khabar.errors import KhabarError
from khabar.model import Document

__all__ = ["About", "FoundName", "NameFinder", "open_finder"]


@dataclass(frozen=True, slots=True)
class About:
    """Which finder it is: the kind, the model as it was asked for, the version of the package that runs it.

    `revision` is the commit of a model of the hub, where that is known.
    """

    kind: str
    model: str
    version: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name of class `cls` at the raw span `begin:end`; `score` (0..1) is the finder's own trust in it."""

    begin: int
    end: int
    cls: str
    score: float


class NameFinder(Protocol):
    """Whatever finds names in a tokenised document."""

    @property
    def about(self) -> About:
        """Which finder it is, for graph/runs."""
        ...

    def find(self, document: Document) -> list[FoundName]:
        """The names of the document in text order; no two overlap."""
        ...


def open_finder(spec: str) -> NameFinder:
    """Open the finder that `transformers:MODEL` or `gliner:MODEL` asks for; MODEL is a folder or a hub name.

    Raises KhabarError for another kind, ResourceError when the package or the model is missing.
    """
    kind, _, model = spec.strip().partition(":")
    if not model or kind not in ("transformers", "gliner"):
        raise KhabarError(
            f"no finder is called {spec!r}; give transformers:MODEL or gliner:MODEL, MODEL being a folder or a "
            "Hugging Face name"
        )
    if kind == "gliner":
        from khabar.finders.gliner import GlinerFinder

        return GlinerFinder(model)
    from khabar.finders.transformers import TransformersFinder

    return TransformersFinder(model)
