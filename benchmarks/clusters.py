"""How good the proposals of `khabar candidates` are, and the fitting of their weights.

    python benchmarks/clusters.py STORE|ARTICLES.jsonl            # precision and recall by score
    python benchmarks/clusters.py STORE|ARTICLES.jsonl --fit src/khabar/data/alike.tsv

Every fourth entry of the knowledge base (never a state) is hidden: its entities become unlinked ones, as a first
reading of a text makes them when no list knows the name. Two of them in different documents are one thing if the hidden
entry is one. An entry counts in few documents (--most), because unlinked things are rare. Documents and entries are
halved: weights are fitted on one half, and the table is about the other, so no pair, document or entry is in both.

What this cannot show: names that no list knows are hidden here by names that one does, so two men of one name of whom
the knowledge base has neither are not among the pairs. `--show N` prints pairs of truly unlinked entities to read.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from khabar import iri
from khabar.alike import APART, Reason, Thing, blocks, likeness, reasons, weights
from khabar.candidates import Candidate, settled
from khabar.extractor import RuleExtractor
from khabar.kb import KnowledgeBase
from khabar.ontology import Ontology
from khabar.pipeline import Build
from khabar.read import read_sources
from khabar.rename import Graph, Nil, renamed
from khabar.store import Store
from khabar.surroundings import Surroundings

FOLDS = 4
BANDS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.0)
#: The reasons, and which way each may speak: the news names few homonyms, and chance must not turn a reason round.
KEYS = {
    "always": 0, "same name": 1, "other name": 0, "like name": 0, "part of name": -1, "common name": -1,
    "common given name": -1, "several words": 1, "same class": 1, "kin class": -1, "towns": -1, "shared state": 1,
    "other states": -1, "shared tie": 1, "shared ties": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two hidden entities of different documents, whether they are one, and what speaks for it (None: no pair)."""

    one: Thing
    other: Thing
    same: bool
    found: tuple[Reason, ...] | None


def number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def hidden(store: Store, kb: KnowledgeBase, schema: Ontology, fold: int, folder: Path) -> tuple[Store, dict[str, str]]:
    """A copy of the store in which a fold of the entries is unknown, and the entry of each entity made so."""
    copy, truth = Store.open(folder, write=True, create=True), dict[str, str]()
    copy.add(store.quads(graph=iri.ENTITIES))
    for key in store.documents():
        graph = Graph.read(store, key)
        names: dict[str, str | Nil] = {}
        for node, spans in graph.mentions.items():
            known = node.removeprefix(iri.entity(""))
            if known.startswith("nil-") or number(known) % FOLDS != fold:
                continue
            entry = kb.entry(known)
            if entry.cls != "Country" and entry.cls not in APART:
                names[node] = Nil(entry.cls, spans)
                truth[iri.nil_entity(key, entry.cls, min(spans)[0])] = known
        copy.add(renamed(graph, names, schema))
    return copy, truth


def pairs(store: Store, truth: dict[str, str], half: int, most: int) -> Iterator[Pair]:
    """Pairs of one half of the documents that the proposals look at, and the pairs of one entry that they do not."""
    by_entry: dict[str, list[Thing]] = defaultdict(list)
    for thing in Surroundings(store).things():
        if thing.node in truth and number(min(thing.documents)) % 2 == half:
            by_entry[truth[thing.node]].append(thing)
    kept = {key: sorted(held, key=lambda t: number(t.node))[:most] for key, held in by_entry.items()}
    things = [thing for held in kept.values() for thing in held]
    seen = set()
    for block in blocks(things):
        for one, other in combinations(block, 2):
            if one.documents.isdisjoint(other.documents) and (one.node, other.node) not in seen:
                seen.add((one.node, other.node))
                yield Pair(one, other, truth[one.node] == truth[other.node], reasons(one, other))
    for held in kept.values():
        for one, other in combinations(sorted(held, key=lambda t: t.node), 2):
            if (one.node, other.node) not in seen:
                yield Pair(one, other, True, None)


def fit(found: Iterable[Pair]) -> dict[str, float]:
    """Weights of a logistic regression with a little ridge, by reason, each of the sign that it may have."""
    rows = [pair for pair in found if pair.found is not None]
    x = np.array([[float(any(r.key == key for r in pair.found or ())) for key in KEYS] for pair in rows])
    y = np.array([float(pair.same) for pair in rows])
    signs = np.array(list(KEYS.values()))
    w = np.zeros(len(KEYS))
    step = 4 / (np.linalg.norm(x, 2) ** 2 + 4)
    for _ in range(20_000):
        w -= step * (x.T @ (1 / (1 + np.exp(-x @ w)) - y) + w)
        w[signs * w < 0] = 0.0
    return dict(zip(KEYS, (round(float(v), 2) for v in w), strict=True))


