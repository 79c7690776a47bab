"""Push: all that is here gets there and nothing else, in an order that never shows a fact without its claims."""

from __future__ import annotations

import contextlib
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stores
from handmade import EXTRACTION, Catalogue, Schema, article
from khabar import iri
from khabar.cli.push import push
from khabar.errors import QueryError
from khabar.model import Stance
from khabar.push import PRESETS, Ledger, Login, Push, Remote, Source
from khabar.push.ledger import Sent
from khabar.push.presets import Preset
from khabar.push.rewritings import VIRTUOSO, normal
from khabar.queries import list_queries
from khabar.rdf import to_rdf
from khabar.store import Store
from khabar.web import Manners

DATA = Path(__file__).parent / "data"
HAND = iri.document_graph(iri.document_key(EXTRACTION.record))
ARTICLES = (
    EXTRACTION,
    article(1, ("tr", "supports", "haftar")),
    article(2, ("tr", "supports", "haftar"), ("haftar", "opposes", "gn-8")),
    article(3, ("brigade", "partOf", "lna"), stance=Stance(certainty="Possible")),
    article(4, ("tr", "opposes", "haftar")),
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("KHABAR_PUSH_PASSWORD", raising=False)


def put(path: Path, *extractions) -> None:
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in extractions:
            store.replace(to_rdf(extraction, Catalogue(), Schema()))


def forget(path: Path, extraction) -> None:
    with Store.open(path, write=True) as store:
        store.forget(iri.document_key(extraction.record))


def graphs(path: Path) -> dict[str, set[ox.Triple]]:
    """The graphs of a store, but for its blank nodes, which have other names in each place."""
    with Store.open(path) as store:
        return stores.by_graph(store.quads())


def size(path: Path, graph: str) -> int:
    with Store.open(path) as store:
        return sum(1 for _ in store.quads(graph=graph))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "store"
    put(path, *ARTICLES[:3])
    return path


@pytest.fixture
def path(made, tmp_path):
    """A store of three documents."""
    return Path(shutil.copytree(made, tmp_path / "store"))


@pytest.fixture
def there():
    """A graph store on loopback."""
    running = stores.GraphStore()
    yield running
    running.close()


@pytest.fixture
def waits(monkeypatch):
    """How long khabar would have waited."""
    waited: list[float] = []
    init = Remote.__init__
    monkeypatch.setattr(Remote, "__init__", lambda self, *a, **k: init(self, *a, **{**k, "sleep": waited.append}))
    return waited


@pytest.fixture
def pushed(khabar, path, there):
    """`khabar push` to the graph store on loopback."""

    def run(*options: str, url: str = "") -> tuple[int, str, str]:
        url = url or there.url
        return khabar("push", str(path), url, "--store", "generic", "--query-url", f"{there.root}/query", *options)

    return run


# What gets there ----------------------------------------------------------------------------------------------------


def test_all_graphs_get_there_and_the_order_is_that_of_what_points_to_what(pushed, path, there):
    code, out, err = pushed()
    assert (code, out) == (0, "")
    assert there.graphs() == graphs(path)
    assert err == (
        f"7 of 7 graphs are there: 7 sent, 0 deleted, {len(there.data):,} triples; 7 counted, 7 compared, 0 problems\n"
    )
    sent = there.puts()
    assert sent[:2] == [iri.ONTOLOGY, iri.ENTITIES]
    assert sent[2:5] == sorted(name for name in graphs(path) if name.startswith(iri.DOCUMENTS))
    assert sent[5:] == [iri.LINKS, iri.FACTS]


def test_a_second_run_sends_nothing_and_counts_all(pushed, there):
    assert pushed()[0] == 0
    there.asked.clear()
    code, _, err = pushed()
    assert code == 0
    assert {method for method, _, _ in there.asked} == {"POST", "GET"}
    assert all(graph or method == "POST" for method, graph, _ in there.asked)
    assert " 0 sent, 0 deleted," in err


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted(pushed, path, there):
    assert pushed()[0] == 0
    there.asked.clear()
    put(path, ARTICLES[3])
    forget(path, ARTICLES[2])
    code, _, err = pushed()
    assert code == 0, err
    assert there.graphs() == graphs(path)
    unchanged = {HAND, iri.document_graph(iri.document_key(ARTICLES[1].record)), iri.ONTOLOGY}
    assert not unchanged & {graph for method, graph, _ in there.asked if method in ("PUT", "DELETE")}
    assert " 1 deleted," in err


def test_again_sends_everything(pushed, there):
    assert pushed()[0] == 0
    there.asked.clear()
    assert pushed("--again")[0] == 0
    assert len(there.puts()) == 7


def test_one_graph_alone(pushed, path, there):
    code, _, err = pushed("--graph", "ontology", "--graph", HAND.rpartition("/")[2])
    assert code == 0, err
    assert there.puts() == [iri.ONTOLOGY, HAND]
    assert err.startswith("2 of 2 graphs are there: 2 sent")
    code, _, err = pushed("--graph", "nothing")
    assert (code, err) == (
        2,
        "khabar: there is no graph 'nothing', nor was one sent; try facts or the key of a document\n",
    )


def test_facts_alone_lack_what_rests_on_documents_that_are_not_there(pushed, path, there):
    assert pushed("--graph", "facts")[0] == 0
    assert there.graphs() == {}
    assert pushed("--graph", iri.document_key(ARTICLES[1].record), "--graph", "facts")[0] == 0
    assert iri.FACTS not in there.graphs(), "the other documents have claims about the same fact"
    assert pushed()[0] == 0
    assert there.graphs() == graphs(path)


def test_without_the_articles(pushed, there):
    assert pushed("--no-text")[0] == 0
    assert not any(
        triple.predicate.value == iri.NIF + "isString" for graph in there.graphs().values() for triple in graph
    )
    there.asked.clear()
    assert pushed()[0] == 0
    assert all(graph.startswith(iri.DOCUMENTS) or graph == iri.FACTS for graph in there.puts())
    assert any(triple.predicate.value == iri.NIF + "isString" for triple in there.graphs()[HAND])


def test_a_dry_run_asks_nobody_and_leaves_no_trace(pushed, path, there):
    code, out, err = pushed("--dry-run")
    assert code == 0
    assert out.splitlines()[0] == f"send graph:ontology, {size(path, iri.ONTOLOGY):,} triples"
    assert out.splitlines()[-1].startswith("send graph:facts, ")
    assert err == f"7 graphs would be sent to {there.url}, 0 deleted there\n"
    assert there.asked == []
    assert not (path / "push").exists()
    assert pushed()[0] == 0
    forget(path, ARTICLES[1])
    code, out, _ = pushed("--dry-run")
    assert out.splitlines()[0] == f"delete graph:doc/{iri.document_key(ARTICLES[1].record)}"


def test_a_large_graph_goes_in_parts(path, there):
    small = Preset("small", "", largest=2000)
    assert run(path, there, small).problems == []
    assert there.graphs() == graphs(path)
    assert max(size for method, graph, size in there.asked if graph == HAND) <= 2000
    assert {method for method, graph, _ in there.asked if graph == HAND} == {"PUT", "POST", "GET"}


def run(path, there, preset=PRESETS["generic"], **options):
    target = preset.target(there.url, query=f"{there.root}/query")
    manners = Manners("test", pause=0.0, timeout=20.0)
    with (
        Store.open(path) as store,
        Ledger(path, target.gsp) as ledger,
        Remote(preset, target, Login(), manners) as remote,
    ):
        return Push(Source(store, True, preset.rewritings), remote, ledger, **options).run()


# The order ----------------------------------------------------------------------------------------------------------


def lone_facts(found: dict[str, set[ox.Triple]]) -> set[ox.Triple]:
    """Facts of a dataset that no claim of it is about."""
    parts = [ox.NamedNode(iri.RDF + name) for name in ("subject", "predicate", "object")]
    of: dict[object, dict[str, ox.Term]] = {}
    for name, triples in found.items():
        if name.startswith(iri.DOCUMENTS):
            for triple in triples:
                if triple.predicate in parts:
                    of.setdefault(triple.subject, {})[triple.predicate.value] = triple.object
    said = {tuple(claim[part.value] for part in parts) for claim in of.values()}
    kinds = {(subject, predicate) for subject, predicate, _ in said}
    occurrence = ox.NamedNode(iri.NS + "Occurrence")
    return {
        fact
        for fact in found.get(iri.FACTS, set())
        if tuple(fact) not in said and not (fact.object == occurrence and (fact.subject, fact.predicate) in kinds)
    }


@pytest.mark.parametrize("seed", range(3))
def test_at_no_moment_is_a_fact_there_without_its_claims(pushed, path, there, seed):
    moments = []
    there.watch = lambda: moments.append(lone_facts(there.graphs()))
    assert pushed()[0] == 0
    chance = random.Random(seed)
    inside = set(range(3))
    for _ in range(4):
        for number in chance.sample(range(5), 2):
            if number in inside:
                forget(path, ARTICLES[number])
                inside.remove(number)
            else:
                put(path, ARTICLES[number])
                inside.add(number)
        code, out, err = pushed("--sample", "0")
        assert code == 0, out + err
        assert there.graphs() == graphs(path)
    assert len(moments) > 10
    assert not any(moments)


def test_facts_that_no_change_touches_stay_all_the_time(pushed, path, there):
    assert pushed()[0] == 0
    kept = []
    there.watch = lambda: kept.append(len(there.graphs().get(iri.FACTS, ())))
    put(path, ARTICLES[4])  # one more claim about a fact that another document has already
    before = len(graphs(path)[iri.FACTS])
    assert pushed()[0] == 0
    assert kept[0] == before - 1
    assert min(kept) == before - 1
    assert kept[-1] == before


# What goes wrong ----------------------------------------------------------------------------------------------------

LEFT = "; 3 of 7 graphs are there: run the same command again to go on\n"


@pytest.mark.parametrize(
    ("behaviour", "times", "says"),
    [
        (stores.refuse(401), 1, "HTTP 401: it wants a password; see --user and --token-env"),
        (stores.refuse(403), 1, "HTTP 403: this user may not do that ('no')"),
        (stores.refuse(404), 1, "HTTP 404: there is no graph store at this address; see --store and --gsp-url ('no')"),
        (stores.refuse(405), 1, "HTTP 405: graphs cannot be written at this address; see --store and --gsp-url ('no')"),
        (stores.refuse(507, b""), 1, "HTTP 507: the disk of the store is full"),
        (stores.refuse(502), 3, "HTTP 502: 'no', 3 times"),
        (stores.refuse(503), 6, "HTTP 503: not available now ('no'), 6 times"),
        (stores.refuse(429), 6, "HTTP 429: too many requests ('no'), 6 times"),
        (
            stores.refuse(503, b"", Retry_After="100000"),
            1,
            "HTTP 503: not available now, and asks for 100,000 seconds of silence",
        ),
        (
            stores.refuse(307, b"", Location="http://elsewhere.example/store"),
            1,
            "the store has moved to http://elsewhere.example/store; give that address",
        ),
        (stores.cut, 3, "the connection broke (RemoteProtocolError), 3 times"),
    ],
)
def test_a_failure_is_one_line_and_the_next_run_goes_on(pushed, path, there, waits, behaviour, times, says):
    there.plan = [None] * 4 + [behaviour] * times  # a count and three graphs go well
    code, out, err = pushed()
    assert code == 2
    assert out == ""
    assert err == f"khabar: {there.url}: {says}{LEFT}".replace("RemoteProtocolError", broken(err))
    assert there.plan == []
    there.asked.clear()
    assert pushed()[0] == 0
    assert len(there.puts()) == 4
    assert there.graphs() == graphs(path)


def broken(line: str) -> str:
    """How the connection broke: that depends on how far the client had come."""
    return next((name for name in ("ReadError", "WriteError") if name in line), "RemoteProtocolError")


def test_what_passes_is_waited_for_as_long_as_the_store_asks(pushed, path, there, waits):
    bad = [stores.refuse(429, b"", Retry_After="7"), stores.refuse(503, b"", Retry_After="90"), stores.cut]
    there.plan = [None, None, *bad]
    code, _, err = pushed()
    assert code == 0, err
    assert waits == [7.0, 90.0, 4.0]
    assert there.graphs() == graphs(path)


@pytest.mark.parametrize(
    ("status", "times", "says"),
    [(400, 1, "HTTP 400: 'no'"), (500, 3, "HTTP 500: 'no', 3 times"), (422, 1, "HTTP 422: 'no'")],
)
def test_one_graph_refused_does_not_stop_the_others(pushed, path, there, waits, status, times, says):
    there.plan = [None, None, None, *[stores.refuse(status)] * times]
    code, out, err = pushed()
    refused = there.puts()[2]
    assert code == 1
    assert out == f"{iri.shorten(refused)}: {there.url}: {says}\n"
    assert err.startswith("5 of 7 graphs are there: 6 sent")
    assert refused not in there.graphs()
    assert not lone_facts(there.graphs())
    assert pushed()[0] == 0
    assert there.graphs() == graphs(path)


def test_a_store_that_refuses_graph_after_graph_ends_the_run(pushed, there):
    there.plan = [None, *[stores.refuse(400)] * 3]
    code, _, err = pushed()
    assert code == 2
    assert err == (
        f"khabar: {there.url}: HTTP 400: 'no'; so with 3 graphs in a row; 0 of 7 graphs are there: "
        "run the same command again to go on\n"
    )


def test_too_large_for_the_store_means_smaller_parts(path, there):
    big = Preset("big", "", largest=2**18)
    there.plan = [None, stores.refuse(413)]
    assert run(path, there, big).problems == []
    assert there.graphs() == graphs(path)
    there.plan = [stores.refuse(413)] * 3
    found = run(path, there, big, again=True)
    assert [line.partition(" HTTP ")[2] for line in found.problems] == ["413: too large for the store ('no')"]


def test_a_store_that_is_not_there(pushed, there, waits):
    with contextlib.closing(stores.socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/store"
        code, _, err = pushed("--query-url", url, url=url)
    assert code == 2
    assert err.startswith(f"khabar: {url}: the store cannot be reached (")
    assert err.endswith(", 3 times; 0 of 7 graphs are there: run the same command again to go on\n")


def test_silence_ends_at_the_time_limit(path, there, waits):
    there.plan = [None, None, stores.hold(there), stores.hold(there)]
    target = PRESETS["generic"].target(there.url, query=f"{there.root}/query")
    manners = Manners("test", timeout=0.3)
    with (
        Store.open(path) as store,
        Ledger(path, target.gsp) as ledger,
        Remote(PRESETS["generic"], target, Login(), manners) as remote,
        pytest.raises(
            Exception, match=r"no answer within 0\.3 seconds; see --timeout, 2 times; 1 of 7 graphs are there: run"
        ),
    ):
        Push(Source(store), remote, ledger).run()


def test_an_address_that_speaks_no_tls(pushed, there):
    code, _, err = pushed("--query-url", there.root.replace("http", "https"))
    assert code == 2
    assert "no encrypted connection (" in err
    assert "; is it http:// and not https://?; 0 of 7 graphs are there" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_certificate_that_nobody_vouches_for(pushed, there, tmp_path, monkeypatch):
    import ssl

    names = ("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"))
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    there.server.socket = context.wrap_socket(there.server.socket, server_side=True)
    url = there.url.replace("http", "https")
    secure = ("--query-url", f"{there.root.replace('http', 'https')}/query")
    code, _, err = pushed(*secure, url=url)
    assert code == 2
    assert (
        ": its certificate is not trusted (self-signed certificate); if you do, name its issuer's file in SSL_" in err
    )
    assert err.count("\n") == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    assert pushed(*secure, url=url)[0] == 0


def test_a_run_that_is_killed_goes_on(pushed, path, there):
    there.plan = [None] * 4 + [stores.hold(there)]
    arguments = ["push", str(path), there.url, "--store", "generic", "--query-url", f"{there.root}/query"]
    stores.kill_when(there, arguments)
    left = there.puts()[-1]
    there.asked.clear()
    code, _, err = pushed()
    assert code == 0, err
    assert there.puts()[0] == left
    assert len(there.puts()) == 4
    assert there.graphs() == graphs(path)
    assert [entry.suffix for entry in (path / "push").iterdir()] == [".sqlite"]


# What is checked ----------------------------------------------------------------------------------------------------


def test_what_the_store_lost_or_changed_is_told_and_sent_again(pushed, path, there):
    assert pushed()[0] == 0
    triples = sorted(there.graphs()[HAND], key=str)
    name = ox.NamedNode(HAND)
    there.data.remove(ox.Quad(*triples[0], name))
    code, out, err = pushed()
    assert code == 1
    assert out == f"{iri.shorten(HAND)}: {len(triples) - 1} triples are there, {len(triples)} should be\n"
    assert err.endswith(" 1 problems\n")
    assert pushed()[0] == 0
    there.data.remove(ox.Quad(*triples[0], name))
    odd = ox.Triple(triples[0].subject, triples[0].predicate, ox.Literal("odd"))
    there.data.add(ox.Quad(*odd, name))
    code, out, _ = pushed()
    assert code == 1
    assert out == (
        f"{iri.shorten(HAND)}: 1 triples are missing, such as {triples[0]}; "
        f"1 triples are not from here, such as {odd}\n"
    )
    assert pushed()[0] == 0
    assert there.graphs() == graphs(path)


def test_what_the_store_says_it_deleted_is_looked_for(pushed, path, there):
    assert pushed()[0] == 0
    there.plan = [lambda request: stores.send(request, b"", status=204)]
    gone = iri.document_graph(iri.document_key(ARTICLES[1].record))
    count = size(path, gone)
    forget(path, ARTICLES[1])
    code, out, _ = pushed()
    assert code == 1
    assert out == f"{iri.shorten(gone)}: {count} triples are there, 0 should be\n"
    assert pushed()[0] == 0
    assert there.graphs() == graphs(path)


def test_what_was_half_sent_is_sent_again_even_when_it_is_as_before(pushed, path, there):
    assert pushed()[0] == 0

    def take_and_fail(request):
        there.data.remove_graph(ox.NamedNode(HAND))
        stores.refuse(400)(request)

    there.plan = [None, take_and_fail]  # facts are taken out first
    put(path, replace(EXTRACTION, relations=()))
    code, out, _ = pushed()
    assert code == 1
    assert out == f"{iri.shorten(HAND)}: {there.url}: HTTP 400: 'no'\n"
    put(path, EXTRACTION)
    assert pushed("--sample", "0")[0] == 0
    assert there.graphs() == graphs(path)


def test_graphs_of_another_store_are_not_replaced_unasked(pushed, path, there):
    there.data.add(
        ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"), ox.NamedNode(iri.FACTS))
    )
    code, _, err = pushed()
    assert code == 2
    assert err == (
        f"khabar: {there.url}: there are graphs of khabar already, of which this store has no record; "
        "--again replaces them\n"
    )
    assert there.puts() == []
    moments = []
    there.watch = lambda: moments.append(len(lone_facts(there.graphs())))
    assert pushed("--again")[0] == 0
    assert moments[0] == 0
    assert there.graphs() == graphs(path)


@pytest.mark.parametrize("answer", [b"not json", b'{"head": {}}', b'{"results": {"bindings": [{"g": 1}]}}'])
def test_a_query_address_that_answers_something_else(pushed, there, answer):
    there.plan = [
        lambda request: (request.rfile.read(int(request.headers["Content-Length"])), stores.send(request, answer))
    ]
    code, _, err = pushed()
    assert code == 2
    assert err.startswith(f"khabar: {there.root}/query: the answer is no SPARQL result; give --query-url; 0 of 7")


def test_an_answer_that_breaks_off_is_asked_for_again(pushed, there, waits):
    there.plan = [*[None] * 8, stores.cut_answer]
    assert pushed()[0] == 0
    assert waits == [1.0]


# Who may -----------------------------------------------------------------------------------------------------------


def test_password_and_token_come_from_the_environment(pushed, there, monkeypatch):
    code, _, err = pushed("--user", "mona")
    assert (code, err) == (
        2,
        "khabar: the environment variable KHABAR_PUSH_PASSWORD is not set; put the password in it\n",
    )
    monkeypatch.setenv("MINE", "s3cret")
    assert pushed("--user", "mona", "--password-env", "MINE")[0] == 0
    assert {headers["Authorization"] for headers in there.headers} == {"Basic bW9uYTpzM2NyZXQ="}
    there.headers.clear()
    assert pushed("--token-env", "MINE")[0] == 0
    assert {headers["Authorization"] for headers in there.headers} == {"Bearer s3cret"}
    assert {headers["User-Agent"].partition("/")[0] for headers in there.headers} == {"khabar"}


def test_no_secret_is_kept_or_shown(pushed, path, there, monkeypatch):
    monkeypatch.setenv("MINE", "s3cret")
    there.plan = [None, stores.refuse(401)]
    code, out, err = pushed("--user", "mona", "--password-env", "MINE")
    assert code == 2
    assert "HTTP 401: user, password or token is wrong" in err
    assert "s3cret" not in out + err
    assert all(b"s3cret" not in file.read_bytes() for file in (path / "push").iterdir())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--store", "neo4j"), "no kind of triple store is named 'neo4j'; choose one of virtuoso, fuseki, "),
        (("--auth", "kerberos"), "there is no --auth 'kerberos'; choose basic or digest"),
        (("--user", "a", "--token-env", "B"), "give --user or --token-env, not both"),
        (("--query-url", ""), "where a generic store answers queries is not known; give --query-url"),
        (("--gsp-url", "http://a:b@host/"), "a password in an address is seen by all; use --user and --password-env"),
        (("--gsp-url", "ftp://host/"), "'ftp://host/' is no web address; give one that begins with https://"),
    ],
)
def test_wrong_use_is_one_line(pushed, options, says):
    code, _, err = pushed(*options)
    assert code == 2
    assert err.startswith(f"khabar: {says}")


