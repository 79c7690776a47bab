"""Lists what is told as a fact in random articles about conflicts, by sentence, to be judged one by one.

    python benchmarks/judged.py ARTICLES.jsonl[.gz] [--articles 40] [--seed 1]

An article counts as one about conflicts that holds three of the words below. A tie or event is right if the sentence
and its article say it, tell it as having happened or holding, and every filler is right; docs/quality.md gives shares.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

from khabar.extractor import RuleExtractor
from khabar.model import Extraction, Record

WORDS = "قصف الجيش قتل هجوم الحوثي داعش المعارضة غارات اشتباكات مسلح قوات الميليشيا".split()
ENDS = ".؟!\n"


def drawn(path: Path, count: int, seed: int) -> list[Record]:
    """Random articles of 400 to 4,000 characters that hold three of the words."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    about = [r for r in rows if sum(w in r["text"] for w in WORDS) >= 3 and 400 < len(r["text"]) < 4000]
    random.Random(seed).shuffle(about)
    return [
        Record(r["text"], f"article {n}", date=(r.get("date") or "")[:10] or None) for n, r in enumerate(about[:count])
    ]


def facts(text: str, told: Extraction) -> list[tuple[int, str]]:
    """What is settled, as a place in the text and a line; ties first where both stand at one place."""
    name = {e.id: e.name for e in told.entities}
    name |= {v.id: f"«{text[v.begin : v.end]}»" for v in told.events}
    lines = [
        (r.evidence[0], f"tie   {name[r.subject]} —{r.predicate}→ {name[r.object]}", r.stance) for r in told.relations
    ] + [
        (
            v.begin,
            f"event {v.cls} {name[v.id]} " + "; ".join(f"{x.name}={name.get(x.filler, '')}" for x in v.roles),
            v.stance,
        )
        for v in told.events
    ]
    return [
        (at, line + (f" [{name[s.source]}]" if s.source else ""))
        for at, line, s in sorted(lines, key=lambda x: x[0])
        if s.settled
    ]


def sentence(text: str, at: int) -> str:
    """The sentence around a place in the text."""
    begin = max(text.rfind(c, 0, at) for c in ENDS) + 1
    end = min((k for k in (text.find(c, at) for c in ENDS) if k >= 0), default=len(text))
    return text[begin:end].strip()


def main() -> None:
    """Print the articles' facts and how many there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles_file", type=Path, metavar="ARTICLES")
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    extractor, ties, events = RuleExtractor(), 0, 0
    for record in drawn(given.articles_file, given.articles, given.seed):
        print(f"===== {record.where}")
        last = ""
        for at, line in facts(record.text, extractor.extract(record)):
            here = sentence(record.text, at)
            if here != last:
                print(f"## {here}")
            last = here
            print(f"   {line}")
            ties, events = ties + line.startswith("tie"), events + line.startswith("event")
    print(f"{ties} ties, {events} events")


if __name__ == "__main__":
    main()
