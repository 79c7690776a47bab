"""Requests a second and p95 of `khabar serve`, alone and beside hogs, with rdflib-endpoint and Oxigraph's own server.

    python benchmarks/serve.py [--copies 10] [--seconds 4] [--clients 1,8,32] [--hogs 0,1,4] [--only khabar,oxigraph]
    python benchmarks/serve.py --write docs/serve.md     # puts the tables between its marks

Each cell has a server of its own, begun anew. All hold the same graph: the example articles, so many times over under
other keys. A hog asks one of three things again and again: a cartesian product, ORDER BY over all pairs, and a path of
any length between all pairs. Clients, servers and hogs share one machine, so only figures of one run compare.
Needs khabar[serve], oxigraph and rdflib-endpoint.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import psutil

from khabar.iri import NS
from khabar.store import Store

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 6.0
POINT = "SELECT ?l WHERE { <https://w3id.org/khabar/entity/haftar> <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
JOIN = f"""PREFIX : <{NS}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
SELECT ?who ?whom ?words WHERE {{
  ?claim rdf:predicate :supports ; rdf:subject ?who ; rdf:object ?whom ; :evidence ?passage .
  ?passage nif:anchorOf ?words . ?who a ?kind }} LIMIT 20"""
HOGS = [
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c LIMIT 10",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:x>)* ?b }",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--hogs", default="0,1,4")
    parser.add_argument("--only", default="khabar,oxigraph,oxigraph --timeout-s 6,rdflib-endpoint")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--load", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        address, query, clients, seconds, hog = options.load
        print(json.dumps(asyncio.run(load(address, query, int(clients), float(seconds), hog == "hog"))))
        return
    with tempfile.TemporaryDirectory() as folder:
        quads = fill(Path(folder), options.copies)
        print(f"{quads:,} quads, {os.cpu_count()} cores, questions end after {LIMIT:g} s", flush=True)
        rows = []
        for name in options.only.split(","):
            rows += measure(name, Path(folder), options)
    table = markdown(rows)
    print(table)
    if options.write:
        text = options.write.read_text("utf-8")
        mark = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
        options.write.write_text(mark.sub(lambda m: m[1] + "\n" + table + "\n" + m[2], text), "utf-8")


def fill(folder: Path, copies: int) -> int:
    """The example articles, many times over: a store, and all of it in N-Quads and N-Triples."""
    first = folder / "first"
    subprocess.run(
        [sys.executable, "-m", "khabar", "build", str(ROOT / "examples/articles.jsonl"), "--store", str(first), "-q"],
        check=True,
        capture_output=True,
    )
    with Store.open(first) as store:
        keys = store.documents()
        own = {
            key: [f"{quad} .\n" for quad in store.quads(graph=f"https://w3id.org/khabar/graph/doc/{key}")]
            for key in keys
        }
        rest = [f"{quad} .\n" for quad in store.quads() if "/graph/doc/" not in str(quad.graph_name)]
    minted = re.compile(r"(?<=/khabar/)((?:graph/)?doc/|claim/|event/|entity/nil-)([0-9a-f]{16})")
    with (folder / "all.nq").open("w", encoding="utf-8") as file:
        file.writelines(rest)
        for number in range(copies):

            def other(found: re.Match[str], number: int = number) -> str:
                return found[1] + hashlib.sha256(f"{found[2]}{number}".encode()).hexdigest()[:16]

            for lines in own.values():
                file.writelines(line if number == 0 else minted.sub(other, line) for line in lines)
    import pyoxigraph as ox

    with Store.open(folder / "store", write=True, create=True):
        pass
    quads = ox.Store(str(folder / "store" / "quads"))
    quads.bulk_load(path=str(folder / "all.nq"), format=ox.RdfFormat.N_QUADS)
    quads.flush()
    size = len(quads)
    with (folder / "all.nt").open("wb") as file:
        ox.serialize((quad.triple for quad in quads), file, ox.RdfFormat.N_TRIPLES)
    del quads
    return size


@contextlib.contextmanager
def server(name: str, folder: Path):
    """A running server: its process and the address of its endpoint."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    if name == "khabar":
        command = [
            sys.executable,
            "-m",
            "khabar",
            "serve",
            str(folder / "store"),
            "--port",
            str(port),
            "--timeout",
            str(LIMIT),
        ]
        address += "sparql"
    elif name.startswith("oxigraph"):
        location = folder / "oxigraph"
        binary = str(Path(sys.executable).with_name("oxigraph"))
        if not location.exists():
            load = [binary, "load", "--location", str(location), "--file", str(folder / "all.nt")]
            subprocess.run(load, check=True, capture_output=True)
        command = [binary, "serve-read-only", "--location", str(location), "--bind", f"127.0.0.1:{port}"]
        command += name.split()[1:]
        address += "query"
    else:
        command = [sys.executable, "-c", _RDFLIB, str(folder / "all.nt"), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield process, address
    finally:
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if time.monotonic() - began > 5:
            print(f"{name}: took longer than 5 s to end after SIGTERM", flush=True)
        process.kill()
        process.wait()


_RDFLIB = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=True)
graph.parse(sys.argv[1], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph, path="/"), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


