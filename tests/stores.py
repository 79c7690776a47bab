"""External triple stores on loopback: a real Oxigraph, a real Virtuoso, and one that misbehaves when told to."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parents[1]
UNPACKED = ROOT / ".venv" / "virtuoso"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], url: str, log: Path, env: dict[str, str] | None = None) -> Iterator[None]:
    """A server, from its first answer on, until it is told to stop."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=log.parent, env=env, stdout=output, stderr=output)
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(url, timeout=5).close()
                break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not answer: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """The stock Oxigraph server, its data in memory; the URL for `--store oxigraph`."""
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with running(command, url, folder / "oxigraph.log"):
        yield url


def find_virtuoso() -> tuple[str, dict[str, str]] | None:
    """Virtuoso's program and its environment: the system's own, else where `.ci/run` unpacks it."""
    if found := shutil.which("virtuoso-t"):
        return found, dict(os.environ)
    program = UNPACKED / "usr" / "bin" / "virtuoso-t"
    if not program.exists():
        return None
    libraries = os.pathsep.join(str(path.parent) for path in UNPACKED.glob("**/lib*.so.*"))
    return str(program), {**os.environ, "LD_LIBRARY_PATH": libraries}


_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
"""


@contextlib.contextmanager
def virtuoso(folder: Path, program: str, env: dict[str, str]) -> Iterator[str]:
    """A new Virtuoso (user dba, password dba); the URL for `--store virtuoso`."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_INI.format(sql=sql, http=http))
    url = f"http://127.0.0.1:{http}"
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, f"{url}/sparql", folder / "output.log", env):
        yield url


class GraphStore:
    """A graph store: `plan` holds what the next requests get; after that each gets its answer.

    `asked` holds what was asked, as (method, graph, bytes); `watch` is called after each change.
    """

    def __init__(self):
        self.plan: list[Behaviour | None] = []
        self.asked: list[tuple[str, str, int]] = []
        self.headers: list[dict[str, str]] = []
        self.data = ox.Store()
        self.watch: Callable[[], None] = lambda: None
        self.release = threading.Event()
        self.reached = threading.Event()
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                store.handle(self)

            def do_POST(self):
                store.handle(self)

            def do_DELETE(self):
                store.handle(self)

            def do_GET(self):
                store.handle(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.root}/store"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def handle(self, request):
        parts = urlsplit(request.path)
        graph = parse_qs(parts.query).get("graph", [""])[0]
        self.asked.append((request.command, graph, int(request.headers.get("Content-Length", 0))))
        self.headers.append(dict(request.headers))
        behaviour = self.plan.pop(0) if self.plan else None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client had enough
            if behaviour is not None:
                behaviour(request)
                return
            body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
            if parts.path == "/query":
                self.answer(request, parse_qs(body.decode())["query"][0])
            else:
                self.serve(request, graph, body)

    def answer(self, request, query):
        rows = self.data.query(query, use_default_graph_as_union=True)
        send(request, rows.serialize(format=ox.QueryResultsFormat.JSON), kind="application/sparql-results+json")

    def serve(self, request, graph, body):
        name = ox.NamedNode(graph)
        if request.command == "GET":
            triples = [quad.triple for quad in self.data.quads_for_pattern(None, None, None, name)]
            send(request, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), kind="application/n-triples")
            return
        if request.command == "DELETE" and not self.data.contains_named_graph(name):
            send(request, b"", status=404)
            return
        if request.command != "POST":
            self.data.remove_graph(name)
        if body:
            self.data.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=name)
        send(request, b"", status=204)
        self.watch()

    def graphs(self) -> dict[str, set[ox.Triple]]:
        """What is there, but for blank nodes."""
        return by_graph(self.data)

    def puts(self) -> list[str]:
        """The graphs that came by PUT, in order."""
        return [graph for method, graph, _ in self.asked if method == "PUT"]


def by_graph(quads) -> dict[str, set[ox.Triple]]:
    """Triples by graph, but for those with blank nodes, whose names mean nothing elsewhere."""
    found: dict[str, set[ox.Triple]] = {}
    for quad in quads:
        if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode):
            found.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return found


def send(request, body: bytes, *, status=200, kind="text/plain", length=None, headers=()):
    """Send a whole answer, or one that claims another length."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    if status != 204:
        request.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)
    if length is not None:
        request.close_connection = True


def refuse(status: int, words: bytes = b"<h1>no</h1>", **headers: str) -> Behaviour:
    """An HTTP error, after the body was read; `Retry_After` stands for the header of that name."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]

    def behave(request):
        request.rfile.read(int(request.headers.get("Content-Length", 0)))
        send(request, words, status=status, kind="text/html", headers=pairs)

    return behave


def cut(request) -> None:
    """The connection breaks while the body is being sent."""
    request.rfile.read(10)
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


def cut_answer(request) -> None:
    """The answer breaks off."""
    request.rfile.read(int(request.headers.get("Content-Length", 0)))
    send(request, b"<http://e/a> <http://e/b> ", kind="application/n-triples", length=5000)


def hold(store: GraphStore) -> Behaviour:
    """No answer until the store is closed; `reached` tells that it was asked."""

    def behave(_):
        store.reached.set()
        store.release.wait(60)

    return behave


def kill_when(store: GraphStore, arguments: list[str]) -> None:
    """Run khabar in a process of its own, and kill it when the store holds a request."""
    process = subprocess.Popen([sys.executable, "-m", "khabar", *arguments], stderr=subprocess.DEVNULL)
    try:
        assert store.reached.wait(60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
