"""The spaCy pipeline: the one place that builds, loads and runs it. Importing this module imports spaCy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy import attrs
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vectors import Vectors  # type: ignore[import-not-found,unused-ignore]
from thinc.api import Config

from khabar.errors import ResourceError
from khabar.text import fold

Table = NDArray[np.floating[Any]]

_DIGIT = re.compile(r"\d")
_MARKS = {
    "،": ",",
    "؛": ";",
    "؟": "?",
    "…": "...",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "ء": "-",
}
_ENDINGS = tuple("يين يون تين تان ات ون ين ان يه وا ه ي ا ت".split())


def form(folded: str) -> str:
    """Give the spelling under which the parser knows a folded token: one digit for all, plain punctuation."""
    return _MARKS.get(folded) or (_DIGIT.sub("0", folded) if folded.isascii() else folded)


def bare(word: str) -> str:
    """Strip article and ending from a folded word as long as three letters stay: words of one family meet."""
    if word.startswith("ال") and len(word) > 4:
        word = word[2:]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _head(word: str) -> str:
    return ("+" + word[2:5]) if word.startswith("ال") and len(word) > 4 else word[:3]


def _tail(word: str) -> str:
    return word[-3:]


def _edges(word: str) -> str:
    if not word[:1].isalpha():
        return word[:1]
    article = "+" if word.startswith("ال") and len(word) > 4 else word[0]
    return f"{article}{min(len(word), 7)}{word[-2:]}"


class Paradigm:
    """Guesses a word's class from which of its sisters are written: قصف beside يقصف and تقصف smells of a verb.

    `counts` gives log frequencies of folded words. Called with a word, it returns a short signature: for each
    sister (with article, in the other persons, with feminine and plural ending) how common it is beside the word.
    """

    def __init__(self, counts: Mapping[str, float]) -> None:
        self._get = counts.get

    def __call__(self, word: str) -> str:
        """The signature of one folded word."""
        if not word[:1].isalpha() or len(word) < 2:
            return word[:1]
        short = word[2:] if word.startswith("ال") and len(word) > 4 else word
        own = self._get(short, -1.0)
        sign = ["+" if short is not word else "-", self._step("ال" + short, own)]
        for ending in ("ت", "وا", "تا", "ا", "ن", ""):
            if short.endswith(ending) and len(short) - len(ending) > 1:
                base = short[: len(short) - len(ending)]
                break
        sign += [ending, self._step("ي" + base, own), self._step("ت" + base, own)]
        if short[0] in "يتنا" and len(base) > 2:
            sign += [short[0], self._step("ي" + base[1:], own), self._step("ت" + base[1:], own)]
        sign += [self._step(base + "ه", own), self._step(base + "ت", own)]
        return "".join(sign)

    def _step(self, sister: str, own: float) -> str:
        found = self._get(sister, -1.0)
        if found < 0:
            return "0"
        return "1" if found < own - 2.5 else "2" if found < own + 0.5 else "3"


def build(config: Config, counts: Mapping[str, float], vectors: tuple[Sequence[str], Table] | None = None) -> Language:
    """Make a pipeline from a config, with our readings of a word (see `Paradigm`) and its vectors (one row a word)."""
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    getters: dict[int, Callable[[str], Any]] = {
        attrs.NORM: bare,
        attrs.LOWER: Paradigm(counts),
        attrs.PREFIX: _head,
        attrs.SUFFIX: _tail,
        attrs.SHAPE: _edges,
    }
    nlp.vocab.lex_attr_getters.update(getters)  # type: ignore[attr-defined,unused-ignore]
    if vectors is not None:
        words, table = vectors
        nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=table.astype(np.float32), keys=list(words))
    return nlp


def folded(counts: Mapping[str, float]) -> dict[str, float]:
    """Log frequencies under folded spellings; of spellings that meet, the commoner one counts."""
    merged: dict[str, float] = {}
    for word, level in zip(fold("\n".join(counts)).split("\n"), counts.values(), strict=True):
        if level > merged.get(word, -1.0):
            merged[word] = level
    return merged


def load(path: Path, counts: Mapping[str, float]) -> Language:
    """Load the trained pipeline of a folder.

    `counts` as for `build`; raises ResourceError when a file is missing or broken.
    """
    try:
        config = Config().from_disk(path / "config.cfg")
        vectors = None
        if (path / "vectors.npz").exists():
            table = np.load(path / "vectors.npz")["table"]
            vectors = (json.loads((path / "vectors.json").read_text(encoding="utf-8")), table)
        nlp = build(config, counts, vectors)
        return nlp.from_disk(path, exclude=["vocab", "tokenizer"])
    except (OSError, ValueError, KeyError) as error:
        raise ResourceError(f"{path}: the parser model is missing or broken ({error}); install khabar again") from error


def save(nlp: Language, path: Path, vectors: tuple[Sequence[str], Table] | None = None) -> None:
    """Write a trained pipeline without its vocabulary; vectors go beside it in half precision."""
    nlp.to_disk(path, exclude=["vocab", "tokenizer"])
    if vectors is not None:
        words, table = vectors
        np.savez_compressed(path / "vectors.npz", table=table.astype(np.float16))
        (path / "vectors.json").write_text(json.dumps(list(words), ensure_ascii=False), encoding="utf-8")


def parse(nlp: Language, sentences: Iterable[Sequence[str]]) -> Iterator[Doc]:
    """Parse sentences given as forms (see `form`); one spaCy Doc for each, in order."""
    yield from nlp.pipe((Doc(nlp.vocab, words=list(words)) for words in sentences), batch_size=128)
