"""Coreference of pronouns."""
from khabar.model import Document, Entity
from collections.abc import Sequence


def pronouns(doc: Document, entities: Sequence[Entity]) -> dict[int, str]:
    """Stub."""
    return {}
