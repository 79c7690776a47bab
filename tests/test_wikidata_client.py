"""The client against a service that misbehaves, and the cache."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services
from khabar.errors import ServiceError
from khabar.web import seconds_of
from khabar.wikidata import AnswerError, Cache, Client, Item, Manners, agent
from khabar.wikidata.items import Asker, parse, query, tidy

ITEM = "Q900000000001"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def service():
    running = services.Service()
    yield running
    running.close()


class Time:
    """A clock that only sleep moves."""

    def __init__(self):
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


@pytest.fixture
def time():
    return Time()


def client(time, **manners) -> Client:
    manners = {"agent": "khabar/test (mona@example.org)", "pause": 1.0, "timeout": 5.0} | manners
    return Client(Manners(**manners), sleep=time.sleep, clock=time.clock, now=time.clock)


def rows(answer: str = "answer.json") -> list:
    return json.loads((services.DATA / answer).read_text("utf-8"))["results"]["bindings"]


def test_one_request_after_the_other_with_a_pause_and_a_name(service, time):
    asking = client(time)
    service.plan = [services.text("answer.json")] * 3
    for _ in range(3):
        assert asking.sparql(service.sparql, "SELECT") == rows()
    assert time.slept == [1.0, 1.0]
    assert set(service.agents) == {"khabar/test (mona@example.org)"}
    assert service.asked[0] == {"query": "SELECT"}
    assert asking.requests == 3


@pytest.mark.parametrize(
    ("behaviour", "waits"),
    [
        (services.refuse(429, Retry_After="120"), [120.0]),
        (services.refuse(429), [60.0]),
        (services.refuse(429, Retry_After="soon"), [60.0]),
        (services.refuse(429, Retry_After="0"), [2.0]),
        (services.refuse(503, Retry_After="7"), [7.0]),
        (services.refuse(503), [2.0]),
        (services.refuse(503, Retry_After=formatdate(1_000_030, usegmt=True)), [30.0]),
        (services.refuse(500), [2.0]),
        (services.refuse(502), [2.0]),
        (services.refuse(504), [2.0]),
        (services.refuse(408), [2.0]),
        (services.text("broken.txt"), [2.0]),
        (services.text("maintenance.html", "text/html"), [2.0]),
        (services.cut, [2.0]),
        (services.cut_chunk, [2.0]),
        (services.packed_cut, [2.0]),
        (services.hang_up, [2.0]),
    ],
)
def test_whoever_fails_once_is_asked_once_more_after_the_time_asked_for(service, time, behaviour, waits):
    service.plan = [behaviour, services.text("answer.json")]
    assert client(time).sparql(service.sparql, "SELECT") == rows()
    assert time.slept == waits
    assert len(service.asked) == 2


def test_a_packed_answer_is_unpacked(service, time):
    service.plan = [services.packed]
    assert client(time).sparql(service.sparql, "SELECT") == rows()


def test_silence_ends_after_the_timeout(service, time):
    service.plan = [lambda request: service.release.wait(30), services.text("answer.json")]
    assert client(time, timeout=0.2).sparql(service.sparql, "SELECT") == rows()
    assert time.slept == [2.0]


def test_a_drip_ends_after_the_timeout_too(service, time):
    def drip(request):
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.close_connection = True
        request.wfile.write(b"{")
        request.wfile.flush()
        time.now += 60
        request.wfile.write(b" ")

    service.plan = [drip, services.text("answer.json")]
    assert client(time).sparql(service.sparql, "SELECT") == rows()


def test_the_wait_grows_and_patience_ends(service, time):
    service.plan = [services.refuse(503)] * 9
    with pytest.raises(ServiceError, match=r"HTTP 503, not available now, 6 times; run it again later"):
        client(time).sparql(service.sparql, "SELECT")
    assert time.slept == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert len(service.asked) == 6


def test_what_is_too_heavy_is_given_back_soon(service, time):
    service.plan = [services.text("broken.txt")] * 9
    with pytest.raises(AnswerError, match=r"broken JSON, 3 times"):
        client(time).sparql(service.sparql, "SELECT")
    assert len(service.asked) == 3


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (services.refuse(400), "HTTP 400, no for reasons"),
        (services.refuse(403), "shuts us out"),
        (services.refuse(404), "HTTP 404"),
        (services.refuse(301, Location="https://elsewhere.example/sparql"), "has moved to https://elsewhere.example"),
        (services.refuse(307, Location="/other"), "has moved to /other"),
        (services.refuse(429, Retry_After="86400"), "asks for 86,400 seconds of silence"),
        (services.json("[1]"), "JSON of another kind"),
        (services.json('{"boolean": true}'), "no SPARQL result"),
        (services.json('{"results": {"bindings": {}}}'), "no SPARQL result"),
        (services.json('{"results": []}'), "no SPARQL result"),
    ],
)
def test_where_asking_again_has_no_sense_the_run_ends(service, time, behaviour, words):
    service.plan = [behaviour]
    with pytest.raises(ServiceError, match=words):
        client(time).sparql(service.sparql, "SELECT")
    assert len(service.asked) == 1
    assert time.slept == []


def test_an_api_says_its_errors_inside_a_good_answer(service, time):
    lag = services.json('{"error": {"code": "maxlag", "info": "Waiting for a server: 6 seconds lagged"}}')
    service.plan = [lag, services.json('{"search": []}')]
    assert client(time).api(service.api, {"search": "x"}) == {"search": []}
    assert service.asked[0] == {"search": "x", "format": "json", "maxlag": "5"}
    service.plan = [services.json('{"error": {"code": "badvalue", "info": "Unrecognized value"}}')]
    with pytest.raises(ServiceError, match="Unrecognized value"):
        client(time).api(service.api, {"search": "x"})


def test_nobody_there(time):
    with pytest.raises(ServiceError, match="cannot be reached"):
        client(time, retries=0).sparql("http://127.0.0.1:9/sparql", "SELECT")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/", "query.wikidata.org", "http://"])
def test_only_web_addresses(time, address):
    with pytest.raises(ServiceError, match="no web address"):
        client(time).sparql(address, "SELECT")


def test_wikimedia_is_told_who_asks():
    assert agent("mona@example.org", "https://query.wikidata.org/sparql").endswith("; mona@example.org)")
    assert "(https://w3id.org/khabar/)" in agent("", "http://127.0.0.1/")
    with pytest.raises(ServiceError, match="give --contact"):
        agent(" ", "https://query.wikidata.org/sparql")
    with pytest.raises(ServiceError, match="no web request can carry"):
        agent("منى", "http://127.0.0.1/")
    assert "\n" not in agent("a\r\nX-Evil: 1", "http://127.0.0.1/")


@given(st.text(max_size=40))
def test_any_retry_after_is_read_or_left(value):
    seconds = seconds_of(value, 0.0)
    assert seconds is None or seconds >= 0


# Items ----------------------------------------------------------------------------------------------------------------


def test_a_recorded_answer_becomes_items():
    found = parse([ITEM, "Q900000000002", "Q900000000099"], rows())
    assert found[ITEM] == Item(
        ITEM,
        labels={"ar": "عين السرو"},
        aliases={"ar": ("عين سرو",)},
        types=("Q515",),
        coordinates=((34.0, 36.5),),
        revision=2100000001,
    )
    assert found["Q900000000002"].redirect == "Q900000000003"
    assert found["Q900000000099"].gone
    assert not found["Q900000000002"].gone


def test_an_item_survives_the_cache():
    for item in parse([ITEM, "Q900000000002"], rows()).values():
        assert Item.load(item.dump()) == item


def test_rows_of_another_form_are_an_error():
    with pytest.raises(ServiceError, match="not of the form"):
        parse([ITEM], [{"s": {"value": "x"}}])


@pytest.mark.parametrize("qid", ["Q0", "q43", "Q43> } DROP ALL #", "P31", "", "Q43\n"])
def test_nothing_but_ids_enters_a_query(qid):
    with pytest.raises(ServiceError, match="no Wikidata id"):
        query([qid])


@pytest.mark.parametrize(("name", "clean"), [("a\tb\n", "a b"), ("=1+1", ""), ("@x", ""), ("أحمد\u200f", "أحمد")])
def test_names_are_made_harmless(name, clean):
    assert tidy(name) == clean


# Batches --------------------------------------------------------------------------------------------------------------


def test_items_come_in_batches_and_only_once(service, time, tmp_path):
    qids = [f"Q{900000000000 + n}" for n in (1, 4, 7, 8, 9)]
    with Cache(tmp_path / "c.sqlite", now=time.clock) as cache:
        first = Asker(client(time), cache, service.sparql, size=2).items(qids)
        assert service.queried() == [qids[:2], qids[2:4], qids[4:]]
        assert Asker(client(time), cache, service.sparql, size=3).items(qids) == first
        assert len(service.asked) == 3
        time.now += 31 * 86_400
        Asker(client(time), cache, service.sparql, size=5).items(qids)
        assert service.queried()[3:] == [qids]


def test_what_is_too_heavy_is_halved(service, time, tmp_path):
    qids = [f"Q{900000000000 + n}" for n in (1, 4, 7, 8)]
    service.plan = [services.text("broken.txt")] * 3
    with Cache(tmp_path / "c.sqlite") as cache:
        found = Asker(client(time), cache, service.sparql, size=4).items(qids)
    assert sorted(found) == qids
    assert service.queried()[3:] == [qids[:2], qids[2:]]


def test_an_item_that_never_comes_is_a_problem_and_not_gone(service, time, tmp_path):
    service.plan = [services.refuse(504)] * 3
    problems = []
    with Cache(tmp_path / "c.sqlite") as cache:
        assert Asker(client(time), cache, service.sparql, problem=problems.append).items([ITEM]) == {}
        assert cache.items(service.sparql, [ITEM]) == {}
    assert len(problems) == 1
    assert problems[0].startswith(f"{ITEM} could not be had: ")


def test_that_an_item_is_gone_is_asked_twice(service, time, tmp_path):
    gone = "Q900000000099"
    with Cache(tmp_path / "c.sqlite") as cache:
        found = Asker(client(time), cache, service.sparql).items([ITEM, gone])
    assert found[gone].gone
    assert service.queried() == [[ITEM, gone], [gone]]


def test_an_endpoint_without_wikidata_is_no_news_of_deaths(service, time, tmp_path):
    qids = [f"Q{900000001000 + n}" for n in range(20)]
    with Cache(tmp_path / "c.sqlite") as cache:
        with pytest.raises(ServiceError, match="knows none of"):
            Asker(client(time), cache, service.sparql).items(qids)
        assert cache.items(service.sparql, qids) == {}


def test_a_killed_run_goes_on_where_it_stopped(service, time, tmp_path):
    qids = [f"Q{900000000000 + n}" for n in (1, 4, 7, 8, 9, 21)]
    service.plan = [None, None, lambda request: run.kill()]
    code = f"""
    from pathlib import Path
    from khabar.wikidata import Cache, Client, Manners
    from khabar.wikidata.items import Asker
    with Cache(Path({str(tmp_path / "c.sqlite")!r})) as cache:
        Asker(Client(Manners("test", pause=0)), cache, {service.sparql!r}, size=2).items({qids!r})
    """
    source = Path(__file__).resolve().parents[1] / "src"
    run = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], env={**os.environ, "PYTHONPATH": str(source)})
    assert run.wait(60) == -signal.SIGKILL
    with Cache(tmp_path / "c.sqlite") as cache:
        assert sorted(Asker(client(time), cache, service.sparql, size=2).items(qids)) == qids
    assert service.queried() == [qids[:2], qids[2:4], qids[4:], qids[4:]]


# The cache ------------------------------------------------------------------------------------------------------------


def test_the_cache_keeps_what_an_item_was(tmp_path, time):
    with Cache(tmp_path / "c.sqlite", now=time.clock) as cache:
        for body in ("one", "one", "two", "two"):
            cache.put("e", {"Q1": body})
        assert cache.items("e", ["Q1", "Q2"]) == {"Q1": "two"}
        assert cache.items("other", ["Q1"]) == {}
        assert cache.previous("e", "Q1") == "one"
        assert cache.previous("e", "Q2") is None
        cache.put_answer("[]", "api", "name")
        assert cache.answer("api", "name") == "[]"
        assert cache.answer("apiname", "") is None


def test_a_damaged_cache_is_one_line(tmp_path):
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(ServiceError, match="delete it or give another"):
        Cache(path)
    newer = tmp_path / "n.sqlite"
    db = sqlite3.connect(newer)
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(ServiceError, match="a newer khabar"):
        Cache(newer)
    with pytest.raises(ServiceError, match="cannot be opened"):
        Cache(path / "below")
