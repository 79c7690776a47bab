"""Score mentions and links against a folder of gold documents, without RDF.

    python benchmarks/mentions.py GOLD_DIR [--errors] [--speed]

GOLD_DIR holds `<id>.json` and `<id>.txt`; its parent holds `gold.py`, the reader of that format.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from khabar import entities, mentions
from khabar.kb import KnowledgeBase
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.text import normalise


def iou(a: tuple[int, int], b: tuple[int, int]) -> float:
    i = min(a[1], b[1]) - max(a[0], b[0])
    return i / (max(a[1], b[1]) - min(a[0], b[0])) if i > 0 else 0.0


def pair(gold, found, score):
    """Pair best first; returns pairs, missed, extra."""
    todo = sorted(((s, -i, -j) for i, g in enumerate(gold) for j, p in enumerate(found) if (s := score(g, p)) > 0))
    pairs, used_g, used_p = [], set(), set()
    for _, i, j in reversed(todo):
        if i not in used_g and j not in used_p:
            used_g.add(i)
            used_p.add(j)
            pairs.append((gold[-i], found[-j]))
    return (
        pairs,
        [g for i, g in enumerate(gold) if -i not in used_g],
        [p for j, p in enumerate(found) if -j not in used_p],
    )


def f1(c: Counter) -> str:
    p = c["tp"] / max(1, c["tp"] + c["fp"])
    r = c["tp"] / max(1, c["tp"] + c["fn"])
    return f"P {p:.3f} R {r:.3f} F1 {2 * p * r / max(1e-9, p + r):.3f} (gold {c['tp'] + c['fn']})"


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("gold", type=Path)
    ap.add_argument("--errors", action="store_true", help="list misses, extras and wrong links")
    args = ap.parse_args()
    sys.path.insert(0, str(args.gold.resolve().parent))
    from gold import load

    kb, analyser = KnowledgeBase.open(), Analyser()
    total: dict[str, Counter] = defaultdict(Counter)
    by_class: dict[str, Counter] = defaultdict(Counter)
    words, seconds = 0, 0.0
    log = print if args.errors else (lambda *_: None)
    for path in sorted(p for p in args.gold.glob("*.json") if not p.name.endswith((".meta.json", "index.json"))):
        g = load(path)
        text = g["text"]
        hits = kb.scan(normalise(text))
        doc = analyser.read(Record(text, path.name), [(h.begin, h.end) for h in hits])
        start = time.perf_counter()
        spans = mentions.find_mentions(doc, hits, kb)
        seconds += time.perf_counter() - start
        doc = analyser.parse(doc, range(len(doc.sentences)))
        start = time.perf_counter()
        things = entities.resolve(doc, spans, kb)
        seconds += time.perf_counter() - start
        words += len(text.split())
        gold = [(tuple(s), e["id"], e["class"]) for e in g["entities"] for s in e["spans"]]
        found = sorted({((m.begin, m.end), e.id, e.cls) for e in things for m in e.mentions if m.how != "pronoun"
                        and e.cls != "Conflict"})  # fmt: skip
        for name, score in {
            "exact": lambda a, b: a[0] == b[0],
            "overlap": lambda a, b: v if (v := iou(a[0], b[0])) >= 0.3 else 0,
            "exact+class": lambda a, b: a[0] == b[0] and a[2] == b[2],
        }.items():
            pairs, missed, extra = pair(gold, found, score)
            total[name].update(tp=len(pairs), fn=len(missed), fp=len(extra))
            if name == "overlap":
                for m in missed:
                    log(f"{path.stem}: missed {text[slice(*m[0])]!r} {m[2]}")
                for m in extra:
                    log(f"{path.stem}: extra {text[slice(*m[0])]!r} {m[2]}")
                for a, b in pairs:
                    by_class[a[2]]["tp"] += 1
                    if a[0] != b[0] or a[2] != b[2]:
                        log(f"{path.stem}: differ {text[slice(*a[0])]!r} {a[2]} / {text[slice(*b[0])]!r} {b[2]}")
                for m in missed:
                    by_class[m[2]]["fn"] += 1
                for m in extra:
                    by_class[m[2]]["fp"] += 1
        votes: dict[str, Counter] = defaultdict(Counter)
        for span, e, _ in found:
            for other, gid, _ in gold:
                votes[e][gid] += iou(span, other)
        to_gold = {e: c.most_common(1)[0][0] for e, c in votes.items() if c and c.most_common(1)[0][1] > 0}
        qids = {e.id: kb.entry(e.key).qid if e.key else None for e in things}
        for e in g["entities"]:
            mine = [x for x, gid in to_gold.items() if gid == e["id"]]
            if e.get("qid") and e["qid"] != "NIL":
                ok = any(qids[x] == e["qid"] for x in mine)
                total["links found"].update(tp=int(ok), fn=int(not ok))
                if not ok:
                    log(f"{path.stem}: link missed {e['name']} {e['qid']} got {[qids[x] for x in mine]}")
            if e.get("qid"):
                for x in mine:
                    if qids[x]:
                        right = qids[x] == e["qid"]
                        total["links right"].update(tp=int(right), fn=int(not right))
                        if not right:
                            log(f"{path.stem}: wrong link {e['name']} {qids[x]} gold {e['qid']}")
    for name, c in total.items():
        print(f"{name:12}", f1(c) if not name.startswith("links") else f"{c['tp']}/{c['tp'] + c['fn']}"
              f" = {c['tp'] / max(1, c['tp'] + c['fn']):.3f}")  # fmt: skip
    for name, c in sorted(by_class.items(), key=lambda x: -(x[1]["tp"] + x[1]["fn"])):
        print(f"  {name:24}", f1(c))
    print(f"{words / max(seconds, 1e-9):,.0f} words/s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
