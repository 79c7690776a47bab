"""The HTTP face: which path means what. What reads goes to a worker, what writes needs the token."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from khabar import __version__, iri, queries
from khabar.errors import KhabarError, QueryError
from khabar.serve import metrics, openapi, sparql
from khabar.serve.describing import FORM_PAGE, description, index
from khabar.serve.door import Door
from khabar.serve.formats import PAGE, TRIPLES, choose
from khabar.serve.pool import Refused
from khabar.serve.putting import MEDIA
from khabar.serve.replies import Gone, Reply, line, unless_gone
from khabar.serve.service import Service
from khabar.serve.settings import Settings
from khabar.serve.worker import Job

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,100}")
_DOCUMENT = re.compile(r"[0-9a-f]{16}")
Answering = Callable[[Request], Awaitable[Response]]


def application(settings: Settings) -> Starlette:
    """The application of a server; its lifespan starts and stops the workers."""
    service = Service(settings)
    face = Face(service)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            await service.start()
        except (KhabarError, OSError) as error:
            app.state.failure = error
            raise
        try:
            yield
        finally:
            await service.stop()

    read, write = ["GET"], ["GET", "PUT", "DELETE", "POST"]
    routes = [
        ("/", face.index, read),
        ("/sparql", face.sparql, ["GET", "POST"]),
        ("/graphs", face.graphs, write),
        ("/graph/{name:path}", face.graph, write),
        ("/queries", face.list_queries, read),
        ("/queries/{name}", face.named_query, read),
        ("/entity/{key}", face.entity, read),
        ("/event/{key}", face.event, read),
        ("/claim/{key}", face.claim, read),
        ("/doc/{key}", face.document, read),
        ("/ingest", face.ingest, ["POST"]),
        ("/.well-known/void", face.void, read),
        ("/openapi.json", face.openapi, read),
        ("/health", face.health, read),
        ("/metrics", face.metrics, read),
    ]
    middleware = [Middleware(Door, settings=settings, note=service.metrics.note)]
    if settings.origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.origins),
                allow_methods=["GET", "HEAD", "POST"],
                allow_headers=["accept", "content-type"],
                expose_headers=["etag", "retry-after"],
            )
        )
    return Starlette(
        routes=[Route(path, _answering(answer), methods=methods, name=path) for path, answer, methods in routes],
        middleware=middleware,
        lifespan=lifespan,
    )


def _answering(answer: Answering) -> Answering:
    """An endpoint whose refusals become answers of one line."""

    async def handle(request: Request) -> Response:
        try:
            return await answer(request)
        except Refused as refused:
            headers = {"www-authenticate": 'Bearer realm="khabar"'} if refused.status == 401 else None
            return line(refused.status, str(refused), again=refused.again, headers=headers)
        except Gone:
            return Response(status_code=499)

    return handle


class Face:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.settings = service.settings
        self.named = {query.name: query for query in queries.list_queries()}

    # Reading ---------------------------------------------------------------------------------------------------------

    async def sparql(self, request: Request) -> Response:
        """SPARQL 1.1 Protocol; without a query, what the endpoint can do."""
        limits = self.settings.limits
        body = b""
        if request.method == "POST":
            body = await self._body(request, 4 * limits.most_query)
        content, accept = request.headers.get("content-type", ""), _accept(request)
        job = sparql.read(request.method, request.scope["query_string"], content, body, accept, limits)
        if job is not None:
            return await self._run(request, job)
        media = choose((*TRIPLES[:4], PAGE), accept)
        if media is None:
            raise Refused(406, "the description of this endpoint can be had as RDF or HTML")
        if media == PAGE:
            return HTMLResponse(FORM_PAGE)
        return Response(description(_base(request), media), media_type=media.sends)

    async def graphs(self, request: Request) -> Response:
        """Graph Store Protocol: `?graph=IRI`, or `?default` for all graphs as one."""
        given = sparql.pairs(request.scope["query_string"], "address")
        names = [value for name, value in given if name == "graph"]
        default = any(name == "default" for name, _ in given)
        if len(names) + default != 1:
            raise Refused(400, "name one graph with ?graph=IRI, or ?default")
        forms = [value for name, value in given if name == "format"]
        return await self._graph(request, names[0] if names else None, forms[0] if forms else "")

    async def graph(self, request: Request) -> Response:
        """Graph Store Protocol by the graph's own path."""
        name = f"{iri.BASE}graph/{request.path_params['name']}"
        return await self._graph(request, name, request.query_params.get("format", ""))

    async def _graph(self, request: Request, name: str | None, form: str) -> Response:
        if request.method in ("PUT", "DELETE"):
            return await self._write_graph(request, name)
        if request.method == "POST":
            self._authorised(request)
            raise Refused(405, "a graph is replaced (PUT) or removed (DELETE) whole; articles go to /ingest")
        return await self._run(request, {"task": "graph", "graph": name}, form)

    async def list_queries(self, request: Request) -> Response:
        """The named queries."""
        return JSONResponse([openapi.about(query) for query in self.named.values()])

    async def named_query(self, request: Request) -> Response:
        """A named query with its parameters, as JSON or CSV."""
        query = self.named.get(request.path_params["name"])
        if query is None:
            raise Refused(404, f"no query is named {request.path_params['name']!r}; /queries lists them")
        given = sparql.pairs(request.scope["query_string"], "address")
        values = {name: value for name, value in given if name != "format"}
        try:
            text = query.bind(values)
        except QueryError as error:
            raise Refused(400, str(error)) from error
        form = next((value for name, value in given if name == "format"), "")
        job = sparql.job(text, self.settings.limits, accept=_accept(request), form=form)
        return await self._run(request, job)

    async def entity(self, request: Request) -> Response:
        """What the graph says of an entity."""
        return await self._node(request, "entity", _KEY)

    async def event(self, request: Request) -> Response:
        """What the graph says of an event."""
        return await self._node(request, "event", _DOCUMENT)

    async def claim(self, request: Request) -> Response:
        """One claim."""
        return await self._node(request, "claim", _DOCUMENT)

    async def document(self, request: Request) -> Response:
        """All that a document says."""
        return await self._node(request, "doc", _DOCUMENT)

    async def _node(self, request: Request, kind: str, pattern: re.Pattern[str]) -> Response:
        key = request.path_params["key"]
        if not pattern.fullmatch(key):
            raise Refused(404, f"there is no {kind} {key[:40]!r}")
        job: Job = {"task": "node", "iri": f"{iri.BASE}{kind}/{key}", "base": _base(request)}
        return await self._run(request, job, request.query_params.get("format", ""))

    async def void(self, request: Request) -> Response:
        """What the graph is and how large."""
        return await self._run(request, {"task": "void", "base": _base(request)})

    async def _run(self, request: Request, job: Job, form: str = "") -> Response:
        """Let a worker answer; a client that has this very answer already is told so."""
        accept = _accept(request)
        job = {**sparql.asked(accept, form, self.settings.limits), **job}
        tag = f'"{iri.digest(str(self.service.number), accept, json.dumps(job, sort_keys=True))}"'
        headers = {"etag": tag, "cache-control": "no-cache", "vary": "Accept"}
        if request.method != "POST" and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        client = request.client.host if request.client else ""
        answer = await unless_gone(request.receive, lambda: self.service.run(job, client))
        return Reply(answer, headers)

    # Writing ---------------------------------------------------------------------------------------------------------

    async def ingest(self, request: Request) -> Response:
        """An article in (or several, a line each), its claims out."""
        self._authorised(request)
        kind = _content(request)
        if kind not in ("application/json", "application/x-ndjson"):
            raise Refused(415, "send an article as application/json, or several as application/x-ndjson, a line each")
        body = await self._body(request, self.settings.limits.most_body)
        again = request.query_params.get("again", "") in ("1", "true")
        articles = _lines(body) if kind == "application/json" else body
        head, text = await self._written({"do": "ingest", "again": again}, articles)
        self.service.metrics.documents += text.count(b'"iri": ')
        return Response(text, head["status"], media_type="application/json")

    async def _write_graph(self, request: Request, name: str | None) -> Response:
        self._authorised(request)
        key = (name or "").removeprefix(iri.DOCUMENTS)
        if name is None or not _DOCUMENT.fullmatch(key):
            raise Refused(
                403, f"only graphs of documents ({iri.DOCUMENTS}<16 hex digits>) can be written; all others follow"
            )
        if request.method == "DELETE":
            head, _ = await self._written({"do": "delete", "key": key}, b"")
        else:
            media = _content(request)
            if media not in MEDIA:
                raise Refused(415, f"send the graph as {', '.join(MEDIA)}")
            body = await self._body(request, self.settings.limits.most_body)
            head, _ = await self._written({"do": "put", "key": key, "media": media}, body)
        return Response(status_code=head["status"])

    async def _written(self, job: dict[str, Any], body: bytes) -> tuple[Mapping[str, Any], bytes]:
        """Let the writer do a job, and wait until what it wrote is served; a client that hangs up changes nothing."""
        head, text = await asyncio.shield(self.service.writer.do(job, body))
        await asyncio.wait_for(self.service.seen(head["snapshot"]), 30)
        return head, text

    def _authorised(self, request: Request) -> None:
        token = self.settings.token
        if token is None:
            raise Refused(401, "this server only reads; start it with --token-env to let clients write")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise Refused(401, "writing needs the token: Authorization: Bearer ...")

    async def _body(self, request: Request, most: int) -> bytes:
        """The body; Refused when it is too long or too slow."""
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise Refused(413, f"the body is longer than {most:,} bytes")
        data = bytearray()
        try:
            async with asyncio.timeout(self.settings.limits.request):
                async for part in request.stream():
                    data += part
                    if len(data) > most:
                        raise Refused(413, f"the body is longer than {most:,} bytes")
        except TimeoutError:
            raise Refused(408, "the body took too long to come") from None
        return bytes(data)

    # The server itself -----------------------------------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """What there is."""
        return HTMLResponse(index(tuple(self.named.values())))

    async def openapi(self, request: Request) -> Response:
        """The description of all this for machines."""
        return JSONResponse(openapi.document(tuple(self.named.values()), __version__))

    async def health(self, request: Request) -> Response:
        """Whether workers answer."""
        began = time.monotonic()
        job = sparql.job("ASK {}", self.settings.limits, accept="application/json")
        await self.service.run(job, "health")
        body = {"status": "ok", "snapshot": self.service.number, "seconds": round(time.monotonic() - began, 3)}
        return JSONResponse(body)

    async def metrics(self, request: Request) -> Response:
        """Counts for Prometheus."""
        pool = self.service.pool
        text = self.service.metrics.text(pool.state, pool.tally, self.service.number)
        return Response(text, media_type=metrics.MEDIA)


def _accept(request: Request) -> str:
    return ",".join(request.headers.getlist("accept"))


def _content(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _lines(body: bytes) -> bytes:
    """One article, or a list of them, as JSON Lines."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is no JSON ({' '.join(str(error).split())})") from error
    articles = found if isinstance(found, list) else [found]
    return "".join(json.dumps(article) + "\n" for article in articles).encode()
