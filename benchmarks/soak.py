"""Mixed load on `khabar serve` for a long time: readers, live ingest, hogs, clients that hang up.

    python benchmarks/soak.py [--minutes 20]

Afterwards every answer is compared with the store of the moment that it came from, processes and snapshots are counted,
and the memory of the server at the end is set against that after three tenths. Exit code 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from khabar.cli import run as command  # noqa: E402
from khabar.store import Store  # noqa: E402
from serving import Running, bearer, serving, wait_for  # noqa: E402

HOGS = [
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>)* ?d }",
]
SUM = """SELECT ?d (COUNT(?c) AS ?n) WHERE { ?d a :Document . GRAPH ?g { ?d a ?t . ?c a :Claim } } GROUP BY ?d"""


class Soak:
    """What all threads share."""

    def __init__(self, server: Running, until: float) -> None:
        self.server, self.until = server, until
        self.seen = Counter[str]()
        self.wrong: list[str] = []
        self.claims: dict[str, set[int]] = {}
        self.lock = threading.Lock()

    def going(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.until

    def note(self, what: str) -> None:
        """Count something."""
        with self.lock:
            self.seen[what] += 1

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
        """Ask the server; the kind of failure stands for the status."""
        try:
            return self.server.ask(path, method, body, timeout=60, **headers)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, {}, b""

    def read(self, number: int) -> None:
        """Ask for what can be checked: the claims of each document; a document's graph, by two ways."""
        pick = random.Random(number)
        while self.going():
            if pick.random() < 0.5:
                status, _, body = self.ask(f"/sparql?query={quote(SUM)}", Accept="application/json")
                if status == 200:
                    for row in json.loads(body)["results"]["bindings"]:
                        with self.lock:
                            self.claims.setdefault(row["d"]["value"], set()).add(int(row["n"]["value"]))
            else:
                with self.lock:
                    keys = sorted(self.claims)
                if keys:
                    key = pick.choice(keys).rpartition("/")[2]
                    status, _, body = self.ask(f"/graph/doc/{key}", Accept="application/n-triples")
                    if status == 200 and body.count(b"\n") < 5:
                        self.wrong.append(f"half a graph of {key}")
                else:
                    status = 200
            self.note(f"read {status}")
            if status not in (200, 404):
                self.wrong.append(f"a reader got {status}")

    def hog(self, number: int) -> None:
        """Ask for what takes for ever."""
        while self.going():
            status, _, _ = self.ask(f"/sparql?query={quote(HOGS[number % len(HOGS)])}")
            self.note(f"hog {status}")
            if status == 200:
                self.wrong.append("a hog got an answer")

    def hang_up(self, number: int) -> None:
        """Ask, and leave before the answer."""
        pick = random.Random(number)
        while self.going():
            with contextlib.suppress(OSError), socket.create_connection((self.server.host, self.server.port)) as line:
                query = quote(pick.choice([*HOGS, "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"]))
                line.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(pick.random())
            self.note("hung up")

    def write(self) -> None:
        """Take in articles and forget some, all the time."""
        texts = [json.loads(line) for line in (ROOT / "examples" / "articles.jsonl").read_text("utf-8").splitlines()]
        number, kept = 0, []
        while self.going():
            number += 1
            article = {**texts[number % len(texts)], "id": f"soak-{number}", "url": f"https://soak.example/{number}"}
            status, _, body = self.ask(
                "/ingest", "POST", json.dumps(article).encode(), Content_Type="application/json", **bearer()
            )
            self.note(f"ingest {status}")
            if status != 200:
                self.wrong.append(f"ingest got {status}: {body[:100]!r}")
                continue
            kept.append(json.loads(body)["documents"][0]["key"])
            if not self.served(kept[-1]):
                self.wrong.append(f"{kept[-1]} was taken in and is not served")
            if len(kept) > 60:
                key = kept.pop(0)
                status, _, _ = self.ask(f"/graph/doc/{key}", "DELETE", **bearer())
                self.note(f"forget {status}")
                if status != 204 or self.served(key):
                    self.wrong.append(f"{key} was forgotten with {status}")
            time.sleep(0.5)

    def served(self, key: str) -> bool:
        """Whether a document is there."""
        return self.ask(f"/graph/doc/{key}", "HEAD")[0] == 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        command(["build", str(ROOT / "examples" / "articles.jsonl"), "--store", str(path), "--quiet"])
        with serving(path, "--timeout", "5", "--memory", "300", token=True) as server:
            soak = Soak(server, time.monotonic() + 60 * minutes)
            jobs = [*(threading.Thread(target=soak.read, args=(i,)) for i in range(4))]
            jobs += [threading.Thread(target=soak.hog, args=(i,)) for i in range(3)]
            jobs += [threading.Thread(target=soak.hang_up, args=(9,)), threading.Thread(target=soak.write)]
            for job in jobs:
                job.start()
            levels = watch(soak, minutes)
            for job in jobs:
                job.join()
            with contextlib.suppress(AssertionError):  # what is left over is counted below
                wait_for(lambda: numbered(path) == 1 and len(server.children()) <= 6, seconds=60)
            children = server.children()
            processes = len(children)
            snapshots = numbered(path)
        left = [pid for pid in children if Path(f"/proc/{pid}").exists()]
        check(soak, path)
        print(json.dumps(dict(sorted(soak.seen.items()))))
        print(f"memory of the server and its helpers, MB: {levels}")
        print(
            f"{processes} processes and {snapshots} snapshots at rest, {len(left)} and {numbered(path)} after its end"
        )
        if left or numbered(path) or snapshots != 1 or processes > 6:
            soak.wrong.append("something was left behind")
        if levels[-1] > 1.2 * levels[2]:
            soak.wrong.append("memory grows")
    print(f"{sum(soak.seen.values()):,} requests in {minutes:g} minutes, {len(soak.wrong)} wrong")
    for line in soak.wrong[:20]:
        print(f"  {line}")
    return bool(soak.wrong)


def watch(soak: Soak, minutes: float) -> list[int]:
    """Memory of the front, the zygote and the scribe, ten times: the workers come and go."""
    levels = []
    for tenth in range(1, 11):
        while soak.going() and time.monotonic() < soak.until - 60 * minutes * (10 - tenth) / 10:
            time.sleep(0.2)
        top = psutil.Process(soak.server.process.pid)
        own = [top, *top.children()]
        levels.append(sum(one.memory_full_info().uss for one in own) >> 20)
    return levels


def numbered(path: Path) -> int:
    folder = path / "snapshots"
    return sum(entry.name.isdigit() for entry in folder.iterdir()) if folder.is_dir() else 0


def check(soak: Soak, path: Path) -> None:
    """A document never had other claims than it has now, or than the same article has under another key."""
    with Store.open(path) as store:
        now = {row["d"].value: int(row["n"].value) for row in store.query(SUM)}
    possible = set(now.values())
    for document, counts in soak.claims.items():
        expected = {now[document]} if document in now else possible
        if len(counts) > 1 or not counts <= expected:
            soak.wrong.append(f"{document} had {sorted(counts)} claims, now {now.get(document)}")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT / "src"))
    sys.exit(main())
