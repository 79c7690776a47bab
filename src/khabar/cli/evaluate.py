"""`khabar evaluate`: measure a store against annotated texts."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.evaluate.align import Aligned
    from khabar.evaluate.gold import GoldDocument
    from khabar.evaluate.graph import FoundGraph


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="A folder of annotated texts, or one <id>.json.")],
    store: Annotated[
        Path | None,
        typer.Argument(metavar="[STORE]", help="A store or an N-Quads file; without it the texts are read now."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="Tables by class, by phenomenon (denied, planned, ...), or of mentions, events, relations, roles ...",
        ),
    ] = None,
    errors: Annotated[
        str | None, typer.Option(metavar="KIND", help="List each error of a kind in its sentence, or all.")
    ] = None,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="text, json, tsv or md.")] = "text",
    records: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Write the texts as records for `khabar build`, and measure nothing."),
    ] = None,
) -> None:
    """Measure a store against texts that people annotated.

    GOLD holds an <id>.json beside each <id>.txt, as docs/annotation.md describes them. Documents of GOLD and STORE are
    paired by their id; one that STORE lacks counts as missed in full. Without STORE, this installation reads the texts
    into a store of its own for as long as it takes.

    P is precision, R recall, F1 their mean; value is a share, of so many. low and high are the bounds of 90 % of
    draws of as many documents: how much the figure owes to the choice of documents.

    --by class shows precision and recall of each class of mentions, events, relations, roles, and of modality,
    polarity and certainty; the name of one of these shows it alone. --by phenomenon shows how what is denied, hedged,
    planned and so on fares, and what of it became a fact.

    Kinds of errors: missed, spurious, span (other words), class, link, argument (an end of a relation, a role), stance,
    date. --format tsv writes one table: the errors, else those of --by, else the figures.

        khabar evaluate my-texts --errors stance

        khabar evaluate my-texts my-store --by class
    """
    from khabar.errors import InputError, QueryError
    from khabar.evaluate.breakdown import VIEWS
    from khabar.evaluate.errors import KINDS
    from khabar.evaluate.report import FORMATS, report

    for value, allowed, what in (
        (by, VIEWS, "table"),
        (errors, ("all", *KINDS), "kind of error"),
        (form, FORMATS, "format"),
    ):
        if value is not None and value not in allowed:
            raise QueryError(f"there is no {what} {value!r}; choose one of {', '.join(allowed)}")
    if errors and form == "md":
        raise QueryError("--format md has no errors; choose text, json or tsv")
    documents = _read(gold)
    if records is not None:
        from khabar.evaluate.gold import records as of

        lines = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in of(documents))
        try:
            records.write_text(lines, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{records}: cannot be written ({error.strerror}); choose another place") from error
        return
    with _graph(documents, store) as graph:
        aligned = _align(documents, graph, store)
        shown = report(aligned, graph.unbacked(), by=by, errors=errors)
    for line in shown.lines(form):
        typer.echo(line)


def _read(path: Path) -> Sequence[GoldDocument]:
    """The annotated documents; lists what is wrong with them and exits when there is anything."""
    from khabar.evaluate.gold import read_gold

    gold = read_gold(path)
    for line in gold.problems:
        _complain(" ".join(line.split()))
    if gold.problems:
        sys.stderr.write(f"khabar: {path}: {len(gold.problems):,} problems; nothing was measured\n")
        raise typer.Exit(1)
    return gold.documents


@contextmanager
def _graph(documents: Sequence[GoldDocument], store: Path | None) -> Iterator[FoundGraph]:
    from khabar.evaluate.graph import open_graph

    if store is not None:
        with open_graph(store) as graph:
            yield graph
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        _build(documents, path)
        with open_graph(path) as graph:
            yield graph


def _build(documents: Sequence[GoldDocument], path: Path) -> None:
    """Read the texts into a new store."""
    from khabar.extractor import RuleExtractor
    from khabar.model import Record
    from khabar.ontology import Ontology
    from khabar.pipeline import Build
    from khabar.store import Store

    extractor = RuleExtractor()
    with Store.open(path, write=True, create=True) as opened:
        build = Build(
            opened,
            extractor,
            extractor.kb,
            Ontology.load(),
            problem=_complain,
        )
        build.run(Record(one.text, one.id, id=one.id, date=one.date) for one in documents)


def _complain(line: str) -> None:
    sys.stderr.write(f"problem: {line}\n")


def _align(documents: Sequence[GoldDocument], graph: FoundGraph, store: Path | None) -> list[Aligned]:
    """All documents aligned; says which the graph lacks."""
    from khabar.errors import QueryError
    from khabar.evaluate.align import align

    aligned = [align(document, graph.document(document.id)) for document in documents]
    lacking = [one.gold.id for one in aligned if not one.found.present]
    if len(lacking) == len(aligned):
        raise QueryError(f"{store}: holds none of the {len(aligned)} annotated documents; --records writes them for it")
    if lacking:
        some = ", ".join(lacking[:5]) + (", ..." if len(lacking) > 5 else "")
        sys.stderr.write(f"note: {len(lacking)} of {len(aligned)} documents are not there, all missed: {some}\n")
    if broken := sum(one.found.broken for one in aligned):
        sys.stderr.write(f"note: {broken:,} spans without offsets are left out\n")
    return aligned