def test_what_is_no_store_stays_as_it_is(khabar, tmp_path):
    code, _, err = khabar("push", str(tmp_path), "http://127.0.0.1:9/store", "--store", "oxigraph")
    assert code == 2
    assert "this is not a khabar store" in err
    assert list(tmp_path.iterdir()) == []


def test_two_runs_to_one_store_do_not_meet(pushed, path, there):
    with Ledger(path, there.url):
        code, _, err = pushed()
    assert code == 2
    assert "another khabar is pushing there; wait for it or stop it" in err
    assert there.puts() == []


def test_the_store_can_be_written_while_it_is_pushed(pushed, path, there):
    there.watch = lambda: Store.open(path, write=True).close()
    assert pushed()[0] == 0


@pytest.mark.parametrize(
    ("name", "url", "gsp", "query"),
    [
        ("virtuoso", "http://h:8890/", "http://h:8890/sparql-graph-crud-auth", "http://h:8890/sparql-auth"),
        ("fuseki", "http://h:3030/ds", "http://h:3030/ds/data", "http://h:3030/ds/query"),
        (
            "graphdb",
            "http://h:7200/repositories/r",
            "http://h:7200/repositories/r/rdf-graphs/service",
            "http://h:7200/repositories/r",
        ),
        ("oxigraph", "http://h:7878", "http://h:7878/store", "http://h:7878/query"),
        ("qlever", "http://h:7001", "http://h:7001", "http://h:7001"),
        ("neptune", "https://h:8182", "https://h:8182/sparql/gsp/", "https://h:8182/sparql"),
    ],
)
def test_addresses(name, url, gsp, query):
    target = PRESETS[name].target(url)
    assert (target.gsp, target.query) == (gsp, query)
    assert PRESETS[name].target(url, "http://x/g", "http://x/q").gsp == "http://x/g"
    assert f"{name} " in push.__doc__


