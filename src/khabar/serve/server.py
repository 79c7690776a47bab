"""Runs the application with uvicorn, with more care about connections than it takes by itself."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from khabar.errors import KhabarError
from khabar.serve.replies import ABORT
from khabar.serve.settings import Settings

_MOST_HEADERS = 64 << 10
_BACKLOG = 256


def run(app: Starlette, settings: Settings, sock: socket.socket) -> None:
    """Serve on a bound socket until SIGTERM or SIGINT; what is under way then has two seconds to end.

    Raises KhabarError when the service cannot start.
    """
    logging.getLogger("uvicorn.error").addFilter(_quiet)
    config = uvicorn.Config(
        app,
        http=_protocol(settings),
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        backlog=_BACKLOG,
        proxy_headers=False,
    )
    try:
        uvicorn.Server(config).run(sockets=[sock])
    except SystemExit:  # how uvicorn ends when the application does not start
        failure = getattr(app.state, "failure", None)
        if isinstance(failure, OSError):
            why = f"snapshots cannot be made there ({failure.strerror}); check its permissions"
            raise KhabarError(f"{settings.store}: {why}") from failure
        if isinstance(failure, KhabarError):
            raise failure from None
        raise


def bind(settings: Settings) -> socket.socket:
    """The socket to serve on; KhabarError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        where = f"{settings.host}:{settings.port}"
        raise KhabarError(f"{where} cannot be had ({error.strerror}); choose another --port or --host") from error
    return sock


def _quiet(record: logging.LogRecord) -> bool:
    """Leaves out what is meant: an answer that is broken off must look so to the client, not to the log.

    Why the service could not start is said in one line elsewhere.
    """
    words = record.getMessage()
    return "without completing response" not in words and not words.startswith(("Traceback", "Application startup"))


def _protocol(settings: Settings) -> type[HttpToolsProtocol]:
    """HTTP with a limit for the number of connections, for the length of headers, and for the time they take."""
    limits = settings.limits

    class Careful(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _size = 0

        def connection_made(self, transport: Any) -> None:
            if len(self.connections) >= limits.connections:
                transport.abort()
                return
            super().connection_made(transport)
            self._hurry()

        def connection_lost(self, exc: Exception | None) -> None:
            self._calm()
            if self.transport is not None:
                super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self.transport is None or self.transport.is_closing():
                return
            if self.cycle is None or self.cycle.response_complete:
                self._hurry()
            self._size += len(data)
            super().data_received(data)
            if self._timer is not None and self._size > _MOST_HEADERS:  # and the head is not over yet
                self._end(b"431 Request Header Fields Too Large")

        def on_headers_complete(self) -> None:
            self._calm()
            if sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > _MOST_HEADERS:
                self._end(b"431 Request Header Fields Too Large")
                return
            self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            if not self.transport.is_closing():
                super().on_body(body)

        def on_message_complete(self) -> None:
            if not self.transport.is_closing():
                super().on_message_complete()

        def _hurry(self) -> None:
            if self._timer is None:
                self._size = 0
                self._timer = self.loop.call_later(limits.request, self._end, b"408 Request Timeout")

        def _calm(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _end(self, status: bytes) -> None:
            self._calm()
            if not self.transport.is_closing():
                self.transport.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                self.transport.close()

    return Careful
