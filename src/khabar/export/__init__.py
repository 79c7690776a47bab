"""Writes a store in the forms that others read: one module a family of formats, each listing its own in `FORMATS`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from khabar.errors import QueryError
from khabar.export.saving import save
from khabar.export.selection import Format, Selection, graph_iri

__all__ = ["Format", "Selection", "families", "find", "formats", "graph_iri", "save"]

_FAMILIES = {
    "RDF": ("rdf", "rdf12", "jsonld", "jelly"),
    "claims to publish and to lay over texts": ("nanopub", "webannotation"),
    "tables": ("tables",),
    "event data": ("acled", "plover"),
    "networks": ("networks", "neo4j"),
    "maps": ("geojson",),
    "investigations and Wikidata": ("ftm", "quickstatements"),
}


@cache
def families() -> Mapping[str, tuple[Format, ...]]:
    """The formats under a heading each, for people; what has no heading yet comes last."""
    found = {m.name: _listed(m.name) for m in pkgutil.iter_modules(__path__)}
    grouped = {title: [form for name in names for form in found.pop(name, ())] for title, names in _FAMILIES.items()}
    grouped["others"] = [form for rest in found.values() for form in rest]
    return {title: tuple(forms) for title, forms in grouped.items() if forms}


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name: every module of this package adds its own."""
    return {form.name: form for forms in families().values() for form in forms}


def find(name: str) -> Format:
    """The format of this name; QueryError, with the names most like it, when there is none."""
    if name not in formats():
        near = get_close_matches(name.lower(), formats(), n=3)
        hint = f"do you mean {' or '.join(near)}? " if near else ""
        raise QueryError(f"there is no format {name!r}; {hint}`khabar export --list` shows all")
    return formats()[name]


def _listed(module: str) -> tuple[Format, ...]:
    return tuple(getattr(importlib.import_module(f"{__name__}.{module}"), "FORMATS", ()))
