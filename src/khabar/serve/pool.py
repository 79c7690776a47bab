"""Lets workers answer: brief questions at once, long ones behind them, each within its limits and in its turn."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from khabar.serve import frames
from khabar.serve.limits import MEGABYTE, Limits
from khabar.serve.nursery import Nursery, Worker
from khabar.serve.worker import Job
from khabar.snapshots import Snapshots

_LOOK = 0.05
_TRIES = 3


class Refused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """A question that gets a status and a line; `again` is after how many seconds it may be asked again."""

    def __init__(self, status: int, line: str, again: int = 0) -> None:
        super().__init__(line)
        self.status, self.again = status, again


class Broken(Exception):  # noqa: N818
    """An answer that ends before its end: whoever sends it on must not let it look whole."""


@dataclass(slots=True)
class Answer:
    """What a worker sent: a body that is whole, or one that is still coming; whoever gets `parts` closes it."""

    media: str
    body: bytes = b""
    parts: Work | None = None


@dataclass(slots=True)
class Tally:
    """What happened so far, for the metrics."""

    killed: Counter[str] = field(default_factory=Counter)
    forks: int = 0


class Pool:
    """Workers on the newest snapshot. `start` and `stop` it within a running event loop."""

    def __init__(self, limits: Limits, snapshots: Snapshots, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.tally = limits, Tally()
        self.snapshot: Path | None = None
        self._snapshots, self._clock = snapshots, clock
        self._nursery: Nursery | None = None
        self._idle: deque[Worker] = deque()
        self._busy: dict[Worker, str] = {}
        self._marks: dict[Path, IO[bytes]] = {}
        self._waiting: OrderedDict[str, deque[asyncio.Future[Worker]]] = OrderedDict()
        self._asked = Counter[str]()
        self._watch: asyncio.Task[None] | None = None

    def start(self, snapshot: Path) -> None:
        """Start workers on a snapshot."""
        self._nursery = Nursery(self.limits.memory)
        self.adopt(snapshot)
        self._watch = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """End all workers, whatever they do."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        for worker in (*self._idle, *self._busy):
            worker.close()
        self._idle.clear()
        self._busy.clear()
        self.snapshot = None
        self._unmark()
        if self._nursery is not None:
            await asyncio.to_thread(self._nursery.close)
        self._nursery = None

    def adopt(self, snapshot: Path) -> None:
        """Answer from another snapshot from now on; what is being answered is answered from the old one.

        A snapshot is marked here as in use until its last worker is gone: a worker that has just been started may not
        have come to that yet.
        """
        self._marks[snapshot] = self._snapshots.use(snapshot)
        self.snapshot = snapshot
        while self._idle:
            self._idle.popleft().close()
        self._fill()
        self._unmark()

    def _unmark(self) -> None:
        """Give up the snapshots that no worker reads any more."""
        read = {worker.snapshot for worker in (*self._idle, *self._busy)} | {self.snapshot}
        for snapshot in self._marks.keys() - read:
            self._marks.pop(snapshot).close()

    @property
    def state(self) -> dict[str, int]:
        """Numbers for the metrics: workers by what they do, questions that wait, and memory in use."""
        aged = [self._clock() - worker.started for worker in self._busy]
        return {
            "idle": len(self._idle),
            "brief": sum(age < self.limits.brief for age in aged),
            "long": sum(age >= self.limits.brief for age in aged),
            "waiting": sum(map(len, self._waiting.values())),
            "memory": sum(worker.memory() for worker in (*self._idle, *self._busy)),
        }

    async def run(self, job: Job, client: str) -> Answer:
        """The answer to a job; Refused when there is none. Whoever cancels this, or closes its parts, ends the work."""
        work = Work(self, await self._ready(client))
        try:
            await work.worker.ask(job)
            kind, payload = await work.receive()
            about = json.loads(payload)
            if kind == frames.FAULT:
                work.finish()
                raise Refused(about["status"], about["line"])
            if kind == frames.START:
                return Answer(about["media"], parts=work)
            _, body = await work.receive()
            work.finish()
            return Answer(about["media"], body)
        except OSError:
            work.close()
            raise work.lost() from None
        except BaseException:
            work.close()
            raise

    async def _ready(self, client: str) -> Worker:
        """A worker that has opened its snapshot; another one where that has failed, but not for ever."""
        for _ in range(_TRIES):
            worker = await self._worker(client)
            opened = False
            try:
                opened = await worker.opened()
            finally:
                if not opened:
                    self.take_back(worker, whole=False)
            if opened:
                return worker
        raise Refused(503, "no worker can open the store; ask again later", 5)

    # Turns -----------------------------------------------------------------------------------------------------------

    async def _worker(self, client: str) -> Worker:
        """A worker for a client's question, when its turn has come."""
        if self._nursery is None:
            raise Refused(503, "the server is stopping")
        if self._asked[client] >= self.limits.per_client:
            raise Refused(429, f"you have {self.limits.per_client} questions under way; wait for their answers", 1)
        if not self._idle and sum(map(len, self._waiting.values())) >= self.limits.waiting:
            raise Refused(503, "too many questions are waiting; ask again later", 2)
        self._asked[client] += 1
        worker = self._take()
        if worker is None:
            turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(client, deque()).append(turn)
            try:
                async with asyncio.timeout(self.limits.timeout):
                    worker = await turn
            except TimeoutError:
                self._leave(client, turn)
                raise Refused(503, "no worker was free in time; ask again later", 5) from None
            except BaseException:
                self._leave(client, turn)
                raise
        worker.started = self._clock()
        self._busy[worker] = client
        return worker

    def _leave(self, client: str, turn: asyncio.Future[Worker]) -> None:
        """Take back a place in the queue; a worker that came at that very moment goes to the next."""
        self._settle(client)
        with suppress(KeyError, ValueError):
            self._waiting[client].remove(turn)
            if not self._waiting[client]:
                del self._waiting[client]
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._idle.append(turn.result())
            self._next()

    def _take(self) -> Worker | None:
        while self._idle:
            worker = self._idle.popleft()
            if worker.alive:
                return worker
        return None

    def _next(self) -> None:
        """Hand idle workers to those that wait: one client after the other, whatever each has asked for."""
        while self._idle and self._waiting:
            client, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            if turns:
                self._waiting.move_to_end(client)
            else:
                del self._waiting[client]
            if not turn.done():
                worker = self._take()
                if worker is None:
                    turns.appendleft(turn)
                    self._waiting[client] = turns
                    return
                turn.set_result(worker)

    def take_back(self, worker: Worker, *, whole: bool) -> None:
        """Take a worker back whose job is over; one that broke off, stood back or reads an old snapshot is ended."""
        client = self._busy.pop(worker, None)
        if client is None:  # the pool has stopped
            return
        self._settle(client)
        if whole and worker.fresh and worker.snapshot == self.snapshot and worker.alive:
            self._idle.append(worker)
        else:
            worker.close()
            self._fill()
        self._next()

    def _settle(self, client: str) -> None:
        self._asked[client] -= 1
        if self._asked[client] <= 0:
            del self._asked[client]

    def _fill(self) -> None:
        """Start workers until there are enough that are free or were brief so far."""
        at_hand = len(self._idle) + sum(worker.fresh for worker in self._busy)
        room = self.limits.workers * 4 + self.limits.long - len(self._idle) - len(self._busy)
        for _ in range(min(self.limits.workers - at_hand, room)):
            if self._nursery is None or self.snapshot is None:
                return
            if not self._nursery.alive:
                self._nursery.close()
                self._nursery = Nursery(self.limits.memory)
            try:
                self._idle.append(self._nursery.fork(self.snapshot))
            except OSError:  # the zygote has just died; `_look` comes back with a new one
                return
            self.tally.forks += 1

    # Limits ----------------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Look at what is being worked on, again and again."""
        while True:
            await asyncio.sleep(_LOOK)
            self._judge()
            self._unmark()
            if self._waiting or len(self._idle) < self.limits.workers:
                self._fill()
                self._next()

    def _judge(self) -> None:
        now, limits = self._clock(), self.limits
        memory = dict[Worker, int]()
        for worker in self._busy:
            if not worker.alive:
                continue
            age, memory[worker] = now - worker.started, worker.memory()
            if age > limits.timeout:
                self._end(worker, 504, f"the question took longer than {limits.timeout:g} s; ask for less", "time")
            elif memory[worker] > limits.memory:
                size = limits.memory // MEGABYTE
                self._end(worker, 503, f"the question needs more than {size:,} MB of memory; ask for less", "memory")
            elif worker.fresh and age > limits.brief:
                worker.stand_back()
        alive = {worker: size for worker, size in memory.items() if worker.alive}
        while sum(alive.values()) > limits.memory_in_all:
            largest = max(alive, key=alive.__getitem__)
            del alive[largest]
            self._end(largest, 503, "all questions together need too much memory; ask again later", "memory")
        long = [worker for worker in alive if now - worker.started > limits.patience]
        while len(long) > limits.long:
            having = Counter(self._busy[worker] for worker in long)
            most = max(having.values())
            last = max((w for w in long if having[self._busy[w]] == most), key=lambda w: w.started)
            long.remove(last)
            self._end(last, 503, "too many long questions are under way; ask again later, or for less", "crowd")

    def _end(self, worker: Worker, status: int, line: str, why: str) -> None:
        self.tally.killed[why] += 1
        worker.kill((status, line))