def test_generic_needs_both_addresses():
    with pytest.raises(QueryError, match="give --query-url"):
        PRESETS["generic"].target("http://h/data")


# Rewritings ---------------------------------------------------------------------------------------------------------


def literal(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(kind))


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(
    lambda n: literal(f"{n:f}", iri.XSD + "decimal")
)
POINTS = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(
    lambda point: literal(f"POINT({point[0]:f} {point[1]:f})", iri.GEO + "wktLiteral")
)
OTHERS = st.sampled_from(
    [
        literal("true", iri.XSD + "boolean"),
        literal("POINT(x y)", iri.GEO + "wktLiteral"),
        literal("POLYGON((0 0, 1 1, 1 0, 0 0))", iri.GEO + "wktLiteral"),
        literal("7", iri.XSD + "integer"),
        ox.Literal("قصف", language="ar"),
        ox.Literal(""),
    ]
)


@given(NUMBERS | POINTS | OTHERS)
def test_a_normal_form_is_its_own(value):
    node = ox.NamedNode("http://e/s")
    once = normal(ox.Triple(node, node, value), VIRTUOSO)
    assert normal(once, VIRTUOSO) == once


def test_nothing_is_loosened_but_what_the_table_says():
    node = ox.NamedNode("http://e/s")

    def form(value, kind):
        return str(normal(ox.Triple(node, node, literal(value, kind)), VIRTUOSO).object)

    assert form("1", iri.XSD + "decimal") == form("1", iri.XSD + "integer")
    assert form("1.1", iri.XSD + "decimal") != form("1.2", iri.XSD + "decimal")
    assert form("007", iri.XSD + "integer") != form("7", iri.XSD + "integer")
    near, far = "POINT(29.26066 16.33075)", "POINT(29.26067 16.33075)"
    geometry = "http://www.openlinksw.com/schemas/virtrdf#Geometry"
    assert form(near, iri.GEO + "wktLiteral") == form("POINT(29.260660171509 16.330749511719)", geometry)
    assert form(near, iri.GEO + "wktLiteral") != form(far, iri.GEO + "wktLiteral")


