"""The description of the server's interface in OpenAPI 3.1; a test compares it with the routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khabar.queries import NamedQuery
from khabar.serve.formats import PAGE, ROWS, TRIPLES, Media
from khabar.serve.putting import MEDIA

_LINE = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_WRITES: list[dict[str, list[str]]] = [{"token": []}]


def about(query: NamedQuery) -> dict[str, Any]:
    """A named query as plain data."""
    return {
        "name": query.name,
        "title": query.title,
        "question": {"en": query.question_en, "ar": query.question_ar},
        "parameters": [
            {"name": param.name, "kind": param.kind, "default": param.default, "about": param.help}
            for param in query.params
        ],
    }


def document(named: tuple[NamedQuery, ...], version: str) -> dict[str, Any]:
    """The whole description."""
    rows = _media(ROWS, ("json", "xml", "csv", "tsv"))
    triples = _media(TRIPLES, ("ttl", "nt", "jsonld", "rdf"))
    node = {**triples, PAGE.accepts: {}}
    paths: dict[str, Any] = {
        "/": {"get": _get("A page to begin with.", {PAGE.accepts: {}})},
        "/sparql": {
            "get": _get(
                "SPARQL 1.1 Protocol; without a query the service description.",
                {**rows, **triples},
                [
                    _query("query"),
                    _query("default-graph-uri", many=True),
                    _query("named-graph-uri", many=True),
                    _FORMAT,
                ],
            ),
            "post": {
                **_get("SPARQL 1.1 Protocol.", {**rows, **triples}),
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/sparql-query": {"schema": {"type": "string"}},
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {"query": {"type": "string"}},
                                "required": ["query"],
                            }
                        },
                    },
                },
            },
        },
        "/graphs": _graph([_query("graph"), _query("default", empty=True), _FORMAT], triples),
        "/graph/{name}": _graph([_path("name"), _FORMAT], triples),
        "/queries": {"get": _get("The named queries and their parameters.", {"application/json": {}})},
        "/queries/{name}": {"get": _get("A named query.", rows, [_path("name", [q.name for q in named]), _FORMAT])},
        "/ingest": {
            "post": {
                **_get("Articles in, their claims out.", {"application/json": {}}, [_query("again")]),
                "security": _WRITES,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Article"}},
                        "application/x-ndjson": {"schema": {"type": "string"}},
                    },
                },
            }
        },
        "/.well-known/void": {"get": _get("What the graph holds, in VoID.", triples)},
        "/openapi.json": {"get": _get("This description.", {"application/json": {}})},
        "/health": {"get": _get("Whether workers answer.", {"application/json": {}})},
        "/metrics": {"get": _get("Counts for Prometheus.", {"text/plain": {}})},
    }
    for kind, what in (("entity", "An entity"), ("event", "An event"), ("claim", "A claim"), ("doc", "A document")):
        text = f"{what}: what the graph says of it."
        paths[f"/{kind}/{{key}}"] = {"get": _get(text, node, [_path("key"), _FORMAT])}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "khabar",
            "version": version,
            "summary": "A graph of what Arabic conflict news claims, with words, source and stance.",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Article": _ARTICLE},
        },
    }


_ARTICLE = {
    "type": "object",
    "required": ["text"],
    "properties": {name: {"type": "string"} for name in ("text", "id", "title", "url", "date", "publisher", "licence")},
}
_FORMAT = {
    "name": "format",
    "in": "query",
    "schema": {"type": "string"},
    "description": "Instead of Accept: csv, ttl, ...",
}


def _graph(parameters: list[Any], triples: Mapping[str, Any]) -> dict[str, Any]:
    body = {"required": True, "content": {media: {} for media in MEDIA}}
    write = {"responses": {"201": _LINE, "204": {"description": "done"}, "401": _LINE}, "security": _WRITES}
    for status in write["responses"].values():  # type: ignore[attr-defined]
        status.setdefault("description", "see the status")
    return {
        "get": _get("Graph Store Protocol: one graph, or all as one.", triples, parameters),
        "put": {"summary": "Replace the graph of a document.", "parameters": parameters, **write, "requestBody": body},
        "delete": {"summary": "Forget a document.", "parameters": parameters, **write},
        "post": {"summary": "Refused: graphs are replaced whole.", "parameters": parameters, **write},
    }


def _get(summary: str, content: Mapping[str, Any], parameters: list[Any] | None = None) -> dict[str, Any]:
    return {
        "summary": summary,
        **({"parameters": parameters} if parameters else {}),
        "responses": {
            "200": {"description": "the answer", "content": dict(content)},
            "default": {"description": "one line that says why not", **_LINE},
        },
    }


def _query(name: str, *, many: bool = False, empty: bool = False) -> dict[str, Any]:
    kind: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if many else {"type": "string"}
    return {"name": name, "in": "query", "schema": kind, **({"allowEmptyValue": True} if empty else {})}


def _path(name: str, values: list[str] | None = None) -> dict[str, Any]:
    kind = {"type": "string", **({"enum": values} if values else {})}
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _media(offers: tuple[Media, ...], names: tuple[str, ...]) -> dict[str, Any]:
    return {offer.accepts: {} for offer in offers if offer.short in names and not offer.accepts.endswith("/xml")}
