"""`khabar serve`: limits that end work, turns, snapshots of a store being written, writing with a token, pages."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import rdflib
from openapi_spec_validator import validate

from handmade import EXTRACTION, Catalogue, Schema, article
from khabar import iri
from khabar.rdf import to_rdf
from khabar.serve.app import application
from khabar.serve.settings import Settings
from khabar.snapshots import Snapshots
from khabar.store import Store
from serving import JSON_ROWS, bearer, serving, wait_for

KEY = iri.document_key(EXTRACTION.record)
PRODUCT = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
STREAM = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SORTED = "SELECT ?a ?d ?g WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c ?i"
PATHS = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>|^!<urn:x>)* ?d . ?e (!<urn:x>)* ?f }"
)
VALUES = f"SELECT (COUNT(*) AS ?n) WHERE {{ {' '.join(f'VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 0 }}' for i in range(12))} }}"
REGEX = """SELECT (COUNT(*) AS ?n) WHERE {
  ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?i)), '(x+x+)+y')) }"""
DOCUMENTS = "SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d a :Document }"


def fill(path, *extractions):
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in extractions:
            store.replace(to_rdf(extraction, Catalogue(), Schema()))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("serve") / "store"
    fill(path, EXTRACTION)
    return path


@pytest.fixture(scope="module")
def server(path):
    options = "--timeout 1.5 --memory 300 --max-rows 1000 --max-bytes 1 --workers 2 --long 2"
    with serving(path, *options.split()) as running:
        yield running


def busy(server) -> dict[str, int]:
    text = server.ask("/metrics")[2].decode()
    return {name: int(count) for name, count in re.findall(r'khabar_workers\{state="(\w+)"\} (\d+)', text)}


def settled(server) -> bool:
    state = busy(server)
    return state["brief"] == state["long"] == 0


# Limits --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [PRODUCT, PATHS, VALUES, REGEX], ids=["product", "paths", "values", "regex"])
def test_the_time_limit_stops_the_work(server, query):
    status, _, body = server.ask(f"/sparql?query={quote(query)}")
    assert (status, body) == (504, b"the question took longer than 1.5 s; ask for less\n")
    wait_for(lambda: settled(server))
    wait_for(lambda: len(server.children()) == 3)  # two workers and what forks them


def test_the_memory_limit_stops_the_work(path):
    with serving(path, "--timeout", "60", "--memory", "64") as running:
        status, _, body = running.ask(f"/sparql?query={quote(SORTED)}", timeout=60)
        assert (status, body) == (503, b"the question needs more than 64 MB of memory; ask for less\n")
        assert 'khabar_killed_total{why="memory"} 1' in running.ask("/metrics")[2].decode()


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_too_many_rows_are_refused_in_every_format(server, form):
    ten = "{ 1 2 3 4 5 6 7 8 9 0 }"
    few = f"SELECT ?x WHERE {{ VALUES ?y {ten} VALUES ?z {ten} VALUES ?u {ten} %s }}"
    status, _, body = server.ask(f"/sparql?format={form}&query={quote(few % '')}")
    assert status == 200
    status, _, body = server.ask(f"/sparql?format={form}&query={quote(few % 'VALUES ?w { 1 2 }')}")
    assert (status, body) == (413, b"the answer has more than 1,000 rows; ask for less, or use LIMIT\n")


def test_too_many_bytes_are_refused(server):
    text = "CONCAT(?x, ?x, ?x, ?x, ?x, ?x, ?x, ?x, ?x, ?x)"
    query = f"SELECT (CONCAT(?y, ?y, ?y, ?y, ?y) AS ?z) WHERE {{ BIND('{'خ' * 60_000}' AS ?x) BIND({text} AS ?y) }}"
    status, _, body = server.ask("/sparql", "POST", query, Content_Type="application/sparql-query", Accept="text/csv")
    assert (status, body) == (413, b"the answer is longer than 1,048,576 bytes; ask for less, or use LIMIT\n")
    # In pieces it has begun before it is too long, so it breaks.
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        server.ask(
            "/sparql?query="
            + quote("SELECT (REPLACE(STR(?x), '^', ?long) AS ?y) WHERE { ?x ?p ?o BIND(%r AS ?long) }" % ("خ" * 3000))
        )


def test_an_answer_that_breaks_off_never_looks_whole(path):
    """Rows have been sent when the time is up: no last chunk, and over HTTP/1.0 no answer at all."""
    with serving(path, "--timeout", "1.5", "--max-rows", "100000000", "--max-bytes", "100000") as running:
        head = f"GET /sparql?query={quote(STREAM)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        answer = running.raw(head)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"transfer-encoding: chunked" in answer
        assert not answer.endswith(b"0\r\n\r\n")
        old = running.raw(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert old.split()[1] == b"500"
        wait_for(lambda: settled(running))


def test_a_long_answer_comes_whole_to_a_client_that_reads_slowly(path):
    query = STREAM.replace("WHERE", "{ SELECT * WHERE").replace("?k ?l }", "?k ?l } LIMIT 20000 }")
    with serving(path, "--timeout", "30") as running:
        with socket.create_connection((running.host, running.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
            address = f"/sparql?format=csv&query={quote(query)}"
            connection.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            parts = bytearray()
            while part := connection.recv(1 << 18):
                parts += part
                if len(parts) < 1 << 20:
                    time.sleep(0.02)
        assert parts.endswith(b"\r\n0\r\n\r\n")
        assert parts.count(b"\r\nhttp") > 10_000
        wait_for(lambda: settled(running))
        assert busy(running)["idle"] == 4


def test_many_clients_that_hang_up_leave_nothing_behind(path):
    """Before the answer, when it begins, while it comes: every worker and every client's place is free again."""
    with serving(path, "--timeout", "20", "--per-client", "8", "--workers", "2") as running:
        for number in range(60):
            with socket.create_connection((running.host, running.port)) as connection:
                query = quote((STREAM, PRODUCT, "ASK {}")[number % 3])
                connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(0.002 * (number % 20))
        wait_for(lambda: settled(running))
        wait_for(lambda: len(running.children()) == 3)
        threads, statuses = [], []
        for _ in range(8):
            threads.append(threading.Thread(target=lambda: statuses.append(running.ask("/health")[0])))
            threads[-1].start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 8
        fill(path, article(90, ("tr", "supports", "haftar")))
        wait_for(lambda: len([p for p in (path / "snapshots").iterdir() if p.name.isdigit()]) == 1)
        with Store.open(path, write=True) as store:
            store.forget(iri.document_key(article(90, ("tr", "supports", "haftar")).record))