def test_triples_that_fall_together_are_counted_once(path, there):
    with Store.open(path, write=True) as store:
        node, graph = ox.NamedNode("http://e/s"), ox.NamedNode(iri.RUNS)
        values = [literal("1", iri.XSD + kind) for kind in ("decimal", "integer", "boolean")]
        store.add([ox.Quad(node, node, value, graph) for value in values])
    with Store.open(path) as store:
        assert Source(store).measure(iri.RUNS).triples == 3
        assert Source(store, True, VIRTUOSO).measure(iri.RUNS).triples == 1
        assert Source(store).measure("http://e/nothing") == Sent("0" * 64, 0)


# Real stores --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A store in which every named query finds something, with all of the ontology and odd literals."""
    path = tmp_path_factory.mktemp("sample") / "store"
    quads = ox.parse(path=str(DATA / "sample.nq"), format=ox.RdfFormat.N_QUADS)
    odd = [
        ox.Literal('line\nbreak, tab\t, "quotes", back\\slash, \u200fmark, 😀'),
        ox.Literal("قُصفت المدينةُ", language="ar"),
        *(literal(value, iri.XSD + "decimal") for value in ("1", "0.64", "-3.5", "29.260661234")),
        *(literal(value, iri.XSD + "dateTime") for value in ("2023-09-14T23:59:59Z", "2023-09-14T12:00:00.125Z")),
        literal("true", iri.XSD + "boolean"),
        literal("2023-09/..", iri.EDTF),
        literal("POINT(-29.26066 16.33075)", iri.GEO + "wktLiteral"),
        ox.Literal("طويل " * 20_000, language="ar"),
    ]
    with Store.open(path, write=True, create=True) as store:
        store.add(quad for quad in quads if quad.graph_name.value != iri.ONTOLOGY)
        store.put_ontology()
        node, graph = ox.NamedNode(iri.run("x")), ox.NamedNode(iri.RUNS)
        store.add(ox.Quad(node, ox.NamedNode("http://e/p"), value, graph) for value in odd)
    return path


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory):
    with stores.oxigraph(tmp_path_factory.mktemp("oxigraph")) as url:
        yield url


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory):
    found = stores.find_virtuoso()
    if found is None:
        pytest.skip("no virtuoso-t: install the Debian package virtuoso-opensource-7-bin, or let .ci/run unpack it")
    with stores.virtuoso(tmp_path_factory.mktemp("virtuoso"), *found) as url:
        yield url


