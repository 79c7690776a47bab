"""Words a second of a finder of names, and how many names it adds to the dictionary and the rules.

    python benchmarks/finders.py transformers:MODEL ARTICLES.jsonl[.gz] [--articles 20] [--threads 2]
    python benchmarks/finders.py base ARTICLES.jsonl[.gz]      # the speed alone: random weights of BERT-base size

The time is that of the finder; reading and the dictionary are not counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from throughput import read

from khabar import mentions
from khabar.extractor import RuleExtractor
from khabar.finders import open_finder
from khabar.finders.windows import located
from khabar.mentions.joining import join
from khabar.model import Record
from khabar.text import normalise


def base(folder: str, texts: list[str]) -> str:
    """A model of BERT-base size (110 million weights) with random weights and a vocabulary made from the texts."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    made = BertWordPieceTokenizer(lowercase=False)
    made.train_from_iterator(texts, vocab_size=30_000, show_progress=False)
    pieces = PreTrainedTokenizerFast(
        tokenizer_object=made._tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    labels = dict(enumerate(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]))
    config = BertConfig(vocab_size=30_000, id2label=labels, label2id={x: i for i, x in labels.items()})
    BertForTokenClassification(config).save_pretrained(folder)
    pieces.save_pretrained(folder)
    return f"transformers:{folder}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("finder")
    parser.add_argument("articles", type=Path)
    parser.add_argument("--articles", dest="count", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    import torch

    torch.set_num_threads(args.threads)
    texts = [str(row["text"]) for row in read(args.articles, args.count)]
    rules = RuleExtractor()
    with tempfile.TemporaryDirectory() as folder:
        finder = open_finder(base(folder, texts) if args.finder == "base" else args.finder)
    known = added = words = 0
    seconds = 0.0
    for n, text in enumerate(texts):
        hits = rules.kb.scan(normalise(text))
        doc = rules.analyser.read(Record(text, str(n)), [(h.begin, h.end) for h in hits])
        found = mentions.find_mentions(doc, hits, rules.kb)
        start = time.perf_counter()
        names = finder.find(doc)
        seconds += time.perf_counter() - start
        words += len(text.split())
        known += len(found)
        added += len(join(doc, found, located(doc, names))) - len(found)
    print(f"{len(texts)} articles, {words:,} words: {words / seconds:,.0f} words a second on {args.threads} threads")
    if args.finder != "base":
        print(f"{known:,} mentions of dictionary and rules, {added:,} names added")


if __name__ == "__main__":
    main()