def test_a_client_that_hangs_up_ends_the_work(path):
    with serving(path, "--timeout", "60") as running:
        connection = socket.create_connection((running.host, running.port))
        connection.sendall(f"GET /sparql?query={quote(PRODUCT)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        wait_for(lambda: busy(running)["long"] == 1)
        connection.close()
        wait_for(lambda: settled(running))
        connection = socket.create_connection((running.host, running.port))
        connection.sendall(f"GET /sparql?query={quote(STREAM)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 200")  # and reads no further
        wait_for(lambda: busy(running)["long"] == 1)
        connection.close()
        wait_for(lambda: settled(running))


def test_the_time_limit_holds_for_a_client_that_does_not_read(path):
    with serving(path, "--timeout", "1") as running:
        with socket.create_connection((running.host, running.port)) as connection:
            connection.sendall(f"GET /sparql?query={quote(STREAM)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            wait_for(lambda: sum(busy(running)[name] for name in ("brief", "long")) == 1)
            wait_for(lambda: settled(running))


def hogs(server, count: int, query: str = PRODUCT):
    statuses = []

    def ask():
        statuses.append(server.ask(f"/sparql?query={quote(query)}")[0])

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, statuses


def test_brief_questions_are_answered_while_long_ones_run(path):
    with serving(path, "--timeout", "4", "--workers", "2", "--long", "4") as running:
        threads, statuses = hogs(running, 4)
        wait_for(lambda: busy(running)["long"] == 4)
        assert all(running.query("ASK { ?s ?p ?o }") for _ in range(50))
        assert statuses == []  # all four are at it still
        for pid in running.children():
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if words[0] == "R" and int(words[11]) > 50:  # half a second of work
                assert int(words[16]) == 19
        for thread in threads:
            thread.join()
        assert statuses == [504] * 4


def test_too_many_long_questions_are_ended(path):
    with serving(path, "--timeout", "6", "--long", "1") as running:
        threads, statuses = hogs(running, 3)
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [503, 503, 504]


def test_a_client_has_only_so_many_questions(path):
    with serving(path, "--timeout", "3", "--per-client", "2") as running:
        threads, statuses = hogs(running, 3)
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [429, 504, 504]


# The process ----------------------------------------------------------------------------------------------------------


def test_it_ends_at_once_and_leaves_nothing(tmp_path):
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    with serving(path, "--timeout", "60") as running:
        threads, statuses = hogs(running, 2)
        wait_for(lambda: busy(running)["long"] == 2)
        children = running.children()
        assert len(children) > 4
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) is not None
        assert time.monotonic() - began < 5
        for thread in threads:
            thread.join()
        assert 200 not in statuses
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    assert [entry.name for entry in (path / "snapshots").iterdir() if entry.name.isdigit()] == []


def test_a_server_that_is_killed_takes_its_workers_along(tmp_path):
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    with serving(path, "--timeout", "60") as running:
        threads, _ = hogs_that_may_fail(running)
        wait_for(lambda: busy(running)["long"] == 1)
        children = running.children()
        running.process.kill()
        running.process.wait()
        for thread in threads:
            thread.join()
        wait_for(lambda: not any(alive(pid) for pid in children))
    with serving(path) as running:  # and the next one tidies up
        assert running.query(DOCUMENTS) == [["1"]]
        wait_for(lambda: len([entry for entry in (path / "snapshots").iterdir() if entry.name.isdigit()]) == 1)


def hogs_that_may_fail(server):
    def ask():
        with suppress(OSError, http.client.HTTPException):  # the connection breaks
            server.ask(f"/sparql?query={quote(PRODUCT)}")

    thread = threading.Thread(target=ask)
    thread.start()
    return [thread], None


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_workers_that_die_are_replaced(server):
    zygote = [pid for pid in server.children() if Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for pid in (pid for pid in server.children() if pid not in zygote):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: server.ask("/health")[0] == 200)
    assert server.query(DOCUMENTS) == [["1"]]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere"], "there is no store"),
        (["STORE", "--port", "PORT"], "cannot be had"),
        (["STORE", "--token-env", "KHABAR_NO_SUCH_VARIABLE"], "holds no token"),
    ],
)
def test_wrong_use_is_one_line(server, path, arguments, line):
    words = [{"STORE": str(path), "PORT": str(server.port)}.get(word, word) for word in arguments]
    done = subprocess.run([sys.executable, "-m", "khabar", "serve", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_store_that_cannot_be_served_is_one_line(tmp_path):
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    (path / "snapshots").touch()
    command = [sys.executable, "-m", "khabar", "serve", str(path), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("serving ")
    assert second == f"khabar: {path}: snapshots cannot be made there (File exists); check its permissions"


# A store that changes ------------------------------------------------------------------------------------------------


def test_what_others_write_is_served_within_seconds(tmp_path):
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    with serving(path) as running:
        assert running.query(DOCUMENTS) == [["1"]]
        fill(path, article(1, ("tr", "supports", "haftar")))
        wait_for(lambda: running.query(DOCUMENTS) == [["2"]])
        with Store.open(path, write=True) as store:
            store.forget(KEY)
        wait_for(lambda: running.query(DOCUMENTS) == [["1"]])


def test_half_a_document_is_never_served(tmp_path):
    """While one process writes documents one by one, every answer has all claims of as many documents as it has."""
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    whole = [article(number, ("tr", "supports", "haftar"), ("tr", "supplies", "haftar")) for number in range(40)]
    counted = f"""SELECT (COUNT(DISTINCT ?d) AS ?n) (COUNT(DISTINCT ?c) AS ?m) WHERE {{
        ?d a :Document . FILTER (?d != <{iri.document(KEY)}>) GRAPH ?g {{ ?d a ?t . ?c a :Claim }} }}"""
    with serving(path) as running:
        seen = set()

        def write():
            with Store.open(path, write=True) as store:
                store._published -= 100
                for extraction in whole:
                    store.replace(to_rdf(extraction, Catalogue(), Schema()))
                    time.sleep(0.1)

        thread = threading.Thread(target=write)
        thread.start()
        while thread.is_alive():
            ((documents, claims),) = running.query(counted)
            seen.add(int(documents))
            assert int(claims) == 2 * int(documents)
        thread.join()
        wait_for(lambda: running.query(counted) == [["40", "80"]])
        assert len(seen) > 2
        wait_for(lambda: len([p for p in (path / "snapshots").iterdir() if p.name.isdigit()]) == 1)


def test_a_store_that_nobody_serves_makes_no_snapshots(tmp_path):
    path = tmp_path / "store"
    fill(path, EXTRACTION)
    fill(path, article(1, ("tr", "supports", "haftar")))
    assert Snapshots(path).newest() is None
    assert not (path / "snapshots").exists()


# Writing -------------------------------------------------------------------------------------------------------------

ARTICLE = {
    "id": "n1",
    "text": "أعلنت تركيا أنها تدعم حكومة الوفاق الوطني الليبية.",
    "date": "2020-01-05",
    "publisher": "اختبار",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "store"
    fill(path, EXTRACTION)
    with serving(path, token=True) as running:
        yield running, path


def test_writing_needs_the_token(written):
    server, _ = written
    body = json.dumps(ARTICLE)
    for method, address in (
        ("POST", "/ingest"),
        ("PUT", f"/graph/doc/{KEY}"),
        ("DELETE", f"/graph/doc/{KEY}"),
        ("POST", f"/graph/doc/{KEY}"),
    ):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
            status, found, _ = server.ask(address, method, body, Content_Type="application/json", **headers)
            assert (status, found["www-authenticate"]) == (401, 'Bearer realm="khabar"')
    assert server.query(DOCUMENTS) == [["1"]]


def test_nobody_writes_to_a_server_without_a_token(server):
    assert server.ask(f"/graph/doc/{KEY}", "DELETE", **bearer())[0] == 401


def test_an_article_goes_in_and_its_claims_come_out(written):
    server, path = written
    status, _, body = server.ask(
        "/ingest", "POST", json.dumps(ARTICLE, indent=1), Content_Type="application/json", **bearer()
    )
    assert status == 200, body
    (document,) = json.loads(body)["documents"]
    key = document["key"]
    supports = [claim for claim in document["claims"] if claim["predicate"] == "supports"]
    assert [(claim["subject"], claim["modality"]) for claim in supports] == [(iri.entity("tr"), "Ongoing")]
    # What was answered is served already.
    assert server.query(f"ASK {{ <{iri.document(key)}> a :Document }}") is True
    assert server.ask(f"/doc/{key}", Accept="text/turtle")[0] == 200
    with Store.open(path) as store:
        assert key in store.documents()
    assert server.ask(f"/graph/doc/{key}", "DELETE", **bearer())[0] == 204
    assert server.query(f"ASK {{ <{iri.document(key)}> a :Document }}") is False
    assert server.ask(f"/graph/doc/{key}", "DELETE", **bearer())[0] == 404


@pytest.mark.parametrize(
    ("body", "content", "status", "line"),
    [
        ("{", "application/json", 400, "no JSON"),
        ('{"title": "x"}', "application/json", 400, "no text"),
        ("[]", "application/json", 400, "empty"),
        ("خبر", "text/plain", 415, "application/json"),
    ],
)
def test_what_is_no_article_is_refused(written, body, content, status, line):
    found, _, text = written[0].ask("/ingest", "POST", body.encode(), Content_Type=content, **bearer())
    assert (found, line in text.decode()) == (status, True), text


def test_a_graph_can_be_taken_and_put_back(written):
    server, path = written
    body = json.dumps({**ARTICLE, "id": "n2"})
    answer = server.ask("/ingest", "POST", body, Content_Type="application/json", **bearer())[2]
    key = json.loads(answer)["documents"][0]["key"]
    graph = server.ask(f"/graph/doc/{key}", Accept="text/turtle")[2]
    with Store.open(path) as store:
        before = {str(quad) for quad in store.quads() if quad.graph_name.value != iri.RUNS}
    assert server.ask(f"/graph/doc/{key}", "DELETE", **bearer())[0] == 204
    assert server.query(DOCUMENTS) == [["1"]]
    assert server.ask(f"/graph/doc/{key}", "PUT", graph, Content_Type="text/turtle", **bearer())[0] == 201
    assert server.ask(f"/graph/doc/{key}", "PUT", graph, Content_Type="text/turtle", **bearer())[0] == 204
    with Store.open(path) as store:
        assert {str(quad) for quad in store.quads() if quad.graph_name.value != iri.RUNS} == before
    assert server.query(DOCUMENTS) == [["2"]]
    assert server.ask(f"/graph/doc/{key}", "DELETE", **bearer())[0] == 204


@pytest.mark.parametrize(
    ("address", "body", "status", "line"),
    [
        ("/graph/facts", "", 403, "only graphs of documents"),
        ("/graph/doc/nothex", "", 403, "only graphs of documents"),
        (f"/graph/doc/{KEY}", "this is no turtle", 400, "cannot be read"),
        (f"/graph/doc/{KEY}", "<urn:a> <urn:b> <urn:c> .", 422, "says nothing of the document"),
        (f"/graph/doc/{KEY}", f"<{iri.document(KEY)}> a <{iri.NS}Document> .", 422, "a document has"),
        (
            f"/graph/doc/{KEY}",
            f"<{iri.document(KEY)}> a <{iri.NS}Document> . <urn:a> <urn:b> 1 .",
            422,
            "urn:a is no span",
        ),
        (f"/graph/doc/{KEY}", f"<{iri.document(KEY)}> a <{iri.NS}Nonsense> .", 422, "Nonsense"),
    ],
)
def test_what_is_no_document_graph_is_refused_and_nothing_changes(written, address, body, status, line):
    server, _ = written
    before = server.ask("/graphs?default", Accept="application/n-triples")[2]
    found, _, text = server.ask(address, "PUT", body, Content_Type="text/turtle", **bearer())
    assert (found, line in text.decode()) == (status, True), text
    assert sorted(server.ask("/graphs?default", Accept="application/n-triples")[2].splitlines()) == sorted(
        before.splitlines()
    )


def test_a_store_in_use_is_waited_for_and_then_503(written):
    server, path = written
    with Store.open(path, write=True):
        status, headers, _ = server.ask(f"/graph/doc/{KEY}", "DELETE", **bearer())
        assert (status, headers["retry-after"]) == (503, "5")
    assert server.query(DOCUMENTS) == [["1"]]


# Who may ask, and what leaves ----------------------------------------------------------------------------------------


def test_other_hosts_are_refused(server):
    for host, status in (
        ("localhost", 200),
        (f"127.0.0.1:{server.port}", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
    ):
        assert server.ask("/health", Host=host)[0] == status


def test_no_page_of_another_origin_may_read(server, path):
    assert "access-control-allow-origin" not in server.ask("/sparql?query=ASK%7B%7D", Origin="https://a.example")[1]
    with serving(path, "--cors", "https://a.example") as running:
        assert (
            running.ask("/sparql?query=ASK%7B%7D", Origin="https://a.example")[1]["access-control-allow-origin"]
            == "https://a.example"
        )
        assert (
            "access-control-allow-origin" not in running.ask("/sparql?query=ASK%7B%7D", Origin="https://b.example")[1]
        )
        status, headers, _ = running.ask(
            "/sparql", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="POST"
        )
        assert (status, "POST" in headers["access-control-allow-methods"]) == (200, True)


def test_without_text_no_article_leaves(tmp_path):
    from dataclasses import replace

    long = "قالت مصادر محلية إن القوات تقدمت. " * 40
    extraction = replace(EXTRACTION, record=replace(EXTRACTION.record, text=EXTRACTION.record.text + long))
    path = tmp_path / "store"
    fill(path, extraction)
    with serving(path, "--no-text") as running:
        assert running.query(DOCUMENTS) == [["1"]]
        assert running.query("SELECT ?t { ?d nif:isString ?t }") == []
        assert running.query("ASK { ?s nif:anchorOf ?w FILTER(STRLEN(?w) > 161) }") is False
        assert long.strip()[:200] not in running.ask("/graphs?default", Accept="application/n-triples")[2].decode()
        fill(path, article(1, ("tr", "supports", "haftar")))
        wait_for(lambda: running.query(DOCUMENTS) == [["2"]])
        assert running.query("SELECT ?t { ?d nif:isString ?t }") == []


# Pages, named queries, descriptions ----------------------------------------------------------------------------------


def test_things_have_addresses(server):
    for address in (f"/doc/{KEY}", "/entity/haftar"):
        for accept, media in (
            ("text/html", "text/html"),
            ("text/turtle", "text/turtle"),
            ("application/ld+json", "application/ld+json"),
            ("application/n-triples", "application/n-triples"),
        ):
            status, headers, _ = server.ask(address, Accept=accept)
            assert (status, headers["content-type"].partition(";")[0]) == (200, media)
    page = server.ask("/entity/haftar", Accept="text/html")[2].decode()
    assert "<h1" in page
    assert "حفتر" in page
    assert re.search("<strong>denied, no fact:</strong> [^<]*supports", page)
    graph = rdflib.Graph().parse(data=server.ask("/entity/haftar", Accept="text/turtle")[2], format="turtle")
    assert (rdflib.URIRef(iri.entity("haftar")), rdflib.RDF.type, rdflib.URIRef(iri.NS + "Person")) in graph
    claims = server.query("SELECT ?c { ?c a :Claim } LIMIT 1")
    assert server.ask(claims[0][0].removeprefix(iri.BASE.removesuffix("/")), Accept="text/html")[0] == 200
    assert server.ask("/entity/nobody")[0] == 404


def test_pages_show_markup_as_text(tmp_path):
    from dataclasses import replace

    path = tmp_path / "store"
    record = replace(EXTRACTION.record, title="<script>alert(1)</script>\u202e", id='"><img src=x>')
    fill(path, replace(EXTRACTION, record=record))
    with serving(path) as running:
        key = iri.document_key(record)
        page = running.ask(f"/doc/{key}", Accept="text/html")[2].decode()
        assert "<script>" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page
        assert "default-src 'none'" in running.ask(f"/doc/{key}", Accept="text/html")[1]["content-security-policy"]


def test_named_queries(server):
    listed = json.loads(server.ask("/queries")[2])
    assert "backers" in [query["name"] for query in listed]
    backers = next(query for query in listed if query["name"] == "backers")
    assert backers["question"]["ar"]
    assert backers["parameters"][0]["name"] == "entity"
    status, headers, body = server.ask("/queries/backers?entity=haftar&format=csv")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = json.loads(server.ask("/queries/backers?entity=haftar", Accept=JSON_ROWS)[2])["results"]["bindings"]
    assert len(rows) == len(body.decode().splitlines()) - 1
    assert server.ask("/queries/backers?nobody=1")[0] == 400
    assert server.ask("/queries/none")[0] == 404


def test_openapi_is_valid_and_describes_every_route(server, path):
    found = json.loads(server.ask("/openapi.json")[2])
    validate(found)
    routes = {
        (re.sub(r":path\}", "}", route.path), method.lower())
        for route in application(Settings(path)).routes
        for method in route.methods
        if method != "HEAD"
    }
    described = {(address, method) for address, methods in found["paths"].items() for method in methods}
    assert described == routes


def test_metrics_count(server):
    server.ask("/queries/none")
    text = server.ask("/metrics")[2].decode()
    assert re.search(r'khabar_requests_total\{route="/queries/\{name\}",status="404"\} [1-9]', text)
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*(\{[^}]*\}[^{}]*)*\})? [0-9.e+-]+", line), line