def rows(answer: dict) -> list[list[str]]:
    names = answer["head"]["vars"]
    return [names, *([row.get(name, {}).get("value", "") for name in names] for row in answer["results"]["bindings"])]


def differing(path: Path, client: httpx.Client, endpoint: str, skip: Callable[[str], bool]) -> dict[str, str]:
    """The named queries that give other rows there than here, with what is said there; not those to `skip` by text."""
    found = {}
    headers = {"Accept": "application/sparql-results+json"}
    with Store.open(path) as store:
        for query in list_queries():
            if skip(query.text):
                continue
            here = rows(json.loads(store.query(query.bind()).serialize(format=ox.QueryResultsFormat.JSON)))
            assert len(here) > 1, query.name
            answer = client.post(endpoint, data={"query": query.bind()}, headers=headers)
            if answer.status_code != 200:
                found[query.name] = answer.text.partition("\n")[0]
            elif rows(json.loads(answer.text, strict=False)) != here:
                found[query.name] = "other rows"
    return found


def has_path(text: str) -> bool:
    """Whether a query follows a property over any number of steps: Virtuoso 7.2.5 then loses rows."""
    return re.search(r"[\w)][*+] ", re.sub(r"COUNT\(\*\)|#.*", "", text)) is not None


def test_a_real_oxigraph_holds_and_answers_the_same(khabar, sample, oxigraph):
    code, out, err = khabar("push", str(sample), oxigraph, "--store", "oxigraph")
    assert (code, out) == (0, ""), err
    with httpx.Client() as client:
        dump = client.get(f"{oxigraph}/store", headers={"Accept": "application/n-quads"}).content
        assert differing(sample, client, f"{oxigraph}/query", skip=lambda _: False) == {}
    found = ox.Dataset(ox.parse(dump, format=ox.RdfFormat.N_QUADS))
    with Store.open(sample) as store:
        ours = ox.Dataset(store.quads())
    for one in (found, ours):
        one.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found == ours


