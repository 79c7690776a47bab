"""A service on loopback that answers as Wikidata does, and misbehaves when told to."""

import contextlib
import gzip
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

DATA = Path(__file__).parent / "data" / "wikidata"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """`plan` holds what the next requests get; after that each gets its answer. `asked` holds what was asked."""

    def __init__(self):
        self.plan: list[Behaviour | None] = []
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.release = threading.Event()
        self.graph = ox.Store()
        self.graph.load(path=str(DATA / "items.ttl"), format=ox.RdfFormat.TURTLE)
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.handle(self, body)

            def do_GET(self):
                service.handle(self, urlsplit(self.path).query)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.sparql, self.api = f"{self.root}/sparql", f"{self.root}/w/api.php"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def handle(self, request, body):
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        self.asked.append(fields)
        self.agents.append(request.headers["User-Agent"])
        behaviour = self.plan.pop(0) if self.plan else None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            if behaviour is not None:
                behaviour(request)
            elif "query" in fields:
                rows = self.graph.query(fields["query"]).serialize(format=ox.QueryResultsFormat.JSON)
                send(request, rows, kind="application/sparql-results+json;charset=utf-8")
            else:
                name = "search.json" if "سامي العطار" in fields["search"] else "nothing.json"
                body = (DATA / name).read_bytes() if (DATA / name).exists() else b'{"search": [], "success": 1}'
                send(request, body, kind="application/json; charset=utf-8")

    def queried(self) -> list[list[str]]:
        """The items that each SPARQL request asked for."""
        queries = (fields["query"] for fields in self.asked if "query" in fields)
        return [
            [part.split(">")[0] for part in query.split("<http://www.wikidata.org/entity/")[1:]] for query in queries
        ]


def send(request, body: bytes, *, status=200, kind="application/json", length=None, headers=()):
    """Send a whole answer, or one that claims another length."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
    if length is not None:
        request.close_connection = True


def refuse(status: int, **headers: str) -> Behaviour:
    """An HTTP error; `Retry_After` stands for the header of that name."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return lambda request: send(
        request, b"<h1>no</h1> for <b>reasons</b>", status=status, kind="text/html", headers=pairs
    )


def text(name: str, kind: str = "application/sparql-results+json") -> Behaviour:
    """A recorded answer."""
    return lambda request: send(request, (DATA / name).read_bytes(), kind=kind)


def json(body: str) -> Behaviour:
    """Some JSON."""
    return lambda request: send(request, body.encode())


def cut(request) -> None:
    """An answer that breaks off."""
    send(request, (DATA / "answer.json").read_bytes()[:300], length=5000)


def cut_chunk(request) -> None:
    """A chunked answer that breaks off."""
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b'400\r\n{"results": ')
    request.close_connection = True


def packed(request) -> None:
    """A gzipped answer."""
    body = gzip.compress((DATA / "answer.json").read_bytes())
    send(request, body, headers=[("Content-Encoding", "gzip")])


def packed_cut(request) -> None:
    """A gzipped answer that breaks off, though its length is right."""
    body = gzip.compress((DATA / "answer.json").read_bytes())[:-20]
    send(request, body, headers=[("Content-Encoding", "gzip")])


def hang_up(request) -> None:
    """No answer at all."""
    request.close_connection = True
    request.connection.close()
