"""The SPARQL 1.1 Protocol: what a request asks, whichever of the three ways it came."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from khabar.errors import QueryError
from khabar.guard import refuse_outside
from khabar.serve.limits import Limits
from khabar.serve.pool import Refused
from khabar.serve.worker import Job

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "this endpoint only reads; send documents to /ingest, or graphs to /graphs, with a token"


def pairs(text: bytes, what: str) -> list[tuple[str, str]]:
    """The parameters of a URL or form; Refused when they are not UTF-8 or too many."""
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Refused(400, f"the {what} holds no UTF-8 parameters ({' '.join(str(error).split())})") from error


def read(method: str, url: bytes, content: str, body: bytes, accept: str, limits: Limits) -> Job | None:
    """The job that a request to the endpoint asks for; None when it asks nothing (its description is wanted).

    `url` is the query string, `content` the Content-Type. Refused with the status that the protocol wants.
    """
    given = pairs(url, "address")
    kind, _, parameters = content.partition(";")
    kind = kind.strip().lower()
    if method == "POST":
        charset = _parameter(parameters, "charset")
        if charset not in ("", "utf-8", "utf8"):
            raise Refused(415, f"the charset {charset} is not known here; send UTF-8")
        if kind == FORM:
            if any(name in ("query", "update") for name, _ in given):
                raise Refused(400, "a form has its query in its body, not in the address")
            given += pairs(body, "form")
        elif kind == QUERY:
            if any(name == "query" for name, _ in given):
                raise Refused(400, "the query stands in the address and in the body; send it once")
            given.append(("query", _text(body)))
        elif kind == UPDATE:
            raise Refused(403, _READ_ONLY)
        else:
            raise Refused(415, f"a POST has the Content-Type {FORM} or {QUERY}, not {kind or 'none'}")
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in given):
        raise Refused(403, _READ_ONLY)
    queries = [value for name, value in given if name == "query"]
    if not queries and method != "POST":
        return None
    if len(queries) != 1:
        raise Refused(400, "the request has no query" if not queries else "the request has more than one query")
    formats = [value for name, value in given if name == "format"]
    return job(
        queries[0],
        limits,
        accept=accept,
        form=formats[0] if formats else "",
        default_graphs=tuple(value for name, value in given if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in given if name == "named-graph-uri"),
    )


def job(
    text: str,
    limits: Limits,
    *,
    accept: str,
    form: str = "",
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
) -> Job:
    """A query as a job; Refused when it is too long, calls other servers or changes data."""
    if len(text) > limits.most_query:
        raise Refused(413, f"the query is longer than {limits.most_query:,} letters")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused(400, "the query holds letters that no text has")
    if _depth(text) > _DEEPEST:
        raise Refused(400, f"the query is nested more than {_DEEPEST} deep")
    try:
        refuse_outside(text)
    except QueryError as error:
        raise Refused(400, str(error)) from error
    return {
        "task": "query",
        "text": text,
        "default_graphs": default_graphs,
        "named_graphs": named_graphs,
        **asked(accept, form, limits),
    }


def asked(accept: str, form: str, limits: Limits) -> Mapping[str, object]:
    """What every job says of its answer."""
    return {"accept": accept, "format": form, "most_bytes": limits.most_bytes, "most_rows": limits.most_rows}


_DEEPEST = 200


def _depth(text: str) -> int:
    """How deep brackets nest, those in strings and comments counted, too: the parser goes as deep on its stack."""
    depth = most = 0
    for letter in text:
        if letter in "({[":
            depth += 1
            most = max(most, depth)
        elif letter in ")}]":
            depth -= 1
    return most


def _parameter(parameters: str, name: str) -> str:
    for part in parameters.split(";"):
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"').lower()
    return ""


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the query is no UTF-8 ({error})") from error
