"""Lemmas of stems: a table of corrections first, then simplemma; all folded, nouns without their article."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import simplemma

from khabar.text import fold

_WHOLE = frozenset("الله اللهم الذي التي الذين اللذان اللذين اللتان اللتين اللواتي اللاتي الي الا الان المانيا البانيا".split())


def corrections(path: Path) -> dict[str, str]:
    """Read the table of corrections: folded form to folded lemma; empty when there is no table."""
    table: dict[str, str] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            word, _, lemma = line.partition("\t")
            if lemma and not word.startswith("#"):
                table[fold(word.strip())] = fold(lemma.strip())
    return table


def without_article(folded: str) -> str:
    """Strip the article ال from a folded word that has one; leave short words and those that only look so."""
    if folded.startswith("ال") and len(folded) > 4 and folded not in _WHOLE:
        return folded[2:]
    return folded


def lemma(word: str, table: Mapping[str, str]) -> str:
    """Give the folded lemma of a stem (unfolded, its article and final ة restored)."""
    folded = fold(word)
    short = without_article(folded)
    known = table.get(folded) or table.get(short)
    if known:
        return known
    base = word[2:] if short != folded else word
    found = simplemma.lemmatize(base, lang="ar")
    return without_article(fold(found)) if found else short
