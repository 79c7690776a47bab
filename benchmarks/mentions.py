"""Names by class with the dictionary, the statistical finder and both; and what the name stages cost.

    python benchmarks/mentions.py GOLD_FOLDER [--markdown]
    python benchmarks/mentions.py --articles ARTICLES.jsonl[.gz] [--count 200] [--markdown]

P is the share of what was found as a class that overlaps an annotated mention of the same kind, R that of what is
annotated as a class that was found as the same kind. Kinds: a person; a place of any sort; a group of any sort; each
other class is its own. `dictionary` is the dictionary with the rules for descriptions. `finder` is the statistical
finder alone: names only, of three kinds, all that it thinks likely; it asks the dictionary about each word. `both` is
RuleExtractor(guess_names=True), which adds those names that the finder is sure of. Speed is that of one core, on
articles that the process has not read before.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from throughput import fresh, sample, stages, whole

from khabar.errors import KhabarError
from khabar.evaluate import scheme
from khabar.evaluate.breakdown import Table
from khabar.evaluate.gold import GoldDocument, read_gold
from khabar.evaluate.pairs import near, pair
from khabar.evaluate.report import markdown, plain
from khabar.extractor import RuleExtractor
from khabar.mentions import find_mentions, unknown
from khabar.mentions.unknown.features import COARSE
from khabar.model import Record
from khabar.text import normalise

Found = list[tuple[tuple[int, int], str]]
KINDS = {"PER": "any person", "LOC": "any place", "ORG": "any group"}
NAME_STAGES = ("normalise", "knowledge base", "tokens and clitics", "mentions", "entities")


def kind(cls: str) -> str:
    """What a class is compared as; a kind is its own."""
    return "LOC" if cls == "Facility" else COARSE.get(cls, cls)


def by_rules(extractor: RuleExtractor, record: Record) -> Found:
    """The mentions of all entities of the extractor, as they would be stored."""
    things = extractor.extract(record).entities
    spans = {((m.begin, m.end), e.cls) for e in things for m in e.mentions if m.how != "pronoun"}
    return sorted(x for x in spans if x[1] not in scheme.EVENTS)


def by_finder(extractor: RuleExtractor, record: Record) -> Found:
    """All names that the finder thinks likely, wherever they stand; it asks the dictionary, as it was trained to."""
    hits = extractor.kb.scan(normalise(record.text))
    doc = extractor.analyser.read(record, [(h.begin, h.end) for h in hits])
    spans = unknown.load().find(doc, find_mentions(doc, hits, extractor.kb))
    return [((doc.tokens[s.first].begin, doc.tokens[s.last - 1].end), s.kind) for s in spans]


def names(documents: tuple[GoldDocument, ...]) -> Table:
    """The table of mentions by class, kind and in all."""
    alone, both = RuleExtractor(), RuleExtractor(guess_names=True)
    setups: dict[str, Callable[[Record], Found]] = {
        "dictionary": lambda record: by_rules(alone, record),
        "finder": lambda record: by_finder(alone, record),
        "both": lambda record: by_rules(both, record),
    }
    annotated: Counter[str] = Counter()
    counts: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in setups}
    for one in documents:
        record = Record(one.text, one.id, id=one.id, date=one.date)
        gold = [(span, e.cls) for e in one.entities for span in e.spans]
        annotated.update(group for _, cls in gold for group in groups(cls))
        for name, find in setups.items():
            found = find(record)
            count = counts[name]
            count.update((group, "found") for _, cls in found for group in groups(cls))
            for (_, cls), (_, other) in pair(gold, found, lambda g, f: near(g[0], f[0])).pairs:
                if kind(cls) == kind(other):
                    count.update((group, "gold right") for group in groups(cls))
                    count.update((group, "found right") for group in groups(other))
    heads = ["all", *KINDS.values()]
    classes = sorted(set(annotated) - set(heads), key=lambda cls: (-annotated[cls], cls))
    rows: dict[str, dict[str, float]] = {}
    for group in (*heads, *classes):
        row = rows[group] = {"annotated": annotated[group]}
        for name, count in counts.items():
            if found_ := count[group, "found"]:
                row[f"{name} P"] = round(count[group, "found right"] / found_, 2)
            if annotated[group]:
                row[f"{name} R"] = round(count[group, "gold right"] / annotated[group], 2)
    return Table("mentions", rows)


def groups(cls: str) -> Iterator[str]:
    """The rows that a mention of a class counts in."""
    yield cls
    if kind(cls) in KINDS:
        yield KINDS[kind(cls)]
    yield "all"


def speed(path: Path, count: int) -> Table:
    """The table of the name stages: words a second, and their share of the whole, without and with the finder."""
    records = sample(path, count)
    words = sum(len(r.text.split()) for r in records)
    rows: dict[str, dict[str, float]] = {}
    for name, x in {"dictionary": RuleExtractor(), "both": RuleExtractor(guess_names=True)}.items():
        x.extract(Record("قصفت الطائرات التركية مدينة عفرين أمس.", "-"))  # loads the models
        spent, total = fresh(stages, x, records), fresh(whole, x, records)
        spent = {stage: spent[stage] for stage in NAME_STAGES}
        for stage, seconds in (spent | {"all name stages": sum(spent.values()), "end to end": total}).items():
            row = rows.setdefault(stage, {})
            row[f"{name} words/s"] = round(words / seconds)
            row[f"{name} % of the whole"] = round(100 * seconds / total, 1)
    return Table(f"stage ({len(records)} articles, {words:,} words)", rows)


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("gold", type=Path, nargs="?")
    ap.add_argument("--articles", type=Path)
    ap.add_argument("--count", type=int, default=200, help="so many articles of the file, always the same")
    ap.add_argument("--markdown", action="store_true")
    args = ap.parse_args()
    if args.gold is None and args.articles is None:
        ap.error("give GOLD_FOLDER, --articles FILE or both")
    try:
        gold = read_gold(args.gold) if args.gold else None
    except KhabarError as error:
        ap.error(str(error))
    if gold and gold.problems:
        ap.error(gold.problems[0])
    tables = [names(gold.documents)] if gold else []
    if args.articles:
        tables.append(speed(args.articles, args.count))
    for table in tables:
        print("\n".join((markdown if args.markdown else plain)(table)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
