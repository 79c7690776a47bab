"""Lemmas of stems: a table of corrections first, then simplemma; all folded, nouns without their article.

simplemma leads many verbal nouns back to their verb (تعليم to علم). Here a verbal noun is its own lemma: what a text
says happened is often said with it, and the lexicon lists verbs and nouns apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import simplemma

from khabar.text import fold

_WHOLE = frozenset(
    "الله اللهم الذي التي الذين اللذان اللذين اللتان اللتين اللواتي اللاتي الي الا الان المانيا البانيا".split()
)
# Folded shapes of verbal nouns of the derived verbs: تفعيل تفعله، افعال افتعال استفعال، مفاعله، اقامه استعانه.
_VERBAL = re.compile("ت..يه?.?$|ت..يه$|ا.{1,4}ا.$|م.ا..ه$|ا(ست)?.ا.ه$")
_MASKED = re.compile("الت?.ا.$")
_MUCH_RARER = 4.0


def corrections(path: Path) -> dict[str, str]:
    """Read the table of corrections: folded form to folded lemma; empty when there is no table."""
    table: dict[str, str] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            word, _, lemma = line.partition("\t")
            if lemma and not word.startswith("#"):
                table[fold(word.strip())] = fold(lemma.strip())
    return table


def without_article(word: str, counts: Mapping[str, float]) -> str:
    """Strip the article ال from a word that has one; `counts` (log frequencies) unmask words such as التهاب."""
    if len(word) < 5 or not word.startswith("ال") or fold(word) in _WHOLE:
        return word
    if not _MASKED.match(word):
        return word[2:]
    plain = word.replace("أ", "ا").replace("إ", "ا").replace("آ", "ا")
    rest = counts.get(plain[2:], 0.0)
    return word if rest < counts.get(plain, 0.0) - _MUCH_RARER else word[2:]


def lemma(word: str, table: Mapping[str, str], counts: Mapping[str, float]) -> str:
    """Give the folded lemma of a stem (unfolded, its article and final ة restored)."""
    base = without_article(word, counts)
    short = fold(base)
    known = table.get(fold(word)) or table.get(short)
    if known or not base.strip():
        return known or short
    found = fold(simplemma.lemmatize(base, lang="ar") or base)
    if len(found) < len(short) and _VERBAL.match(short) and not short.endswith("يه"):
        return short
    return found
