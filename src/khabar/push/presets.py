"""What is known of each kind of triple store: where its endpoints are, how it lets people in, what it rewrites."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from khabar.errors import QueryError
from khabar.push.rewritings import VIRTUOSO, Rewriting
from khabar.web import web_address

_MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """Two addresses: of the Graph Store Protocol, and of SPARQL queries."""

    gsp: str
    query: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of triple store.

    `base` shows what URL is meant to be, `gsp` and `query` are the paths behind it; `auth` is `basic` or `digest`.
    `largest` is the size of a request in bytes, larger graphs go in parts; `compared` is the number of triples up to
    which a graph is read back whole. `tested` names the version that all this was tried with, if any.
    """

    name: str
    base: str
    gsp: str = ""
    query: str | None = None
    auth: str = "basic"
    largest: int = 16 * _MEGABYTE
    compared: int = 50_000
    rewritings: tuple[Rewriting, ...] = ()
    tested: str = ""

    def target(self, url: str, gsp: str = "", query: str = "") -> Target:
        """The addresses behind a base URL, unless others are given; QueryError when one cannot be known."""
        for address in filter(None, (url, gsp, query)):
            if web_address(address).username or web_address(address).password:
                raise QueryError("a password in an address is seen by all; use --user and --password-env")
        if not query and self.query is None:
            raise QueryError(f"where a {self.name} store answers queries is not known; give --query-url")
        return Target(gsp or _behind(url, self.gsp), query or _behind(url, self.query or ""))


def _behind(url: str, path: str) -> str:
    return url.rstrip("/") + path if path else url


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "virtuoso",
            "http://HOST:8890",
            "/sparql-graph-crud-auth",
            "/sparql-auth",
            auth="digest",
            largest=8 * _MEGABYTE,
            # An answer is cut at ResultSetMaxRows, 10,000 in the configuration that it comes with.
            compared=10_000,
            rewritings=VIRTUOSO,
            tested="7.2.5",
        ),
        Preset("fuseki", "http://HOST:3030/DATASET", "/data", "/query"),
        Preset("graphdb", "http://HOST:7200/repositories/NAME", "/rdf-graphs/service", ""),
        Preset("oxigraph", "http://HOST:7878", "/store", "/query", tested="0.5"),
        Preset("qlever", "http://HOST:7001", "", "", largest=_MEGABYTE),
        Preset("neptune", "https://HOST:8182", "/sparql/gsp/", "/sparql", largest=100 * _MEGABYTE),
        Preset("generic", "the address of the Graph Store Protocol"),
    )
}


def preset(name: str) -> Preset:
    """The preset of this name; QueryError that lists the names when there is none."""
    if name not in PRESETS:
        raise QueryError(f"no kind of triple store is named {name!r}; choose one of {', '.join(PRESETS)}")
    return PRESETS[name]


def at(address: str, **parameters: str) -> str:
    """An address with further parameters."""
    query = urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)
    return f"{address}{'&' if urllib.parse.urlsplit(address).query else '?'}{query}"
