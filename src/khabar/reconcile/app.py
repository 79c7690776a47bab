"""The service over HTTP: a small Starlette application; needs `khabar[serve]`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from khabar.reconcile.service import BadQuery, Service, read_json

MOST_BYTES = 4_000_000
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")
Fields = Mapping[str, str]


def application(service: Service) -> Starlette:
    """The application: the endpoint at / and /reconcile, and the services that its manifest names."""

    def endpoint(fields: Fields, base: str) -> Any:
        if "queries" in fields:
            return service.reconcile(read_json(fields["queries"], "queries"))
        if "extend" in fields:
            return service.extend(read_json(fields["extend"], "extend"))
        if "query" in fields:
            return {"result": service.answer(_single(fields))}
        return service.manifest(base)

    def json_route(path: str, answer: Callable[[Fields, str], Any], methods: tuple[str, ...] = ("GET",)) -> Route:
        async def handle(request: Request) -> Response:
            fields: dict[str, str] = dict(request.query_params)
            callback = fields.get("callback", "")
            try:
                if callback and not _CALLBACK.fullmatch(callback):
                    fields.pop("callback")
                    callback = ""
                    raise BadQuery("callback is not the name of a function")
                if request.method == "POST":
                    fields |= await _body(request)
                base = str(request.base_url).rstrip("/")
                return _json(await run_in_threadpool(answer, fields, base), callback)
            except BadQuery as bad:
                return _json({"status": "error", "message": str(bad)}, callback, 400)

        return Route(path, handle, methods=list(methods))

    async def page(request: Request) -> Response:
        found = await run_in_threadpool(service.preview, request.query_params.get("id", ""))
        return HTMLResponse(found or "<!doctype html><p>There is no such entry.", 200 if found else 404)

    both = ("GET", "POST")
    routes = [
        json_route("/", endpoint, both),
        json_route("/reconcile", endpoint, both),
        json_route("/extend", lambda f, _: service.extend(read_json(f.get("extend", ""), "extend")), both),
        json_route("/extend/propose", lambda f, _: service.propose(f.get("type", ""), _number(f, "limit"))),
        json_route(
            "/suggest/entity",
            lambda f, _: service.suggest_entity(_prefix(f), _number(f, "cursor") or 0, _number(f, "limit")),
        ),
        json_route("/suggest/type", lambda f, _: service.suggest_type(_prefix(f))),
        json_route("/suggest/property", lambda f, _: service.suggest_property(_prefix(f))),
        Route("/preview", page),
        Route("/view", page),
    ]
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])
    return Starlette(routes=routes, middleware=[cors])


async def _body(request: Request) -> dict[str, str]:
    """The form of a POST request; BadQuery when it is too long or no UTF-8 form."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise BadQuery(f"the request is longer than {MOST_BYTES} bytes; send fewer queries at once")
    try:
        return dict(parse_qsl(data.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise BadQuery(f"the request is not a form in UTF-8 ({error})") from error


def _single(fields: Fields) -> object:
    """A query by itself: JSON, or text with the other parts as parameters."""
    text = fields["query"]
    if text.lstrip().startswith("{"):
        return read_json(text, "query")
    query: dict[str, Any] = {"query": text}
    if types := [t for t in fields.get("type", "").split(",") if t]:
        query["type"] = types
    if "type_strict" in fields:
        query["type_strict"] = fields["type_strict"]
    if "properties" in fields:
        query["properties"] = read_json(fields["properties"], "properties")
    if (limit := _number(fields, "limit")) is not None:
        query["limit"] = limit
    return query


def _prefix(fields: Fields) -> str:
    if "prefix" not in fields:
        raise BadQuery("prefix is missing")
    return fields["prefix"]


def _number(fields: Fields, name: str) -> int | None:
    value = fields.get(name, "")
    if value and not re.fullmatch("[0-9]{1,6}", value):
        raise BadQuery(f"{name} is not a number")
    return int(value) if value else None


def _json(value: Any, callback: str, status: int = 200) -> Response:
    """JSON, or JSON as the argument of a function where the client asks for that."""
    text = json.dumps(value, ensure_ascii=False)
    if callback:  # older engines read U+2028 and U+2029 as line ends
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        return Response(f"/**/{callback}({text});", status, media_type="application/javascript")
    return Response(text, status, media_type="application/json")
