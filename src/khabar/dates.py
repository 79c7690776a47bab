"""Finds dates (unfinished)."""

from khabar.model import When
from khabar.text import View


def find_dates(view: View, issued: str | None) -> list[When]:
    """Find the dates."""
    return []
