"""Who speaks inside quotation marks: the subject of the verb of speech before them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.mentions.words import load
from khabar.model import Document, Entity, Mention

_LEAST = 4  # tokens; what is shorter is a name or a word held at arm's length
_PAIRS = {"«": "»", "“": "”", '"': '"'}
_SPEAKERS = frozenset(
    "Person Organization Government InternationalOrganization StateForce RebelGroup Militia PrivateMilitaryCompany"
    " MilitaryUnit ArmedForce Country UnnamedSource".split()
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Tokens `first` to `last` (half-open) between quotation marks, and the entity that says them."""

    first: int
    last: int
    speaker: Entity


def quotations(doc: Document, entities: Sequence[Entity]) -> list[Quotation]:
    """The quotations whose speaker is told in the words before them, in text order."""
    names = sorted(
        ((m, e) for e in entities if e.cls in _SPEAKERS for m in e.mentions if m.how != "pronoun"),
        key=lambda n: (n[0].first, -n[0].last),
    )
    found: list[Quotation] = []
    for first, last in _quoted(doc):
        speaker = _speaker(doc, first - 1, names) or _same(doc, first - 1, found)
        if speaker is not None:
            found.append(Quotation(first, last, speaker))
    return found


def quoted_at(found: Sequence[Quotation], i: int) -> Quotation | None:
    """The quotation that holds token `i`."""
    n = bisect_right([q.first for q in found], i) - 1
    return found[n] if n >= 0 and i < found[n].last else None


def _quoted(doc: Document) -> Iterator[tuple[int, int]]:
    """Stretches between a pair of quotation marks that are long enough to be speech."""
    start, closing = -1, ""
    for t in doc.tokens:
        if start < 0 and t.text in _PAIRS:
            start, closing = t.i + 1, _PAIRS[t.text]
        elif start >= 0 and t.text == closing:
            if t.i - start >= _LEAST:
                yield start, t.i
            start = -1


def _speaker(doc: Document, mark: int, names: Sequence[tuple[Mention, Entity]]) -> Entity | None:
    """The entity right behind a verb of speech in the words before the mark, titles and prepositions apart."""
    tokens, speech = doc.tokens, load().groups["speech"]
    sentence = doc.sentences[tokens[mark].sentence]
    verbs = [i for i in range(sentence.first, mark) if tokens[i].fold in speech]
    if not verbs:
        return None
    for m, e in names:
        if verbs[-1] < m.first < mark and not any(tokens[k].text in "،:؛" for k in range(verbs[-1], m.first)):
            return e
    return None


def _same(doc: Document, mark: int, found: Sequence[Quotation]) -> Entity | None:
    """Who spoke last, where a verb of speech alone stands before the mark: (وأضاف:) «..."""
    tokens, speech = doc.tokens, load().groups["speech"]
    first = doc.sentences[tokens[mark].sentence].first
    words = [t for t in tokens[first:mark] if t.kind == "stem"]
    near = found and tokens[mark].sentence - tokens[found[-1].last - 1].sentence <= 1
    return found[-1].speaker if near and 0 < len(words) <= 2 and words[0].fold in speech else None
