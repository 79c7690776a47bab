"""Counts people: how many the text says were killed, injured, missing or displaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from khabar.numerals import Number, find_numbers
from khabar.text import View

__all__ = ["Casualty", "Kind", "Number", "find_casualties", "find_numbers"]

Kind = Literal["killed", "injured", "missing", "displaced"]


@dataclass(frozen=True, slots=True)
class Casualty:
    """How many people met one fate; the span holds the number's words, in raw offsets.

    `value` is the number stated, the lower one of a range, None for sizes like عشرات. `low` and `high` bound what the
    words allow: both equal `value` for a plain number, both are None after نحو, `high` is None after أكثر من.
    """

    begin: int
    end: int
    kind: Kind
    value: int | None
    low: int | None
    high: int | None


def find_casualties(view: View) -> list[Casualty]:
    """Find the counts of people."""
    return []
