"""Changes of a store as SPARQL, many of which are one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Quad


def delete(quads: Iterable[Quad]) -> str:
    """DELETE DATA of the quads; nothing when there are none."""
    body = _data(quads)
    return f"DELETE DATA {{\n{body}}}" if body else ""


def insert(quads: Iterable[Quad]) -> str:
    """INSERT DATA of the quads; nothing when there are none."""
    body = _data(quads)
    return f"INSERT DATA {{\n{body}}}" if body else ""


def _data(quads: Iterable[Quad]) -> str:
    graphs: dict[str, list[str]] = {}
    for quad in quads:
        graphs.setdefault(str(quad.graph_name), []).append(f"{quad.triple} .\n")
    return "".join(f"GRAPH {name} {{\n{''.join(triples)}}}\n" for name, triples in graphs.items())
