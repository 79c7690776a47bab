"""Answers on their way to the client: whole ones with their length, others in pieces that break when they fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from typing import TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from khabar.serve.pool import Answer, Broken, Refused, Work

_T = TypeVar("_T")
ABORT = "khabar.abort"
"""The extension of the server's scope that cuts the connection."""

_SMALL = 8 << 20
"""Bytes of an answer that is held for a client of HTTP/1.0, which could not tell a broken answer from a whole one."""


class Gone(Exception):  # noqa: N818 (nobody is left to be told)
    """The client has hung up."""


def line(status: int, text: str, *, again: int = 0, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says in one line why there is no other."""
    found = {"retry-after": str(again)} if again else {}
    return Response(f"{text}\n", status, {**found, **(headers or {})}, "text/plain")


async def unless_gone(receive: Receive, work: Callable[[], Awaitable[_T]], gone: asyncio.Event | None = None) -> _T:
    """What the work gives, unless the client hangs up (or who works is `gone`): it is cancelled, and Gone raised."""
    task = asyncio.ensure_future(work())
    watches = [asyncio.ensure_future(_gone(receive)), *([asyncio.ensure_future(gone.wait())] if gone else [])]
    try:
        await asyncio.wait((task, *watches), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Gone
    finally:
        for one in (task, *watches):
            if not one.done():
                one.cancel()
                with suppress(asyncio.CancelledError, Refused):
                    await one


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Reply(Response):
    """A worker's answer as a response; it ends the worker's task when the client hangs up."""

    def __init__(self, answer: Answer, headers: Mapping[str, str]) -> None:
        super().__init__(answer.body, 200, dict(headers), None)
        self.headers["content-type"] = answer.media
        self._parts = answer.parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        if self._parts is None:
            await super().__call__(scope, receive, send)
            return
        with closing(self._parts) as parts:
            if scope["http_version"] == "1.0":
                await self._held(parts, scope, receive, send)
                return
            try:
                await unless_gone(receive, lambda: self._send(parts, scope, send), parts.worker.gone)
            except (Gone, Broken):
                # Not closed but cut: nobody can take it for the end, and one who does not read is not waited for.
                scope["extensions"][ABORT]()

    async def _send(self, parts: Work, scope: Scope, send: Send) -> None:
        del self.headers["content-length"]
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            async for part in parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _held(self, parts: Work, scope: Scope, receive: Receive, send: Send) -> None:
        held = bytearray()
        try:
            async for part in parts:
                held += part
                if len(held) > _SMALL:
                    raise Broken("the answer is too long for HTTP/1.0; ask with HTTP/1.1")
        except Broken as broken:
            await line(500, str(broken))(scope, receive, send)
            return
        self.body = bytes(held)
        self.headers["content-length"] = str(len(held))
        await super().__call__(scope, receive, send)
