"""Writes the store for a server: a process of its own, one job after the other, each one transaction.

It holds the store only while it works, so `khabar build` can run between two jobs; while somebody else holds it, a job
waits a little and then gets 503. Frames come on standard input and go to standard output: `ASK` with a job, `DATA` with
its body; back come `WHOLE` with a head, and `DATA` with JSON. Merges and groups, which concern the whole store, follow
when no job has come for a while; where facts rest on them, at once.

    python -m khabar.serve.scribe STORE
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from khabar import iri
from khabar.errors import KhabarError, StoreError
from khabar.extractor import RuleExtractor
from khabar.ontology import Ontology, shipped
from khabar.pipeline import Build, catch_up
from khabar.read.jsonl import read_jsonl
from khabar.read.source import Source
from khabar.records import claims
from khabar.serve import frames
from khabar.serve.output import Faulty
from khabar.serve.putting import document_graph
from khabar.snapshots import Snapshots
from khabar.store import Store

_BUSY, _QUIET = 10.0, 2.0
Result = dict[str, Any]


class Scribe:
    """Does jobs on one store."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._due = False

    @cached_property
    def _rules(self) -> RuleExtractor:
        return RuleExtractor()

    @cached_property
    def _ontology(self) -> Ontology:
        return shipped()

    def do(self, job: Result, body: bytes) -> Result:
        """Do one job: `ingest` articles, `put` or `delete` the graph of a document. Faulty when it cannot be done."""
        tasks: dict[str, Callable[[Result, bytes], Result]] = {
            "ingest": self._ingest,
            "put": self._put,
            "delete": self._delete,
        }
        found = tasks[job["do"]](job, body)
        newest = Snapshots(self._path).newest()
        return {**found, "snapshot": int(newest.name) if newest else 0}

    def catch_up(self) -> None:
        """Merge and group what has come in, if that is due."""
        if self._due:
            with self._open() as store:
                self._settle(store)

    def _settle(self, store: Store) -> None:
        self._due = False
        catch_up(store)

    def _ingest(self, job: Result, body: bytes) -> Result:
        problems: list[str] = []
        source = Source("request", None, io.BufferedReader(io.BytesIO(body)))
        records = list(read_jsonl(source, problems.append))
        if not records:
            raise Faulty(400, problems[0] if problems else "request: there is no article in it")
        keys = [iri.document_key(record) for record in records]
        with self._open() as store:
            store.put_ontology()
            build = Build(
                store,
                self._rules,
                self._rules.kb,
                self._ontology,
                problem=problems.append,
                again=bool(job.get("again")),
            )
            build.run(records)
            self._changed(store)
            kept = [key for key in dict.fromkeys(keys) if store.has_graph(iri.document_graph(key))]
            documents = [{"key": key, "iri": iri.document(key), "claims": _claims(store, key)} for key in kept]
        return {"status": 200 if kept else 422, "body": {"documents": documents, "problems": problems}}

    def _put(self, job: Result, body: bytes) -> Result:
        with self._open() as store:
            there = store.has_graph(iri.document_graph(job["key"]))
            store.replace(document_graph(store, job["key"], body, job["media"], self._rules.kb, self._ontology))
            self._changed(store)
        return {"status": 204 if there else 201}

    def _delete(self, job: Result, _: bytes) -> Result:
        with self._open() as store:
            if not store.has_graph(iri.document_graph(job["key"])):
                raise Faulty(404, f"there is no document {job['key']}")
            store.forget(job["key"])
            self._changed(store)
        return {"status": 204}

    def _changed(self, store: Store) -> None:
        self._due = True
        if not store.policy.local:
            self._settle(store)

    @contextmanager
    def _open(self) -> Iterator[Store]:
        """The store to write to, when whoever else writes it has done."""
        until = time.monotonic() + _BUSY
        while True:
            try:
                store = Store.open(self._path, write=True)
                break
            except StoreError as error:
                if time.monotonic() > until:
                    raise Faulty(503, str(error)) from error
                time.sleep(0.1)
        with store:
            yield store


def _claims(store: Store, key: str) -> list[Result]:
    return [asdict(row) for row in claims(store, documents=[key])]


class _Pipe:
    """Standard input as a channel of frames."""

    def recv(self, size: int) -> bytes:
        """Read up to so many bytes."""
        return os.read(0, size)

    def sendall(self, data: bytes) -> None:
        """Write to standard output."""
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def main(path: Path) -> None:
    """Serve standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    scribe, pipe = Scribe(path), _Pipe()
    while True:
        if not select.select([0], [], [], _QUIET)[0]:
            try:
                scribe.catch_up()
            except (Faulty, KhabarError) as error:
                sys.stderr.write(f"khabar: {error}\n")
            continue
        asked, body = frames.receive(pipe), frames.receive(pipe)
        if asked is None or body is None:
            break
        try:
            done = scribe.do(json.loads(asked[1]), body[1])
        except Faulty as fault:
            done = {"status": fault.status, "line": str(fault)}
        except KhabarError as error:
            done = {"status": 400, "line": str(error)}
        text = json.dumps(done.pop("body", None), ensure_ascii=False, default=str).encode()
        pipe.sendall(frames.headed(frames.WHOLE, done) + frames.frame(frames.DATA, text))
    try:
        scribe.catch_up()
    except (Faulty, KhabarError) as error:
        sys.stderr.write(f"khabar: {error}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
