"""Files out of a store, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from khabar.errors import QueryError
from khabar.export import Selection, find, graph_iri, save
from khabar.store import Store


def export(store: Store, form: str, path: Path, *, graph: str | None, text: bool, sort: bool) -> None:
    """Write the store, or one graph of it, in one of the formats of `khabar export --list`."""
    chosen = find(form)
    if graph is not None and not chosen.graphs:
        raise QueryError(f"{form} is made of the whole store; leave graph out")
    named = graph_iri(store, graph) if graph else None
    save(chosen, Selection(store, named, text=text, sort=sort), path)
