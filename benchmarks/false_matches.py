"""Names that the knowledge base finds where none, or another, is meant: list them to judge, then compute the rate.

`benchmarks/false_matches.py ARTICLES.jsonl.gz --seed 7 --articles 100 > to_judge.tsv` reads that many articles, drawn
by the seed, and prints every linked mention with the words around it. Fill the first column: `ok`, `span` (right thing,
wrong words), `class` (right thing, wrong class), `entity` (another thing) or `none` (no name of a thing at all).
`benchmarks/false_matches.py --judged to_judge.tsv` then prints the shares and the wrong ones per 1,000 words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from khabar.entities import resolve
from khabar.kb import KnowledgeBase
from khabar.mentions import find_mentions
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.text import normalise

VERDICTS = ("ok", "span", "class", "entity", "none")
COLUMNS = ("verdict", "article", "begin", "words", "key", "class", "name", "window")
_WORDS = "# words"
_LEFT, _RIGHT = 55, 40


def drawn(path: Path, seed: int, count: int) -> list[Record]:
    """That many articles, with the number of their line as their place, the same for the same seed."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = sorted(random.Random(seed).sample(range(len(rows)), min(count, len(rows))))
    return [Record(rows[i]["text"], str(i), date=rows[i].get("date", "")[:10] or None) for i in chosen]


def linked(record: Record, kb: KnowledgeBase, analyser: Analyser) -> Iterator[tuple[int, str, str, str]]:
    """Begin, words, key and class of every mention that is linked."""
    text = record.text
    hits = kb.scan(normalise(text))
    doc = analyser.read(record, [(h.begin, h.end) for h in hits])
    doc = analyser.parse(doc, range(len(doc.sentences)))
    found = [(m.begin, m.end, e) for e in resolve(doc, find_mentions(doc, hits, kb), kb) if e.key for m in e.mentions]
    for begin, end, e in sorted(found, key=lambda f: f[:2]):
        yield begin, text[begin:end], e.key or "", e.cls


def listing(articles: list[Record]) -> Iterator[str]:
    """The lines of the table to judge, the number of words last."""
    kb, analyser = KnowledgeBase.open(), Analyser()
    yield "\t".join(COLUMNS)
    for record in articles:
        text = record.text
        for begin, words, key, cls in linked(record, kb, analyser):
            end = begin + len(words)
            window = f"{text[max(0, begin - _LEFT) : begin]}[[{words}]]{text[end : end + _RIGHT]}"
            entry = kb.entry(key)
            row = ("", record.where, str(begin), words, key, cls, entry.name_en or entry.name_ar, window)
            yield "\t".join(" ".join(cell.split()) for cell in row)
    yield f"{_WORDS}\t{sum(len(r.text.split()) for r in articles)}"


def rate(path: Path) -> str:
    """The shares of a judged table. Exits with one line for a row that is not judged or holds another word."""
    verdicts: Counter[str] = Counter()
    words = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        first, _, rest = line.partition("\t")
        if first == _WORDS:
            words = int(rest)
        elif first in VERDICTS:
            verdicts[first] += 1
        else:
            sys.exit(f"{path}, line {number}: verdict {first!r}; write one of {', '.join(VERDICTS)}")
    total = verdicts.total()
    if not total or not words:
        sys.exit(f"{path}: no judged rows or no line `{_WORDS}`; keep the table as this script printed it")
    lines = [f"{v}: {verdicts[v]} ({verdicts[v] / total:.1%})" for v in VERDICTS]
    wrong = total - verdicts["ok"]
    lines.append(f"{total} links in {words} words; wrong {wrong}, {1000 * wrong / words:.2f} per 1,000 words")
    missed = verdicts["entity"] + verdicts["none"]
    lines.append(f"of these another thing or none: {missed}, {1000 * missed / words:.2f} per 1,000 words")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles_file", nargs="?", type=Path, metavar="ARTICLES")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--judged", type=Path, help="a table that this script printed, its first column filled")
    args = parser.parse_args()
    if args.judged:
        print(rate(args.judged))
    elif args.articles_file is None:
        parser.error("give a file of articles, or --judged TABLE")
    else:
        for line in listing(drawn(args.articles_file, args.seed, args.articles)):
            print(line)


if __name__ == "__main__":
    main()
