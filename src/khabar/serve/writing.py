"""The server's side of the process that writes: starts it when it is first needed, and asks it one thing at a time."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

from khabar.serve import frames
from khabar.serve.pool import Refused
from khabar.serve.settings import Settings

_LONGEST = 300.0
_SCRIBE = "khabar.serve.scribe"


class Writer:
    """Whoever writes for this server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def do(self, job: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """What the scribe says of a job, as its head and JSON; Refused when it fails or takes too long."""
        async with self._turn:
            try:
                head, text = await asyncio.wait_for(self._asked(job, body), _LONGEST)
            except (TimeoutError, asyncio.IncompleteReadError, OSError):
                await self._end()
                raise Refused(500, "the process that writes has failed; the store is as it was before") from None
            except asyncio.CancelledError:
                await self._end()  # its answer would be taken for that of the next job
                raise
        if "line" in head:
            raise Refused(head["status"], head["line"], 5 if head["status"] == 503 else 0)
        return head, text

    async def stop(self) -> None:
        """Let it finish, but not for long."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 2)
        await self._end()

    async def _asked(self, job: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                _SCRIBE,
                str(self._settings.store),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise OSError("no pipe")
        into.write(frames.headed(frames.ASK, job) + frames.frame(frames.DATA, body))
        await into.drain()
        head = json.loads(await _payload(out))
        return head, await _payload(out)

    async def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._process = None


async def _payload(out: asyncio.StreamReader) -> bytes:
    _, length = frames.HEAD.unpack(await out.readexactly(frames.HEAD.size))
    return await out.readexactly(length)