def measure(name: str, folder: Path, options: argparse.Namespace) -> list[dict]:
    """All figures of one server."""
    rows = []
    for query_name, query in (("point", POINT), ("join", JOIN)):
        for clients in map(int, options.clients.split(",")):
            for hogs in map(int, options.hogs.split(",")):
                with server(name, folder) as (process, address):
                    row = once(process, address, query, clients, hogs, options.seconds)
                rows.append({"server": name, "query": query_name, "clients": clients, "hogs": hogs, **row})
                print(json.dumps(rows[-1]), flush=True)
    return rows


def once(process: subprocess.Popen, address: str, query: str, clients: int, hogs: int, seconds: float) -> dict:
    """One cell: clients that ask as fast as they are answered, beside hogs that began a second before."""
    me = [sys.executable, __file__, "--load", address]
    heavy = [
        subprocess.Popen([*me, HOGS[i % len(HOGS)], "1", str(seconds + 2), "hog"], stdout=subprocess.PIPE, text=True)
        for i in range(hogs)
    ]
    time.sleep(1.5 if hogs else 0.2)
    light = subprocess.run(
        [*me, query, str(clients), str(seconds), "no"], stdout=subprocess.PIPE, text=True, check=True
    )
    memory = resident(process)
    result = json.loads(light.stdout)
    hog = [json.loads(one.communicate()[0]) for one in heavy]
    result["hog seconds"] = max((one["longest"] for one in hog), default=0.0)
    result["hog answers"] = [status for one in hog for status in one["statuses"]]
    result["MB"] = memory >> 20
    return result


def resident(process: subprocess.Popen) -> int:
    """Bytes of memory of a server and all its children that are its own."""
    total = 0
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(process.pid)
        for one in (top, *top.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().uss
    return total


async def load(address: str, query: str, clients: int, seconds: float, hog: bool) -> dict:
    """Ask from so many connections at once until the time is up; the rate, the p95 and what came back."""
    parts = urllib.parse.urlsplit(address)
    path = f"{parts.path}?query={urllib.parse.quote(query)}"
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/sparql-results+json\r\n\r\n".encode()
    times: list[float] = []
    statuses: list[str] = []
    until = time.monotonic() + seconds

    async def client() -> None:
        reader = writer = None
        while (began := time.monotonic()) < until:
            status = "broken"
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
                writer.write(request)
                async with asyncio.timeout(3 * LIMIT if hog else 2 * LIMIT):
                    status = await answer(reader)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                if writer is not None:
                    writer.close()
                writer = None
                await asyncio.sleep(0.05)
            took = time.monotonic() - began
            statuses.append(status)
            if status == "200" or hog:
                times.append(took)

    await asyncio.gather(*(client() for _ in range(clients)))
    good = sum(status == "200" for status in statuses)
    times.sort()
    return {
        "rate": round(good / seconds, 1),
        "p95 ms": round(1000 * times[int(0.95 * (len(times) - 1))], 1) if times else None,
        "failed": len(statuses) - good,
        "longest": round(times[-1], 2) if times else 0.0,
        "statuses": statuses[:20] if hog else [],
    }


async def answer(reader: asyncio.StreamReader) -> str:
    """Read one answer to its end and give its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if found := re.search(r"content-length: (\d+)", head):
        await reader.readexactly(int(found[1]))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return head.split()[1]


def markdown(rows: list[dict]) -> str:
    """The figures as tables: the rate, its share of the undisturbed rate, and p95."""
    alone = {(r["server"], r["query"], r["clients"]): r["rate"] for r in rows if r["hogs"] == 0}
    lines = [
        "| server | query | clients | hogs | requests a second | of alone | p95 ms | failed | longest hog s | MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        base = alone.get((row["server"], row["query"], row["clients"]))
        share = f"{row['rate'] / base:.2f}" if base and row["hogs"] else ""
        hog = f"{row['hog seconds']:.1f}" if row["hogs"] else ""
        lines.append(
            f"| {row['server']} | {row['query']} | {row['clients']} | {row['hogs']} | {row['rate']:g} | {share} "
            f"| {row['p95 ms'] if row['p95 ms'] is not None else ''} | {row['failed']} | {hog} | {row['MB']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
