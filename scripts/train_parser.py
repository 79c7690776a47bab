"""Trains the parser on UD Arabic-PUD: python scripts/train_parser.py UD_SPLIT_FOLDER OUT_FOLDER [--minutes 10]."""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from pathlib import Path

import numpy as np
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.batchers import minibatch_by_words
from spacy.util import compounding
from thinc.api import Config, fix_random_seed

from khabar.nlp import Analyser, pipeline
from khabar.text import fold, normalise

CONFIG = """
[nlp]
lang = "ar"
pipeline = ["tok2vec","morphologizer","parser"]
[components]
[components.tok2vec]
factory = "tok2vec"
[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"
[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 96
attrs = ["ORTH","NORM","LOWER","PREFIX","SUFFIX","SHAPE"]
rows = [4000,3000,1500,2000,2000,1500]
include_static_vectors = STATIC
[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
[components.morphologizer]
factory = "morphologizer"
[components.morphologizer.model]
@architectures = "spacy.Tagger.v2"
[components.morphologizer.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
[components.parser]
factory = "parser"
[components.parser.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "parser"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
[components.parser.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
"""
FEATURES = {"Voice", "Aspect", "Gender", "Number", "VerbForm", "Definite", "Polarity", "Person"}
KEPT_SUBTYPES = {"nsubj", "obl", "acl"}


def read(path: Path) -> list[list[list[str]]]:
    """The sentences of a CoNLL-U file: rows of ten columns, plain words only."""
    sentences: list[list[list[str]]] = []
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if not line:
            if rows:
                sentences.append(rows)
            rows = []
        elif line[0] != "#" and re.match(r"\d+\t", line):
            rows.append(line.split("\t"))
    return sentences


def forms(rows: list[list[str]]) -> list[str]:
    """Words as the analyser gives them to the parser: folded, the article restored after the clitic ل."""
    words = [normalise(r[1]).text or r[1] for r in rows]
    for i in range(1, len(words)):
        glued = words[i - 1] == "ل" and "SpaceAfter=No" in rows[i - 1][9]
        if (
            glued
            and words[i].startswith("ل")
            and rows[i][3] in ("NOUN", "ADJ", "PROPN", "NUM", "DET")
            and "Definite=Def" in rows[i][5]
            and not words[i].startswith("لل")
        ):
            words[i] = "ا" + words[i]
    return [pipeline.form(fold(w)) for w in words]


def _label(dep: str) -> str:
    if dep == "root":
        return "ROOT"
    base = dep.split(":")[0]
    return dep if base in KEPT_SUBTYPES else base


def _feats(feats: str) -> str:
    return "" if feats == "_" else "|".join(f for f in feats.split("|") if f.split("=")[0] in FEATURES)


def examples(nlp: spacy.language.Language, path: Path) -> list[Example]:
    """Pairs of a bare and an annotated Doc."""
    out = []
    for rows in read(path):
        words = forms(rows)
        gold = Doc(
            nlp.vocab,
            words=words,
            heads=[int(r[6]) - 1 if int(r[6]) else i for i, r in enumerate(rows)],
            deps=[_label(r[7]) for r in rows],
            pos=[r[3] if r[3] != "_" else "X" for r in rows],
            morphs=[_feats(r[5]) for r in rows],
        )
        out.append(Example(Doc(nlp.vocab, words=words), gold))
    return out


def evaluate(nlp: spacy.language.Language, gold: list[Example]) -> dict[str, float]:
    """UAS, LAS, UPOS in per cent."""
    fresh = [Example(Doc(nlp.vocab, words=[t.text for t in e.reference]), e.reference) for e in gold]
    scores = nlp.evaluate(fresh)
    names = {"UAS": "dep_uas", "LAS": "dep_las", "UPOS": "pos_acc", "FEATS": "morph_acc"}
    return {k: round(100 * (scores[v] or 0), 1) for k, v in names.items()}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("split", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--vectors", type=Path, help="folder with vectors.npz and vectors.json")
    args.add_argument("--minutes", type=float, default=10)
    args.add_argument("--dropout", type=float, default=0.3)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--all", action="store_true", help="learn from dev too and keep the last weights")
    a = args.parse_args()
    fix_random_seed(a.seed)
    random.seed(a.seed)
    vectors = None
    if a.vectors:
        table = np.load(a.vectors / "vectors.npz")["table"]
        vectors = (json.loads((a.vectors / "vectors.json").read_text(encoding="utf-8")), table)
    counts = pipeline.folded(Analyser().segmenter.counts)
    nlp = pipeline.build(Config().from_str(CONFIG.replace("STATIC", "true" if vectors else "false")), counts, vectors)
    train, dev, test = (examples(nlp, a.split / f"{x}.conllu") for x in ("train", "dev", "test"))
    if a.all:
        train += dev
    optimizer = nlp.initialize(lambda: train)
    start, best, epoch, stale = time.time(), -1.0, 0, 0
    sizes = compounding(200, 1000, 1.002)
    while time.time() - start < a.minutes * 60 and stale < 12:
        random.shuffle(train)
        for batch in minibatch_by_words(
            train, size=sizes, tolerance=0.2, discard_oversize=False, get_length=lambda e: len(e.reference)
        ):
            nlp.update(batch, drop=a.dropout, sgd=optimizer)
        epoch += 1
        if epoch % 3 == 0:
            with nlp.use_params(optimizer.averages):
                scores = evaluate(nlp, dev)
                stale += not a.all
                if a.all:
                    pipeline.save(nlp, a.out, vectors)
                elif scores["LAS"] + scores["UAS"] / 2 > best:
                    best, stale = scores["LAS"] + scores["UAS"] / 2, 0
                    pipeline.save(nlp, a.out, vectors)
                print(epoch, round(time.time() - start), scores, flush=True)
    print("test", evaluate(pipeline.load(a.out, counts), test))


if __name__ == "__main__":
    main()
