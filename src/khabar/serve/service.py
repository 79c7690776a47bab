"""The running service: workers on the newest snapshot, and whoever writes."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from khabar.errors import StoreError
from khabar.serve.metrics import Metrics
from khabar.serve.pool import Answer, Pool
from khabar.serve.quotes import strip
from khabar.serve.settings import Settings
from khabar.serve.worker import Job
from khabar.serve.writing import Writer
from khabar.snapshots import Snapshots
from khabar.store import Store

_LOOK = 0.2
_PATIENCE = 60.0


class Service:
    """Everything behind the HTTP face; `start` and `stop` it within a running event loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.metrics = settings, Metrics()
        self.snapshots = Snapshots(settings.store)
        self._quotes = Snapshots(settings.store, "quotes")
        self.pool = Pool(settings.limits, self._quotes if not settings.text else self.snapshots)
        self.writer = Writer(settings)
        self.number = 0
        self._stack = ExitStack()
        self._watch: asyncio.Task[None] | None = None
        self._moved = asyncio.Condition()

    async def start(self) -> None:
        """Take a snapshot and start workers on it; StoreError when there is no store, or it stays in use."""
        try:
            self._stack.enter_context(self.snapshots.watching())
            first = await asyncio.to_thread(self._first)
            self.number = int(first.name)
            self.pool.start(await asyncio.to_thread(self._prepared, first))
        except BaseException:
            self._stack.close()
            raise
        self._watch = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """End all work and leave nothing behind."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self.pool.stop()
        await self.writer.stop()
        self._stack.close()
        self._quotes.clear()
        self.snapshots.clear()

    async def run(self, job: Job, client: str) -> Answer:
        """The answer of a worker."""
        return await self.pool.run(job, client)

    async def seen(self, number: int) -> None:
        """Wait until this snapshot, or a later one, is served."""
        async with self._moved:
            await self._moved.wait_for(lambda: self.number >= number)

    def _first(self) -> Path:
        """A snapshot of now; where somebody writes the store, the next that he publishes."""
        last = self.snapshots.newest()
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with Store.open(self.settings.store) as store:
                    return store.publish()
            except StoreError:
                newest = self.snapshots.newest()
                if newest is not None and newest != last:
                    return newest
                if time.monotonic() > until or not self.settings.store.exists():
                    raise
                time.sleep(_LOOK)

    def _prepared(self, snapshot: Path) -> Path:
        """The folder that workers read: the snapshot, or its copy without texts."""
        if self.settings.text:
            return snapshot
        with Snapshots.use(snapshot):
            return self._quotes.publish(partial(strip, snapshot))

    async def _follow(self) -> None:
        """Serve each new snapshot as it appears, and tidy up behind."""
        while True:
            await asyncio.sleep(_LOOK)
            with suppress(OSError):  # it may go before it is looked at; a newer one follows
                newest = await asyncio.to_thread(self.snapshots.newest)
                if newest is not None and int(newest.name) > self.number:
                    self.pool.adopt(await asyncio.to_thread(self._prepared, newest))
                    async with self._moved:
                        self.number = int(newest.name)
                        self._moved.notify_all()
            await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        self.snapshots.tidy()
        self._quotes.tidy()