def report(found: list[Pair]) -> None:
    total = sum(pair.same for pair in found)
    print(f"{len(found):,} pairs, {total:,} of them of one entry, {len({p.one.fold for p in found}):,} names")
    print(f"{'score from':<12}{'pairs':>8}{'one':>8}{'precision':>11}{'so far':>9}{'recall':>8}")
    scored = [(like, pair) for pair in found if (like := likeness(pair.one, pair.other)) is not None]
    upper, pairs_, same_ = math.inf, 0, 0
    for low in BANDS:
        band = [pair.same for like, pair in scored if low <= like.score < upper]
        pairs_, same_, upper = pairs_ + len(band), same_ + sum(band), low
        print(f"{low:<12.2f}{len(band):>8,}{sum(band):>8,}{_share(sum(band), len(band)):>11}"
              f"{_share(same_, pairs_):>9}{_share(same_, total):>8}")  # fmt: skip
    for name, least in (("agree", 0.0), ("agree, from .95", 0.95), ("agree, from .98", 0.98)):
        held = [(like, pair) for like, pair in scored if like.agree and like.score >= least]
        same = sum(pair.same for _, pair in held)
        kinds = Counter(pair.one.cls for _, pair in held)
        wrong = Counter(pair.one.cls for _, pair in held if not pair.same)
        parts = ", ".join(f"{cls} {_share(n - wrong[cls], n)} of {n:,}" for cls, n in kinds.most_common(6))
        print(f"{name}: {len(held):,} pairs, precision {_share(same, len(held))} (at least {bound(same, len(held)):.3f}"
              f" at 95 %), recall {_share(same, total)}; {parts}")  # fmt: skip


def bound(good: int, of: int) -> float:
    """The lower end of Wilson's interval at 95 %."""
    if not of:
        return 0.0
    z, share = 1.645, good / of
    return (share + z * z / 2 / of - z * math.sqrt(share * (1 - share) / of + z * z / 4 / of / of)) / (1 + z * z / of)


def _share(part: int, of: int) -> str:
    return f"{part / of:.3f}" if of else "-"


def show(found: list[Candidate], count: int) -> None:
    """Print pairs to read."""
    for one in random.Random(5).sample(found, min(count, len(found))):
        print(f"{one.score:.3f} {one.one.name} | {one.other.name} | {'; '.join(one.reasons)}"
              f" | {min(one.one.documents)} {min(one.other.documents)}")  # fmt: skip


def build(path: Path, folder: Path) -> None:
    """Read articles into a new store."""
    extractor, schema = RuleExtractor(), Ontology.load()

    def warn(line: str) -> None:
        print(line, file=sys.stderr)

    with Store.open(folder, write=True, create=True) as store:
        store.put_ontology()
        Build(store, extractor, extractor.kb, schema, problem=warn).run(read_sources([str(path)], problem=warn))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--fit", type=Path, metavar="FILE", help="fit on one half and write the weights here")
    parser.add_argument("--most", type=int, default=6, help="documents of one entry that count")
    parser.add_argument("--folds", type=int, default=FOLDS, choices=(2, 4), help="folds to hide, each by itself")
    parser.add_argument("--show", type=int, default=0, help="print so many automatic merges of unlinked entities")
    args = parser.parse_args()
    kb, schema = KnowledgeBase.open(), Ontology.load()
    with tempfile.TemporaryDirectory() as folder:
        path = args.source
        if not path.is_dir():
            path = Path(folder) / "store"
            build(args.source, path)
        with Store.open(path) as store:
            halves: list[list[Pair]] = [[], []]
            for fold in range(args.folds):
                copy, truth = hidden(store, kb, schema, fold, Path(folder) / f"hidden-{fold}")
                halves[fold % 2] += pairs(copy, truth, fold % 2, args.most)
                copy.close()
            if args.fit:
                found = fit(halves[0])
                rows = "".join(f"{key}\t{weight:g}\n" for key, weight in found.items())
                args.fit.write_text(f"reason\tweight\n{rows}", encoding="utf-8")
                print(rows)
                weights().clear()
                weights().update(found)
                print("the half that the weights are fitted on:")
                report(halves[0])
            print("the other half:")
            report(halves[1])
            if args.show:
                show(settled(store)[0], args.show)


if __name__ == "__main__":
    main()
