"""Runs a query in pyoxigraph and in rdflib over the union of the graphs, and gives its rows as plain text."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph
import rdflib

Rows = list[list[str]]


def shown(value: str) -> str:
    """Instances by the end of their IRI, so that a table fits a page."""
    return value.removeprefix("https://w3id.org/khabar/")


def in_pyoxigraph(store: pyoxigraph.Store, query: str) -> Rows:
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = [["" if value is None else shown(value.value) for value in solution] for solution in found]  # type: ignore[union-attr]
    return [names, *rows]


@contextmanager
def its_own_warnings() -> Iterator[None]:
    """rdflib uses, inside a Dataset, names that it tells others not to use."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Dataset", category=DeprecationWarning)
        yield


def in_rdflib(dataset: rdflib.Dataset, query: str) -> Rows:
    with its_own_warnings():
        found = dataset.query(query)
        names = [str(variable) for variable in found.vars or ()]
        return [names, *[["" if value is None else shown(str(value)) for value in row] for row in found]]


def load(paths: Iterable[Path]) -> tuple[pyoxigraph.Store, rdflib.Dataset]:
    """The same quads in both engines."""
    store, dataset = pyoxigraph.Store(), rdflib.Dataset(default_union=True)
    for path in paths:
        text = path.read_text("utf-8")
        store.load(text, format=pyoxigraph.RdfFormat.N_QUADS)
        with its_own_warnings():
            dataset.parse(data=text, format="nquads")
    return store, dataset


def read_table(path: Path) -> Rows:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def write_table(path: Path, rows: Rows) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), "utf-8")
