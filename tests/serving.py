"""A running `khabar serve` on this machine, and plain requests to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

TOKEN = "a-token-of-the-tests-only"
JSON_ROWS = "application/sparql-results+json"


class Running:
    """A server process; `ask` sends one request on a connection of its own."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.host, self.port = urlsplit(address).hostname or "", urlsplit(address).port or 0

    def ask(
        self, path: str, method: str = "GET", body: bytes | str | None = None, timeout: float = 60, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, and body; `Content_Type` stands for the header of that name."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def query(self, text: str, accept: str = JSON_ROWS) -> Any:
        """The rows of a SELECT as lists of values, or the verdict of an ASK."""
        status, _, body = self.ask(f"/sparql?query={quote(text)}", Accept=accept)
        assert status == 200, body
        found = json.loads(body)
        if "boolean" in found:
            return found["boolean"]
        names = found["head"]["vars"]
        return [[row[name]["value"] if name in row else None for name in names] for row in found["results"]["bindings"]]

    def raw(self, data: bytes, *, wait: float = 20, shut: bool = False) -> bytes:
        """Everything that comes back for these bytes until the server closes, or nothing more comes for a while."""
        with socket.create_connection((self.host, self.port), timeout=wait) as connection:
            connection.sendall(data)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            parts = bytearray()
            try:
                while part := connection.recv(1 << 16):
                    parts += part
            except (TimeoutError, ConnectionResetError):
                pass
            return bytes(parts)

    def children(self) -> list[int]:
        """The process ids of all that the server has started, directly or not."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                below = [int(word) for word in task.read_text().split()]
                found += below
                todo += below
        return found


@contextmanager
def serving(store: Path, *options: str, token: bool = False, **environment: str):
    """A server on a free port, ended with SIGTERM."""
    command = [sys.executable, "-m", "khabar", "serve", str(store), "--port", "0", *options]
    extra = {"KHABAR_TEST_TOKEN": TOKEN} if token else {}
    process = subprocess.Popen(
        [*command, *(["--token-env", "KHABAR_TEST_TOKEN"] if token else [])],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **extra, **environment},
    )
    try:
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + process.stderr.read()
        running = Running(process, found[0].rstrip("/"))
        wait_for(lambda: running.ask("/health")[0] == 200, OSError)
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


def wait_for(true, *ignored: type[Exception], seconds: float = 20) -> None:
    """Wait until something is true; what it raises meanwhile may be ignored."""
    until = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except ignored:
            pass
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


@contextmanager
def listening():
    """An address where somebody notes every visit and answers nothing, and the visits so far."""
    sock = socket.create_server(("127.0.0.1", 0))
    visits: list[bytes] = []

    def listen():
        with suppress(OSError):
            while True:
                connection, _ = sock.accept()
                visits.append(connection.recv(100))
                connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}/", visits
    sock.shutdown(socket.SHUT_RDWR)
    sock.close()
    thread.join(5)


def bearer() -> dict[str, str]:
    """The header that lets a client write."""
    return {"Authorization": f"Bearer {TOKEN}"}
