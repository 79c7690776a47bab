"""The first thing a request meets: is it meant for this server at all, and what became of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from khabar.serve.replies import line
from khabar.serve.settings import Settings

_SAFE = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'",
}


class Door:
    """Refuses other hosts (421), adds headers that keep browsers careful, and notes every answer."""

    def __init__(self, app: ASGIApp, settings: Settings, note: Callable[[str, int, float], None]) -> None:
        self._app, self._settings, self._note = app, settings, note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 499

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], *_SAFE.items()]}
                self._note(self._route(scope), status, time.monotonic() - began)
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._known(hosts[0]):
            await line(421, "this server is not called so; --allow-host names what it may be called")(
                scope, receive, noted
            )
        else:
            await self._app(scope, receive, noted)
        if self._settings.log:
            seconds = time.monotonic() - began
            client = scope["client"][0] if scope.get("client") else "-"
            path = "".join(letter if letter.isprintable() else "?" for letter in scope["path"])
            sys.stderr.write(f"{client} {scope['method']} {path} {status} {seconds:.3f} s\n")

    def _known(self, host: str) -> bool:
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        return "*" in self._settings.hosts or name.lower() in self._settings.hosts

    @staticmethod
    def _route(scope: Scope) -> str:
        route = scope.get("route")
        return str(getattr(route, "path", "other"))
