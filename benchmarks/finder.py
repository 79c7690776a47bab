"""Scores names of three types against annotated news: the dictionary alone, the finder alone, both.

    python benchmarks/finder.py NER_FOLDER/dev.tsv [--model FILE] [--sure 0.5]

Names that the corpus marks as PER, GPE or LOC (taken as LOC) and ORG; a name is right when its words and type are.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from khabar import mentions
from khabar.kb import KnowledgeBase
from khabar.mentions.unknown.chain import Chain
from khabar.mentions.unknown.features import COARSE
from khabar.mentions.unknown.finder import FILE, NameFinder
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.resources import folder
from khabar.text import normalise

CHUNK = 8
KEPT = ("PER", "LOC", "ORG")


def known(doc, found):
    """Names of the dictionary and the rules, outermost first, none overlapping."""
    taken: set[int] = set()
    spans = []
    for m in sorted(found, key=lambda m: (-(m.last - m.first), m.first)):
        kind = "LOC" if m.how == "capital" else COARSE.get(m.cls)
        if m.how in ("name", "capital") and kind and not taken & set(range(m.first, m.last)):
            taken |= set(range(m.first, m.last))
            spans.append((m.first, m.last, kind))
    return spans


def union(first, second):
    """The spans of `first`, and those of `second` that overlap none of them."""
    taken = {i for a, b, _ in first for i in range(a, b)}
    return first + [x for x in second if not taken & set(range(x[0], x[1]))]


def main() -> int:
    from train_finder import read, spans

    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("corpus", type=Path)
    ap.add_argument("--model", type=Path, default=folder("data") / FILE)
    ap.add_argument("--sure", type=float, default=0.5)
    ap.add_argument("--errors", action="store_true")
    args = ap.parse_args()
    kb, analyser, finder = KnowledgeBase.open(), Analyser(), NameFinder(Chain.load(args.model))
    lines = read(args.corpus)
    counts: dict[str, Counter] = {}
    seconds, tokens = 0.0, 0
    for at in range(0, len(lines), CHUNK):
        part = lines[at : at + CHUNK]
        text = "\n".join(" ".join(t) for t, _ in part)
        hits = kb.scan(normalise(text))
        doc = analyser.read(Record(text, "dev"), [(h.begin, h.end) for h in hits])
        found = mentions.find_mentions(doc, hits, kb)
        start = time.perf_counter()
        new = finder.find(doc, found)
        seconds += time.perf_counter() - start
        old = known(doc, found)
        alone = [(s.first, s.last, s.kind) for s in new if s.kind in KEPT]
        sure = [(s.first, s.last, s.kind) for s in new if s.kind in KEPT and s.sure >= args.sure]
        where, gold, begin = {}, set(), 0
        for s, (words, labels) in enumerate(part):
            for k, w in enumerate(words):
                for c in range(begin, begin + len(w)):
                    where[c] = (s, k)
                begin += len(w) + 1
            tokens += len(words)
            gold |= {(s, i, j, kind) for i, j, kind in spans(labels) if kind in KEPT}

        def place(span, doc=doc, where=where):
            (s, i), (_, j) = where[doc.tokens[span[0]].begin], where[doc.tokens[span[1] - 1].begin]
            return s, i, j + 1, span[2]

        for name, guess in {
            "dictionary": old,
            "finder": alone,
            "dictionary, then finder": union(old, sure),
            "finder, then dictionary": union(alone, old),
        }.items():
            got = {place(x) for x in guess}
            for kind in (*KEPT, "all"):
                g = {x for x in gold if kind in (x[3], "all")}
                p = {x for x in got if kind in (x[3], "all")}
                c = counts.setdefault(f"{name}|{kind}", Counter())
                c["tp"] += len(g & p)
                c["g"] += len(g)
                c["p"] += len(p)
            if args.errors and name == "finder":
                for sign, rest in (("-", gold - got), ("+", got - gold)):
                    for s, i, j, kind in sorted(rest):
                        w = part[s][0]
                        print(sign, kind, " ".join(w[max(0, i - 3) : i]), "[", " ".join(w[i:j]), "]", *w[j : j + 2])
    for name, c in counts.items():
        p, r = c["tp"] / max(1, c["p"]), c["tp"] / max(1, c["g"])
        print(f"{name:32} P {p:.3f}  R {r:.3f}  F1 {2 * p * r / max(1e-9, p + r):.3f}  ({c['g']} names)")
    print(f"{tokens / seconds:.0f} words/s for the finder")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
