"""Finds words, numbers and marks in normalised text, and the sentences that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from khabar.model import TokenKind

_LETTER = "\u0621-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08b4"
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PATTERN = re.compile(
    rf"""
    (?P<link>(?:https?://|www\.)[^\s{_LETTER}«»"()<>]*[\w/] | [\w.+-]+@[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)+)
  | (?P<number>\d{{1,4}}-\d{{1,2}}-\d{{1,4}}(?!\d) | \d+(?:[.,:/\u066b\u066c]\d+)*)
  | (?P<short>(?<![{_LETTER}])(?:[{_LETTER}]\.){{2,}}(?:[{_LETTER}](?![{_LETTER}]))?
        | (?<![{_LETTER}])[{_LETTER}](?:\.[{_LETTER}])+(?![{_LETTER}])
        | (?<![{_LETTER}])[دأاما]\.(?=[ ]?[{_LETTER}]))
  | (?P<arabic>[{_LETTER}]+)
  | (?P<other>[{_LATIN}]+(?:[-'’.&][{_LATIN}]+|-?\d+)* | [^\W\d_]+)
  | (?P<punct>\.{{2,}} | [!?؟]+ | [^\s])
    """,
    re.VERBOSE,
)
_KINDS: dict[str, TokenKind] = {"number": "number", "punct": "punct"}
_STOPS = frozenset(".!?؟…")
_CLOSING = frozenset("\"»”’')]}")
_OPENERS = {"(": ")", "[": "]", "{": "}"}
_SHORT_BRACKET = 15


class Word(NamedTuple):
    """A word of the normalised text (half-open span); `kind` "stem" stands for Arabic words, cut later."""

    begin: int
    end: int
    text: str
    kind: TokenKind


def split(text: str) -> list[Word]:
    """Find the words, numbers and marks of a normalised text, in order."""
    found: list[Word] = []
    for match in _PATTERN.finditer(text):
        group = match.lastgroup
        word = match.group()
        # A lone hamza between spaces is how some keyboards write a dash.
        kind: TokenKind = _KINDS.get(group or "", "other")
        if group == "arabic":
            kind = "punct" if word == "ء" else "stem"
        found.append(Word(match.start(), match.end(), word, kind))
    return found


def sentences(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Divide words into sentences: half-open ranges of word numbers that cover them all.

    A sentence ends after a full stop, question or exclamation mark or ellipsis, with the quotes and brackets that
    close there, and at a line's end; never inside a bracket that closes within a few words.
    """
    first = 0
    bracket_end = -1
    quotes = 0
    total = len(words)
    for i, word in enumerate(words):
        mark = word.text
        if i < total - 1 and "\n" in text[word.end : words[i + 1].begin]:
            if i >= first:
                yield first, i + 1
            first, bracket_end, quotes = i + 1, -1, 0
            continue
        if word.kind != "punct":
            continue
        if mark in _OPENERS and i > bracket_end:
            bracket_end = _closes(words, i, _OPENERS[mark])
        elif mark == '"':
            quotes += 1
        if i < bracket_end or i < first:
            continue
        if mark[0] in _STOPS:
            end = _after(text, words, i, quotes)
            yield first, end
            first, bracket_end, quotes = end, -1, 0
    if first < total:
        yield first, total


def _closes(words: Sequence[Word], opened: int, closer: str) -> int:
    """The number of the word that closes a short bracket; -1 when it is not short."""
    for j in range(opened + 1, min(opened + _SHORT_BRACKET, len(words))):
        if words[j].text == closer:
            return j
    return -1


def _after(text: str, words: Sequence[Word], stop: int, quotes: int) -> int:
    """Where the sentence ends that stops at word `stop`: behind further stops and what closes right there."""
    end = stop + 1
    while end < len(words) and words[end].kind == "punct":
        mark = words[end].text
        gap = text[words[end - 1].end : words[end].begin]
        if mark == '"':
            if gap or quotes % 2 == 0:
                break
            quotes += 1
        elif "\n" in gap or (gap and mark in "'’") or (mark not in _CLOSING and (gap or mark[0] not in _STOPS)):
            break
        end += 1
    return end