def test_a_real_oxigraph_follows(khabar, path, oxigraph):
    assert khabar("push", str(path), oxigraph, "--store", "oxigraph", "--again")[0] == 0
    put(path, ARTICLES[3])
    forget(path, ARTICLES[1])
    code, out, err = khabar("push", str(path), oxigraph, "--store", "oxigraph", "--sample", "50")
    assert (code, out) == (0, ""), err
    assert " 1 deleted," in err


def test_a_real_virtuoso_holds_and_answers_the_same(khabar, sample, virtuoso, monkeypatch):
    monkeypatch.setenv("KHABAR_PUSH_PASSWORD", "dba")
    code, out, err = khabar("push", str(sample), virtuoso, "--store", "virtuoso", "--user", "dba", "--sample", "50")
    assert (code, out) == (0, ""), err
    with httpx.Client(auth=httpx.DigestAuth("dba", "dba"), timeout=60) as client:
        assert differing(sample, client, f"{virtuoso}/sparql-auth", skip=has_path) == {}


def test_a_real_virtuoso_follows(khabar, path, virtuoso, monkeypatch):
    monkeypatch.setenv("KHABAR_PUSH_PASSWORD", "dba")
    arguments = ("push", str(path), virtuoso, "--store", "virtuoso", "--user", "dba")
    assert khabar(*arguments, "--again")[0] == 0
    put(path, ARTICLES[3])
    forget(path, ARTICLES[1])
    code, out, err = khabar(*arguments, "--sample", "50")
    assert (code, out) == (0, ""), err
    assert " 1 deleted," in err


def test_a_real_virtuoso_wants_the_right_password(khabar, path, virtuoso, monkeypatch):
    monkeypatch.setenv("KHABAR_PUSH_PASSWORD", "wrong")
    code, _, err = khabar("push", str(path), virtuoso, "--store", "virtuoso", "--user", "dba")
    assert code == 2
    assert "HTTP 401: user, password or token is wrong; 0 of 7 graphs are there" in err
