"""Prints what the shipped segmenter and parser reach on a CoNLL-U file, and their speed.

python benchmarks/parser.py UD_SPLIT_FOLDER/test.conllu
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import train_parser
import train_segmenter

from khabar.model import Record
from khabar.nlp import Analyser, pipeline
from khabar.resources import folder


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("conllu", type=Path)
    a = args.parse_args()
    analyser = Analyser()
    figures, _ = train_segmenter.accuracy(analyser.segmenter, train_segmenter.gold(a.conllu))
    print("segmenter, per cent right:", figures)
    nlp = pipeline.load(folder("data") / "parser", pipeline.folded(analyser.segmenter.counts))
    print("parser on given words:", train_parser.evaluate(nlp, train_parser.examples(nlp, a.conllu)))
    lines = a.conllu.read_text(encoding="utf-8").splitlines()
    text = "\n".join(x.removeprefix("# text = ") for x in lines if x.startswith("# text = "))
    record = Record(text, a.conllu.name)
    for name in ("first", "again"):
        start = time.process_time()
        document = analyser.read(record)
        middle = time.process_time()
        analyser.parse(document, range(len(document.sentences)))
        end = time.process_time()
        n = len(document.tokens)
        print(f"{name}: read {n / (middle - start):,.0f}, parse {n / (end - middle):,.0f} tokens per CPU second")


if __name__ == "__main__":
    main()
