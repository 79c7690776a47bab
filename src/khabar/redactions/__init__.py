"""Redactions: people (and anything else) that a store may not name any more, and everything that sees to it."""

from __future__ import annotations

from khabar.redactions.masking import admit
from khabar.redactions.naming import begin
from khabar.redactions.record import FILE, NODE, Redaction, Redactions
from khabar.redactions.rewriting import Counts, finish, quads_of, rewrite, take_over

__all__ = [
    "FILE",
    "NODE",
    "Counts",
    "Redaction",
    "Redactions",
    "admit",
    "begin",
    "finish",
    "quads_of",
    "rewrite",
    "take_over",
]
