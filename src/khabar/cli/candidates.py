"""`khabar candidates`: pairs of entities that may be one thing, for a person to decide."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.candidates import Candidate
    from khabar.dossier import Dossier

_COLUMNS = ("score", "state", "one", "one_class", "one_name", "one_documents", "other", "other_class", "other_name",
            "other_documents", "reasons")  # fmt: skip


def candidates(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    least: Annotated[float, typer.Option("--least", min=0.0, max=1.0, help="Leave out pairs of a lower score.")] = 0.5,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Show at most so many pairs.")] = 50,
    decided: Annotated[bool, typer.Option("--decided", help="Show pairs that were decided, too.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="table, csv or json.")] = "table",
) -> None:
    """List pairs of entities that may be one thing.

    Compares unlinked entities of different documents with one another and with those of the knowledge base that the
    store names: by name, class, the countries that their documents speak of, and what both are tied to. Each pair has
    its score and its reasons; of many alike, each is paired with the first. The score is the share of pairs like it
    that were one thing where it was measured: see benchmarks/clusters.py. Nothing is linked here: decide with
    `khabar merge` and `khabar split`.

    State: proposed, a proposal of `khabar build` in graph/links; open; with --decided also merged and apart, by a
    person, and automatic: merged by `khabar build` itself, which gives way to `khabar split`.
    """
    from khabar.candidates import candidates as find
    from khabar.dossier import Dossier
    from khabar.errors import QueryError
    from khabar.store import Store

    if form not in ("table", "csv", "json"):
        raise QueryError(f"there is no format {form!r}; choose one of table, csv, json")
    with Store.open(store) as opened:
        found = find(opened, least=least, decided=decided)
        dossier = Dossier(opened)
        rows = [_row(candidate, dossier) for candidate in found[:limit]]
    if form == "json":
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(_COLUMNS)
        writer.writerows([_cell(row[column]) for column in _COLUMNS] for row in rows)
    else:
        _table(rows)
    if len(found) > limit:
        sys.stderr.write(f"and {len(found) - limit:,} more; show them with --limit {len(found)}\n")


def _row(candidate: Candidate, dossier: Dossier) -> dict[str, object]:
    from khabar import iri

    row: dict[str, object] = {"score": candidate.score, "state": candidate.state, "reasons": list(candidate.reasons)}
    for name, thing in (("one", candidate.one), ("other", candidate.other)):
        row[name] = iri.shorten(thing.node).removeprefix("entity:")
        row[f"{name}_class"], row[f"{name}_name"] = thing.cls, thing.name
        row[f"{name}_documents"] = [dossier.identifier(key) for key in sorted(thing.documents)]
    return {column: row[column] for column in _COLUMNS}


def _cell(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(rows: list[dict[str, object]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in ("score", "state", "A", "B", "reasons"):
        table.add_column(column, overflow="fold")
    for row in rows:
        ends = [f"{row[end + '_name']}\n{row[end + '_class']} {row[end]}\n{_few(row[end + '_documents'])}" for end in
                ("one", "other")]  # fmt: skip
        cells = [f"{row['score']:.3f}", str(row["state"]), *ends, _cell(row["reasons"])]
        table.add_row(*map(Text, cells), end_section=True)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 160
    console = Console(file=sys.stdout, width=width, highlight=False, color_system=None)
    if rows:
        console.print(table)
    typer.echo(f"{len(rows):,} pair{'' if len(rows) == 1 else 's'}")


def _few(documents: object) -> str:
    names = list(map(str, documents)) if isinstance(documents, list) else []
    more = f" and {len(names) - 2:,} more" if len(names) > 2 else ""
    return f"in {', '.join(names[:2])}{more}"
