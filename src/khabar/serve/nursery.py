"""The server's side of its worker processes: starts the zygote, asks it for workers, and reads what they send."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from khabar.serve import frames, zygote
from khabar.serve.worker import Job

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Worker:
    """One worker process and the socket to it."""

    def __init__(self, pid: int, snapshot: Path, channel: socket.socket, nursery: Nursery) -> None:
        self.pid, self.snapshot = pid, snapshot
        self.fresh = True
        self.started = 0.0
        self.reason: tuple[int, str] | None = None
        self.alive = True
        self.gone = asyncio.Event()  # set when it is ended before its job is over
        self._channel, self._nursery = channel, nursery
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def opened(self) -> bool:
        """Wait until it has opened its snapshot; False when it is gone."""
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_unix_connection(sock=self._channel, limit=1 << 18)
            return await self.read() is not None
        return self.alive

    async def ask(self, job: Job) -> None:
        """Send a job; OSError when the worker is gone."""
        if self._writer is not None:
            self._writer.write(frames.headed(frames.ASK, job))
            await self._writer.drain()

    async def read(self) -> tuple[bytes, bytes] | None:
        """The next frame; None when the worker is gone."""
        if self._reader is None:
            return None
        try:
            kind, length = frames.HEAD.unpack(await self._reader.readexactly(frames.HEAD.size))
            return kind, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            return None

    def memory(self) -> int:
        """Bytes that the process has in memory, but for files; 0 where the system does not tell."""
        with suppress(OSError, ValueError, IndexError):
            _, resident, shared, *_ = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()
            return (int(resident) - int(shared)) * _PAGE
        return 0

    def stand_back(self) -> None:
        """Let all others have the processor first, from now on."""
        self.fresh = False
        self._nursery.tell(b"N", self.pid)

    def kill(self, reason: tuple[int, str] | None = None) -> None:
        """End the process at once; `reason` is the status and the line that its client gets."""
        if self.alive:
            self.alive = False
            self.reason = reason
            if reason is not None:
                self.gone.set()
            self._nursery.tell(b"K", self.pid)

    def close(self) -> None:
        """End the process and give up the socket."""
        self.kill()
        if self._writer is not None:
            self._writer.close()
        else:
            self._channel.close()


class Nursery:
    """The zygote process."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (this very Python)
                [sys.executable, "-m", _name(zygote), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    @property
    def alive(self) -> bool:
        """Whether the zygote runs."""
        return self._process.poll() is None

    def fork(self, snapshot: Path) -> Worker:
        """A new worker on a snapshot; OSError when the zygote is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            request = zygote.REQUEST.pack(b"F", self._memory, os.fsencode(snapshot))
            socket.send_fds(self._control, [request], [theirs.fileno()])
            reply = self._control.recv(zygote.REPLY.size)
        if len(reply) < zygote.REPLY.size:
            ours.close()
            raise ConnectionResetError("the process that starts workers has ended")
        ours.setblocking(False)
        return Worker(zygote.REPLY.unpack(reply)[0], snapshot, ours, self)

    def tell(self, what: bytes, pid: int) -> None:
        """Kill a worker (`K`) or let it stand back (`N`)."""
        with suppress(OSError):
            self._control.sendall(zygote.REQUEST.pack(what, pid, b""))

    def close(self) -> None:
        """End the zygote and all its workers."""
        self._control.close()
        limit = time.monotonic() + 2
        while self._process.poll() is None and time.monotonic() < limit:
            time.sleep(0.01)
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()


def _name(module: ModuleType) -> str:
    return str(module.__name__)
