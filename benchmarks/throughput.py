"""Words a second of the whole extractor on one core, by stage, with peak memory and the time to a first claim.

    python benchmarks/throughput.py ARTICLES.jsonl[.gz] [--articles 200] [--against TREE]

Stages are timed by calling them in turn as the extractor does; the last line times the extractor itself and the store.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

from khabar import coref, entities, mentions
from khabar.extractor import Page, RuleExtractor
from khabar.landmarks import landmarks
from khabar.model import Record
from khabar.pipeline import Build
from khabar.store import Store
from khabar.text import normalise

T = TypeVar("T")


def read(path: Path, count: int) -> list[dict[str, str]]:
    """A fixed random sample of the articles of a JSONL file."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        rows = [json.loads(x) for x in lines]
    return random.Random(1).sample(rows, min(count, len(rows)))


def sample(path: Path, count: int) -> list[Record]:
    """The articles of `read` as records."""
    return [Record(text=str(r["text"]), where=str(n), id=str(n)) for n, r in enumerate(read(path, count))]


def cold_start(text: str) -> float:
    """Seconds from starting Python to the first claim of a short article."""
    code = (
        "from khabar.extractor import RuleExtractor; from khabar.model import Record; import sys;"
        "x = RuleExtractor().extract(Record(text=sys.argv[1], where='-')); sys.exit(not (x.events or x.relations))"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, text], check=True)
    return time.perf_counter() - start


def stages(x: RuleExtractor, records: list[Record]) -> dict[str, float]:
    """Processor seconds by stage, up to the entities; the models must be loaded."""
    spent: dict[str, float] = defaultdict(float)
    clock = time.process_time
    for r in records:
        a = clock()
        view = normalise(r.text)
        b = clock()
        hits = x.kb.scan(view)
        c = clock()
        doc = x.analyser.read(r, [(h.begin, h.end) for h in hits])
        d = clock()
        found = mentions.find_mentions(doc, hits, x.kb, guess=x.guess_names)
        e = clock()
        doc = x.analyser.parse(doc, x._worth_parsing(Page(view, doc, tuple(found))))
        f = clock()
        things = entities.resolve(doc, found, x.kb)
        coref.pronouns(doc, things, landmarks(doc, things, x.kb.capital_of))
        g = clock()
        for stage, t in zip(
            ("normalise", "knowledge base", "tokens and clitics", "mentions", "parse", "entities"),
            (b - a, c - b, d - c, e - d, f - e, g - f),
            strict=True,
        ):
            spent[stage] += t
    return dict(spent)


def alone(x: RuleExtractor, records: list[Record]) -> float:
    """Processor seconds of the extractor."""
    start = time.process_time()
    for r in records:
        x.extract(r)
    return time.process_time() - start


def whole(x: RuleExtractor, records: list[Record]) -> float:
    """Processor seconds of the extractor and the store."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        with Store.open(Path(folder) / "store", write=True, create=True) as store:
            Build(store, x, x.kb, x.ontology, problem=print).run(records)
        return time.process_time() - start


def fresh(measure: Callable[[RuleExtractor, list[Record]], T], x: RuleExtractor, records: list[Record]) -> T:
    """Time something in a copy of this process, which remembers no word of the articles from the time before."""
    with multiprocessing.get_context("fork").Pool(1, lambda: _KEPT.update(x=x)) as pool:
        return pool.apply(_run, (measure, records))


_KEPT: dict[str, RuleExtractor] = {}  # models are inherited, for they cannot be sent


def _run(measure: Callable[[RuleExtractor, list[Record]], T], records: list[Record]) -> T:
    return measure(_KEPT["x"], records)


# Reads the records of standard input in whatever khabar is on the path, and prints its processor seconds.
_WHOLE = """
import json, sys, tempfile, time
from khabar.extractor import RuleExtractor
from khabar.model import Record
from khabar.pipeline import Build
from khabar.store import Store
records = [Record(text=t, where=str(n), id=str(n)) for n, t in enumerate(json.load(sys.stdin))]
x = RuleExtractor()
x.extract(records[0])
with tempfile.TemporaryDirectory() as folder:
    start = time.process_time()
    with Store.open(folder + "/store", write=True, create=True) as store:
        Build(store, x, x.kb, x.ontology, problem=print).run(records)
    print(time.process_time() - start)
"""


def compare(records: list[Record], other: Path, rounds: int = 3) -> None:
    """Print how fast this tree is against another, by turns in processes of their own."""
    texts = json.dumps([r.text for r in records])
    words = sum(len(r.text.split()) for r in records)
    speeds: dict[Path, list[float]] = {Path(__file__).resolve().parents[1]: [], other.resolve(): []}
    for _ in range(rounds):
        for tree, found in speeds.items():
            env = os.environ | {"PYTHONPATH": str(tree / "src")}
            done = subprocess.run(
                [sys.executable, "-c", _WHOLE], input=texts, env=env, capture_output=True, text=True, check=True
            )
            found.append(words / float(done.stdout.split()[-1]))
    here, there = (sorted(found)[rounds // 2] for found in speeds.values())
    print(f"end to end, median of {rounds}: {here:.0f} words/s, {other}: {there:.0f} words/s, ratio {here / there:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--articles", dest="count", type=int, default=200)
    parser.add_argument("--against", type=Path, metavar="TREE", help="compare with another checkout of khabar")
    args = parser.parse_args()
    records = sample(args.articles, args.count)
    if args.against:
        return compare(records, args.against)
    words = sum(len(r.text.split()) for r in records)
    x = RuleExtractor()
    first = cold_start("قصفت الطائرات التركية مدينة عفرين في سوريا أمس، وقال الجيش التركي إن الغارات ستستمر.")
    x.extract(records[0])
    spent, extractor, total = fresh(stages, x, records), fresh(alone, x, records), fresh(whole, x, records)
    spent["frames, stance, claims"] = max(0.0, extractor - sum(spent.values()))
    spent["RDF and store"] = max(0.0, total - extractor)
    print(f"{len(records)} articles, {words} words")
    for stage, t in spent.items():
        print(f"{stage:24} {words / t if t else float('inf'):>10.0f} words/s  {100 * t / total:5.1f} %")
    print(f"{'end to end':24} {words / total:>10.0f} words/s")
    print(f"peak memory              {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:>10.0f} MB")
    print(f"first claim, cold start  {first:>10.1f} s")


if __name__ == "__main__":
    main()
