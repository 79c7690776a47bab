"""Fits the weights of :confidence on annotated texts, and shows how far they can be trusted.

    python benchmarks/calibrate.py GOLD... [--shipped] [--markdown] [--write]

Every claim that khabar makes about the texts of GOLD is right or wrong by the scorer of `khabar evaluate`: a relation
is right when it is paired (the same relation and ends), an event when it is paired with its class, and both only if
claim and annotation agree whether it may be a fact. Roles are not judged: one that is a claim of its own has the
confidence of its event. Weights are fitted by logistic regression that shrinks them; the figures are those of claims
whose document the fit has not seen, each document held out once. --shipped measures the weights that khabar has, as
they are. --write fits on all documents and writes src/khabar/data/confidence.tsv. Needs khabar[train].
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from pyoxigraph import NamedNode
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut

from khabar import confidence, iri, trace
from khabar.evaluate import scheme
from khabar.evaluate.align import Aligned, align
from khabar.evaluate.gold import GoldDocument, read_gold
from khabar.evaluate.graph import FoundGraph
from khabar.extractor import RuleExtractor
from khabar.model import Extraction, Record
from khabar.ontology import Ontology
from khabar.pipeline import Build
from khabar.store import Store

TABLE = Path(confidence.__file__).parent / "data" / "confidence.tsv"
BINS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
STRENGTH = 0.2
"""Inverse of the penalty on weights (C): with few hundred claims, a fifth of scikit-learn's own."""
TYPE = iri.RDF + "type"


@dataclass(frozen=True)
class Case:
    """One claim: its document, what the table looks at, the constant it had before, and whether it is right."""

    document: str
    values: dict[str, float]
    constant: float
    right: bool


class Unrated:
    """Reads with the rules, and leaves confidence as they guess it."""

    def __init__(self, rules: RuleExtractor) -> None:
        self._rules = rules

    def extract(self, record: Record) -> Extraction:
        """What the record's text states, before confidence is rated."""
        return self._rules.read(record)


def cases(documents: Sequence[GoldDocument], rules: RuleExtractor) -> Iterator[Case]:
    """The claims about all documents that the annotation can judge."""
    with tempfile.TemporaryDirectory() as place, Store.open(Path(place) / "s", write=True, create=True) as store:
        build = Build(store, Unrated(rules), rules.kb, Ontology.load(), problem=sys.exit)
        build.run(Record(one.text, one.id, id=one.id, date=one.date) for one in documents)
        graph = FoundGraph(store)
        for one in documents:
            yield from judged(align(one, graph.document(one.id)), store, graph)


def judged(document: Aligned, store: Store, graph: FoundGraph) -> Iterator[Case]:
    """The claims about one document, in the order of their IRIs."""
    ties = {(f.subject, iri.NS + f.predicate, f.object): g.stance for g, f in document.relations.pairs}
    happened = {f.node: g.stance for g, f in document.events.pairs}
    told = {e.node for e in document.found.events} | {r.subject for r in document.found.relations}
    nodes = {q.subject for node in told for q in store.quads(None, NamedNode(iri.RDF + "subject"), NamedNode(node))}
    home = iri.document_graph(own_key(document))
    for claim in sorted(nodes, key=str):
        about = {q.predicate.value: q.object for q in store.quads(claim, graph=home)}
        if not about:
            continue
        subject, predicate, obj = (about[iri.RDF + part].value for part in ("subject", "predicate", "object"))
        name = predicate.removeprefix(iri.NS)
        stance = graph.stance(claim)
        if predicate == TYPE:
            gold = happened.get(subject)
        elif name in scheme.RELATIONS:
            gold = ties.get((subject, predicate, obj))
        else:
            continue
        made, guess = trace.parse(about[iri.NS + "rule"].value), float(about[iri.NS + "confidence"].value)
        values = confidence.features(made, stance, guess, event=predicate == TYPE)
        yield Case(document.gold.id, values, guess, gold is not None and gold.settled == stance.settled)


def own_key(document: Aligned) -> str:
    one = document.gold
    return iri.document_key(Record(one.text, one.id, id=one.id, date=one.date))


