"""Measure the knowledge base: `benchmarks/kb.py [--gold DIR] [--articles FILE.jsonl.gz] [--sample N] [--misses]`.

Prints open time, speed, hits per 1,000 words, the share of a gold folder's named entities that a scan finds with an
overlapping span and a compatible class, the share of their QIDs that a hit offers, and hits in context to read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from pathlib import Path
from typing import Any

from khabar.kb import Hit, KnowledgeBase
from khabar.text import normalise

NAMED = {
    "Person",
    "Government",
    "InternationalOrganization",
    "MediaOutlet",
    "StateForce",
    "RebelGroup",
    "Militia",
    "Organization",
    "PrivateMilitaryCompany",
    "MilitaryUnit",
    "ArmedForce",
    "Country",
    "AdministrativeArea",
    "Settlement",
    "Facility",
    "Place",
}
PLACES = {"Country", "AdministrativeArea", "Settlement", "Facility", "Place"}


def compatible(gold: str, ours: str) -> bool:
    """Whether two classes can mean the same thing: both places, both persons, or both groups."""
    if gold == "Person" or ours == "Person":
        return gold == ours
    return (gold in PLACES) == (ours in PLACES) or "Country" in (gold, ours)


def gold_spans(path: Path) -> tuple[str, list[tuple[dict[str, Any], list[tuple[int, int]]]]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    found = []
    for entity in document["entities"]:
        spans = []
        for quote, n in entity["mentions"]:
            at = -1
            for _ in range(n):
                at = text.find(quote, at + 1)
            spans.append((at, at + len(quote)))
        found.append((entity, spans))
    return text, found


def coverage(kb: KnowledgeBase, folder: Path, misses: bool) -> None:
    total = covered = qids = offered = first = exact = spans_seen = 0
    for path in sorted(folder.glob("*.json")):
        text, entities = gold_spans(path)
        hits = kb.scan(normalise(text))
        for entity, spans in entities:
            if entity["class"] not in NAMED:
                continue
            near = [
                h
                for h in hits
                for b, e in spans
                if h.begin < e and b < h.end and any(compatible(entity["class"], kb.entry(k).cls) for k in h.keys)
            ]
            total += 1
            covered += bool(near)
            qid = entity.get("qid")
            if qid and qid != "NIL":
                qids += 1
                offered += any(kb.entry(k).qid == qid for h in near for k in h.keys)
                first += any(kb.entry(h.keys[0]).qid == qid for h in near)
                if misses and not any(kb.entry(k).qid == qid for h in near for k in h.keys):
                    print(f"  no {qid} in {path.stem}: {entity['name']} {sorted({h.keys[0] for h in near})}")
            if not near and misses:
                print(f"  missed in {path.stem}: {entity['class']} {entity['mentions'][0][0]}")
            for h in near:
                spans_seen += 1
                exact += (h.begin, h.end) in spans
    print(
        f"gold {folder.name}: {covered}/{total} entities of named classes found ({covered / max(1, total):.1%});"
        f" QIDs offered {offered}/{qids}, first {first}/{qids}; exact spans {exact}/{spans_seen}"
    )


def context(text: str, hit: Hit) -> str:
    left, right = text[max(0, hit.begin - 45) : hit.begin], text[hit.end : hit.end + 35]
    return f"{left}[[{text[hit.begin : hit.end]}]]{right}".replace("\n", " ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, action="append", default=[])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--doubtful", action="store_true", help="sample only hits that were kept for their context")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    begun = time.perf_counter()
    kb = KnowledgeBase.open()
    print(f"opened in {time.perf_counter() - begun:.3f} s")
    for folder in args.gold:
        coverage(kb, folder, args.misses)
    if args.articles:
        with gzip.open(args.articles, "rt", encoding="utf-8") as file:
            texts = [json.loads(line)["text"] for line in file]
        random.Random(args.seed).shuffle(texts)
        texts = texts[: args.limit]
        views = [normalise(t) for t in texts]
        count = sum(len(t.split()) for t in texts)
        begun = time.perf_counter()
        found = [kb.scan(v) for v in views]
        spent = time.perf_counter() - begun
        hits = [(t, h) for t, some in zip(texts, found, strict=True) for h in some]
        print(
            f"{count} words in {spent:.2f} s: {count / spent:,.0f} words/s; {1000 * len(hits) / count:.1f} hits"
            f" per 1,000 words, of these doubtful {sum(not h.sure for _, h in hits) / max(1, len(hits)):.1%}"
        )
        hits = [(t, h) for t, h in hits if not (args.doubtful and h.sure)]
        for text, hit in random.Random(args.seed).sample(hits, min(args.sample, len(hits))):
            entry = kb.entry(hit.keys[0])
            print(f"{'sure' if hit.sure else 'doubt'} {entry.key} {entry.cls} {entry.name_en}: {context(text, hit)}")


if __name__ == "__main__":
    main()
