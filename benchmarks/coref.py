"""Score coreference inside documents against a folder of gold documents: B-cubed and pairs over the mentions found.

    python benchmarks/coref.py GOLD_DIR [--errors]

A mention of gold and one of ours are the same where at least half of their characters are common; what only one side
has is left out, since `mentions.py` counts it. GOLD_DIR holds `<id>.json` and `<id>.txt` (see docs/annotation.md).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

from khabar import entities, mentions
from khabar.evaluate.gold import GoldDocument, read_gold
from khabar.kb import KnowledgeBase
from khabar.model import Mention, Record
from khabar.nlp import Analyser
from khabar.text import normalise

Pair = tuple[str, str, str]  # words, entity of gold, entity of ours


def aligned(gold: GoldDocument, found: list[Mention]) -> list[Pair]:
    """The mentions that both have, each with its two entities; best overlap first, none used twice."""
    spans = [(span, e.id) for e in gold.entities for span in e.spans]
    shares = []
    for i, ((begin, end), _) in enumerate(spans):
        for j, m in enumerate(found):
            common = min(end, m.end) - max(begin, m.begin)
            share = common / (max(end, m.end) - min(begin, m.begin))
            if share >= 0.5:
                shares.append((share, i, j))
    pairs: list[Pair] = []
    left, right = set(), set()
    for _, i, j in sorted(shares, key=lambda s: (-s[0], s[1], s[2])):
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            begin, end = spans[i][0]
            pairs.append((gold.text[begin:end], spans[i][1], found[j].entity))
    return pairs


def b_cubed(pairs: list[Pair], own: int, other: int) -> float:
    """Sum over the mentions of the share of their chain on side `own` that is one chain on side `other` too."""
    sizes = Counter(p[own] for p in pairs)
    both = Counter((p[own], p[other]) for p in pairs)
    return sum(both[p[own], p[other]] / sizes[p[own]] for p in pairs)


def f1(p: float, r: float) -> str:
    return f"P {p:.3f} R {r:.3f} F1 {2 * p * r / max(1e-9, p + r):.3f}"


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("gold", type=Path)
    ap.add_argument("--errors", action="store_true", help="list chains that we split or lump")
    args = ap.parse_args()
    read = read_gold(args.gold)
    if read.problems:
        sys.exit(read.problems[0])
    kb, analyser = KnowledgeBase.open(), Analyser()
    total: Counter[str] = Counter()
    precision = recall = 0.0
    for gold in read.documents:
        hits = kb.scan(normalise(gold.text))
        doc = analyser.read(Record(gold.text, gold.id, date=gold.date), [(h.begin, h.end) for h in hits])
        doc = analyser.parse(doc, range(len(doc.sentences)))
        things = entities.resolve(doc, mentions.find_mentions(doc, hits, kb), kb)
        pairs = aligned(gold, [m for e in things for m in e.mentions])
        precision += b_cubed(pairs, 2, 1)
        recall += b_cubed(pairs, 1, 2)
        total["mentions"] += len(pairs)
        for a, b in combinations(pairs, 2):
            same, ours = a[1] == b[1], a[2] == b[2]
            total.update(both=same and ours, gold=same, ours=ours)
            if args.errors and same != ours:
                print(f"{gold.id}: {'split' if same else 'lumped'}: {a[0]} | {b[0]} ({a[1]} {b[1]})")
    n = max(1, total["mentions"])
    print(f"{len(read.documents)} documents, {total['mentions']} mentions in common")
    print("B-cubed", f1(precision / n, recall / n))
    print("pairs  ", f1(total["both"] / max(1, total["ours"]), total["both"] / max(1, total["gold"])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