class Work:
    """A job on a worker until it is over, once: finished, or ended by `close`. Iterated, the parts of its answer."""

    def __init__(self, pool: Pool, worker: Worker) -> None:
        self.worker = worker
        self._pool, self._over = pool, False

    async def receive(self) -> tuple[bytes, bytes]:
        """The next frame; Refused when the worker is gone."""
        received = await self.worker.read()
        if received is None:
            raise self.lost()
        return received

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """The next part; Broken when no more can come though there should."""
        try:
            kind, payload = await self.receive()
        except Refused as refused:
            raise Broken(str(refused)) from None
        if kind == frames.DATA:
            return payload
        self.finish()
        if kind == frames.END:
            raise StopAsyncIteration
        raise Broken(json.loads(payload)["line"])

    def finish(self) -> None:
        """Give the worker back: all of its answer has come."""
        self._end(whole=True)

    def close(self) -> None:
        """End the worker if its answer has not all come."""
        self._end(whole=False)

    def lost(self) -> Refused:
        """What to say where the worker is gone."""
        status, line = self.worker.reason or (500, "the process that worked on this has died; ask for less")
        return Refused(status, line, 5 if status == 503 else 0)

    def _end(self, *, whole: bool) -> None:
        if not self._over:
            self._over = True
            self._pool.take_back(self.worker, whole=whole)
