"""Peak memory and time of every export, for a store of few and of many documents: it must not grow with the store.

    python benchmarks/exports.py STORE [--documents 200,2000] [--formats nquads,jsonld] [--no-sort]

STORE is a small store (`khabar build examples/articles.jsonl --store STORE`). Its document graphs are copied under new
names until there are as many as wanted; each export runs in a process of its own, writes to a file, and tells its peak.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from khabar import iri
from khabar.export import Selection, find, formats
from khabar.store import Store

_OWN = re.compile(r"(?<=[/-])[0-9a-f]{16}(?=[>#])")


def grown(store: Store, documents: int) -> Iterator[Quad]:
    """The graphs that documents share, and copies of the documents' own under other names."""
    keys = store.documents()
    lines = {key: "".join(f"{quad} .\n" for quad in store.quads(graph=iri.document_graph(key))) for key in keys}
    for graph in (iri.ENTITIES, iri.LINKS, iri.ONTOLOGY):
        yield from store.quads(graph=graph)
    for number, key in enumerate(islice(cycle(keys), documents)):
        renamed = _OWN.sub(partial(_copy, number), lines[key])
        yield from parse(renamed, format=RdfFormat.N_QUADS)


def _copy(number: int, name: re.Match[str]) -> str:
    return iri.digest(name[0], str(number))


def build(source: Path, target: Path, documents: int) -> int:
    """A store of so many documents; returns its number of quads."""
    with Store.open(source) as small, Store.open(target, write=True, create=True) as large:
        batch: list[Quad] = []
        for quad in grown(small, documents):
            batch.append(quad)
            if len(batch) == 100_000:
                large.add(batch)
                batch = []
        large.add(batch)
        large.rebuild_facts()
        return len(large)


def export(store: Path, form: str, *, sort: bool) -> None:
    """Write one export, and tell seconds, megabytes written and peak megabytes of memory."""
    chosen = find(form)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Store.open(store) as opened:
        target = Path(folder) / "out"
        if chosen.write is not None:
            with target.open("wb") as file:
                chosen.write(Selection(opened, sort=sort), file)
            size = target.stat().st_size
        elif chosen.write_folder is not None:
            target.mkdir()
            chosen.write_folder(Selection(opened, sort=sort), target)
            size = sum(path.stat().st_size for path in target.rglob("*"))
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.1f} {size / 1e6:.1f} {peak:.0f}")


def run(store: Path, *options: str) -> list[str]:
    """What another run of this script tells, or that it failed."""
    command = [sys.executable, __file__, str(store), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else ["failed", "", ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--documents", default="200,2000")
    parser.add_argument("--formats", default=",".join(formats()))
    parser.add_argument("--no-sort", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--grow", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        export(asked.store, asked.one, sort=not asked.no_sort)
        return
    if asked.grow:
        print(f"{build(asked.store, asked.grow, int(asked.documents)):,}")
        return
    with tempfile.TemporaryDirectory() as folder:
        stores = {}
        for documents in map(int, asked.documents.split(",")):
            stores[documents] = Path(folder) / str(documents)
            # In a process of its own: one that is started counts the memory of the one that starts it.
            quads = run(asked.store, "--grow", str(stores[documents]), "--documents", str(documents))
            print(f"{documents:,} documents: {quads[0]} quads")
        print(f"{'format':<18}" + "".join(f"{f'{n:,}: s':>10}{'MB out':>8}{'MB peak':>9}" for n in stores))
        for form in asked.formats.split(","):
            line = f"{form:<18}"
            for store in stores.values():
                told = run(store, "--one", form, *["--no-sort"] * asked.no_sort)
                line += f"{told[0]:>10}{told[1]:>8}{told[2]:>9}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