def matrix(found: Sequence[Case]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([list(c.values.values()) for c in found]), np.array([c.right for c in found], dtype=int)


def fit(found: Sequence[Case]) -> dict[str, float]:
    """Weights by name, three decimals; the share of all is not shrunk."""
    x, y = matrix(found)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(x[:, 1:], y)
    names = list(found[0].values)
    return dict(zip(names, [round(float(w), 3) for w in (model.intercept_[0], *model.coef_[0])], strict=True))


def held_out(found: Sequence[Case]) -> np.ndarray:
    """The chance of each claim by weights fitted without its document."""
    x, y = matrix(found)
    chances = np.zeros(len(found))
    for train, test in LeaveOneGroupOut().split(x, y, [c.document for c in found]):
        weights = fit([found[i] for i in train])
        for i in test:
            chances[i] = confidence.chance(weights, found[i].values)
    return chances


def brier(chances: np.ndarray, right: np.ndarray) -> float:
    """The mean square of what a chance lacks to the truth: 0 is perfect."""
    return float(np.mean((chances - right) ** 2))


def gap(chances: np.ndarray, right: np.ndarray) -> float:
    """ECE: how far mean chance and share right lie apart, over the bins, each by its number."""
    return sum(abs(chances[b].mean() - right[b].mean()) * b.sum() for b in bins(chances) if b.any()) / len(right)


def bins(chances: np.ndarray) -> list[np.ndarray]:
    """Which claims fall into each bin; its upper end belongs to the next."""
    return [(chances >= low) & (chances < high) for low, high in pairwise(BINS)]


def shipped(found: Sequence[Case]) -> np.ndarray:
    """The chance of each claim by the weights that khabar has."""
    weights = confidence.Confidences.load().weights
    return np.array([confidence.chance(weights, one.values) for one in found])


def report(found: Sequence[Case], chances: np.ndarray, *, markdown: bool) -> list[str]:
    """The reliability table, and a table that compares with the constants."""
    right = np.array([c.right for c in found], dtype=float)
    constants = np.array([c.constant for c in found])
    share = np.full(len(found), right.mean())
    tables = [["confidence", "claims", "mean confidence", "share right", "constants: claims", "constants: share right"]]
    for (low, high), a, b in zip(pairwise(BINS), bins(chances), bins(constants), strict=True):
        cells = [f"{a.sum()}", *(f"{chances[a].mean():.2f} {right[a].mean():.2f}".split() if a.any() else ("", ""))]
        cells += [f"{b.sum()}", f"{right[b].mean():.2f}" if b.any() else ""]
        tables.append([f"{low:.1f} to {high:.1f}", *cells])
    measures = [["measure", "confidence", "constants", "one share for all"]]
    for name, measure in (("Brier", brier), ("ECE", gap)):
        measures.append([name, *(f"{measure(values, right):.3f}" for values in (chances, constants, share))])
    return [*_lines(tables, markdown=markdown), "", *_lines(measures, markdown=markdown)]


def _lines(rows: list[list[str]], *, markdown: bool) -> list[str]:
    if not markdown:
        return ["\t".join(row) for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("gold", nargs="+", type=Path)
    ap.add_argument("--markdown", action="store_true", help="tables as Markdown")
    which = ap.add_mutually_exclusive_group()
    which.add_argument("--shipped", action="store_true", help="measure the weights of this installation; fit nothing")
    which.add_argument("--write", action="store_true", help=f"write the weights to {TABLE.name}")
    args = ap.parse_args()
    read = [read_gold(folder) for folder in args.gold]
    if problems := [line for gold in read for line in gold.problems]:
        sys.exit(problems[0])
    documents = [document for gold in read for document in gold.documents]
    found = list(cases(documents, RuleExtractor()))
    chances = shipped(found) if args.shipped else held_out(found)
    sys.stdout.write("\n".join(report(found, chances, markdown=args.markdown)) + "\n")
    if args.write:
        head = f"# Weights of confidence.py by benchmarks/calibrate.py: {len(found)} claims of {len(documents)} texts."
        rows = "".join(f"{name}\t{weight}\n" for name, weight in fit(found).items())
        TABLE.write_text(f"{head}\nfeature\tweight\n{rows}", encoding="utf-8")


if __name__ == "__main__":
    main()
