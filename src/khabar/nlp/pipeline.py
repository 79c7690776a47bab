"""The spaCy pipeline: the one place that builds, loads and runs it. Importing this module imports spaCy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy import attrs
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vectors import Vectors
from thinc.api import Config

from khabar.errors import ResourceError

_DIGIT = re.compile(r"\d")
_MARKS = {"،": ",", "؛": ";", "؟": "?", "…": "...", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-"}
_ENDINGS = ("يين", "يون", "تين", "تان", "ات", "ون", "ين", "ان", "يه", "وا", "ه", "ي", "ا", "ت")


def form(fold: str) -> str:
    """Give the spelling under which the parser knows a folded token: one digit for all, plain punctuation."""
    return _MARKS.get(fold) or (_DIGIT.sub("0", fold) if fold.isascii() else fold)


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


def _frame(word: str) -> str:
    if not word[:1].isalpha():
        return word[:1]
    article = "+" if word.startswith("ال") and len(word) > 4 else word[0]
    return f"{article}{min(len(word), 7)}{word[-2:]}"


_GETTERS: dict[int, Callable[[str], Any]] = {
    attrs.NORM: str,
    attrs.LOWER: bare,
    attrs.PREFIX: _head,
    attrs.SUFFIX: _tail,
    attrs.SHAPE: _frame,
}


def build(config: Config, vectors: tuple[Sequence[str], np.ndarray] | None = None) -> Language:
    """Make a pipeline from a config, with our readings of a word and its vectors (float rows, one a word)."""
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    nlp.vocab.lex_attr_getters.update(_GETTERS)
    if vectors is not None:
        words, table = vectors
        nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=table.astype(np.float32), keys=list(words))
    return nlp


def load(path: Path) -> Language:
    """Load the trained pipeline of a folder; raises ResourceError when a file of it is missing or broken."""
    try:
        config = Config().from_disk(path / "config.cfg")
        vectors = None
        if (path / "vectors.npz").exists():
            table = np.load(path / "vectors.npz")["table"]
            vectors = (json.loads((path / "vectors.json").read_text(encoding="utf-8")), table)
        nlp = build(config, vectors)
        return nlp.from_disk(path, exclude=["vocab", "tokenizer"])
    except (OSError, ValueError, KeyError) as error:
        raise ResourceError(f"{path}: the parser model is missing or broken ({error}); install khabar again") from error


def save(nlp: Language, path: Path, vectors: tuple[Sequence[str], np.ndarray] | None = None) -> None:
    """Write a trained pipeline without its vocabulary; vectors go beside it in half precision."""
    nlp.to_disk(path, exclude=["vocab", "tokenizer"])
    if vectors is not None:
        words, table = vectors
        np.savez_compressed(path / "vectors.npz", table=table.astype(np.float16))
        (path / "vectors.json").write_text(json.dumps(list(words), ensure_ascii=False), encoding="utf-8")


def parse(nlp: Language, sentences: Iterable[Sequence[str]]) -> Iterator[Doc]:
    """Parse sentences given as forms (see `form`); one spaCy Doc for each, in order."""
    yield from nlp.pipe((Doc(nlp.vocab, words=list(words)) for words in sentences), batch_size=128)
