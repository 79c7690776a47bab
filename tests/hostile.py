"""Forty hostile requests and what each gets; docs/serve.md lists them, and a test sends them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from urllib.parse import quote

CLOSED = 0
"""Instead of a status: the server closes without an answer."""


@dataclass(frozen=True)
class Hostile:
    """A request as bytes (`U` in it is an address where nobody may ever ask) and the status that it gets."""

    kind: str
    what: str
    request: bytes
    status: int


def _get(path: str, *headers: str, host: str = "localhost") -> bytes:
    lines = [f"GET {path} HTTP/1.1", *([f"Host: {host}"] if host else []), *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def _query(text: str) -> bytes:
    return _get(f"/sparql?query={quote(text)}")


def _post(path: str, kind: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {kind}", *headers, "Connection: close"]
    head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + body


SPARQL, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
_TOKEN = "Authorization: Bearer a-token-of-the-tests-only"

HOSTILE = (
    # Other servers
    Hostile("SSRF", "SERVICE", _query("SELECT * { SERVICE <U> { ?s ?p ?o } }"), 400),
    Hostile("SSRF", "SERVICE SILENT without spaces", _query("SELECT*{SERVICESILENT<U>{?s ?p ?o}}"), 400),
    Hostile("SSRF", "SERVICE behind a comment", _query("SELECT * { SERVICE#'\n<U> { ?s ?p ?o } }"), 400),
    Hostile("SSRF", "SERVICE as `\\u0053ERVICE`", _query("SELECT * { \\u0053ERVICE <U> { ?s ?p ?o } }"), 400),
    Hostile(
        "SSRF",
        "SERVICE in what looks like an IRI",
        _query("SELECT * { VALUES ?s { <U> } BIND(1 AS ?a) FILTER(?a<?b)SERVICE?s#>\n{ ?x ?y ?z } }"),
        400,
    ),
    Hostile(
        "SSRF",
        "SERVICE behind a `\\#` of a name",
        _query("PREFIX e: <urn:e:> SELECT * { OPTIONAL { ?x e:p\\# ?y } SERVICE <U> { ?s ?p ?o } }"),
        400,
    ),
    Hostile("SSRF", "LOAD", _query("LOAD <U>"), 400),
    Hostile(
        "SSRF", "FROM a web address: an empty graph, nothing is fetched", _query("SELECT * FROM <U> { ?s ?p ?o }"), 200
    ),
    Hostile(
        "SSRF",
        "default-graph-uri with a web address",
        _get(f"/sparql?query={quote('ASK {?s ?p ?o}')}&default-graph-uri=U"),
        200,
    ),
    Hostile("SSRF", "a graph at a web address", _get("/graphs?graph=U"), 404),
    Hostile(
        "SSRF",
        "JSON-LD with a context elsewhere, PUT with the token",
        _post(
            "/graph/doc/0123456789abcdef", "application/ld+json", b'{"@context": "U", "@id": "urn:x"}', _TOKEN
        ).replace(b"POST", b"PUT"),
        400,
    ),
    Hostile(
        "SSRF",
        "RDF/XML with an external entity, PUT with the token",
        _post(
            "/graph/doc/0123456789abcdef",
            "application/rdf+xml",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "U">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&e;</rdf:RDF>',
            _TOKEN,
        ).replace(b"POST", b"PUT"),
        400,
    ),
    # Other files
    Hostile("path", "../ in a document's key", _get("/doc/../../../etc/passwd"), 404),
    Hostile("path", "%2e%2e%2f in an entity's key", _get("/entity/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), 404),
    Hostile("path", "a file as a graph", _get("/graphs?graph=file:///etc/passwd"), 404),
    Hostile("path", "a file in FROM", _query("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"), 200),
    Hostile("path", "a query file by path", _get("/queries/..%2f..%2fpyproject.toml"), 404),
    Hostile("path", "a NUL in the path", _get("/doc/0123456789abcdef%00.ttl"), 404),
    # Headers
    Hostile("header", "another Host (DNS rebinding)", _get("/sparql", host="evil.example"), 421),
    Hostile("header", "two Hosts", _get("/health", "Host: evil.example"), 421),
    Hostile("header", "no Host", _get("/health", host=""), 421),
    Hostile("header", "a header of 100 kB", _get("/health", "X-Long: " + "a" * 100_000), 431),
    Hostile("header", "10,000 headers", _get("/health", *(f"X-{i}: 1" for i in range(10_000))), 431),
    Hostile("header", "an address of 100 kB", _get("/health?" + "a" * 100_000), 431),
    Hostile("header", "a line break in a parameter", _get("/queries/backers?entity=x%0d%0aSet-Cookie:%20a=b"), 200),
    Hostile(
        "header",
        "Content-Length and Transfer-Encoding (smuggling)",
        _post("/sparql", SPARQL, b"0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", "Transfer-Encoding: chunked"),
        400,
    ),
    Hostile(
        "header", "Accept with 5,000 ranges", _get("/sparql?query=ASK%7B%7D", "Accept: " + "a/b;q=0.1," * 5000), 406
    ),
    Hostile("header", "no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, 400),
    # Bodies
    Hostile("body", "says 10 GB", _post("/sparql", SPARQL, b"ASK {}", length=10_000_000_000), 413),
    Hostile("body", "is 1 MB long", _post("/sparql", SPARQL, b"#" * 1_000_000), 413),
    Hostile("body", "a query of 200 kB", _post("/sparql", SPARQL, b"ASK {}" + b" " * 200_000), 413),
    Hostile("body", "never comes to its end", _post("/sparql", SPARQL, b"ASK {", length=1000), 408),
    Hostile("body", "a head that never ends", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", 408),
    Hostile("body", "half a letter of UTF-8", _post("/sparql", SPARQL, "ASK { ?s ?p 'خ' }".encode()[:-4]), 400),
    Hostile("body", "gzip without saying so", _post("/sparql", SPARQL, gzip.compress(b"ASK {}")), 400),
    Hostile(
        "body", "a lone surrogate", _post("/sparql", FORM, b"query=ASK%20%7B%20%3Fs%20%3Fp%20%22%ED%A0%80%22%7D"), 400
    ),
    Hostile(
        "body",
        "JSON 100,000 deep, with the token",
        _post("/ingest", "application/json", b"[" * 100_000, _TOKEN),
        400,
    ),
    Hostile(
        "body",
        "an article without the token",
        _post("/ingest", "application/json", json.dumps({"text": "خبر"}).encode()),
        401,
    ),
    # Depth and expansion
    Hostile("depth", "5,000 brackets", _query("ASK " + "{" * 5000 + "}" * 5000), 400),
    Hostile("depth", "20,000 negations", _post("/sparql", SPARQL, b"ASK { FILTER(" + b"!" * 20_000 + b"true) }"), 500),
    Hostile(
        "depth",
        "a regular expression that explodes elsewhere",
        _query(f"ASK {{ FILTER(REGEX('{'a' * 200}!', '^(a+)+$')) }}"),
        200,
    ),
    Hostile(
        "depth",
        "a regular expression of 10^9 states",
        _query("ASK { FILTER(REGEX('a', '(((a{1000}){1000}){1000})')) }"),
        200,
    ),
)
