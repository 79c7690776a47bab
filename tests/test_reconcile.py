"""The reconciliation service: real requests of the protocol to a server on this machine."""

import json
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import cli
from khabar.kb import KnowledgeBase
from khabar.ontology import Ontology
from khabar.reconcile import Index, Service
from khabar.reconcile.index import bare, form

pytest.importorskip("starlette", reason="khabar[serve] is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="khabar[serve] is not installed")


@contextmanager
def served(app):
    """The address of a server on a free port of this machine."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        socket.close()


@pytest.fixture(scope="module")
def service():
    return Service(Index(KnowledgeBase.open(), {"wagner": ["Orchestra of W"]}), Ontology.load())


@pytest.fixture(scope="module")
def base(service):
    from khabar.reconcile.app import application

    with served(application(service)) as address:
        yield address


def ask(address: str, form: dict[str, str] | None = None, **headers: str):
    """Status, headers and text of an answer; POST when there is a form."""
    data = urlencode(form).encode() if form is not None else None
    try:
        with urlopen(Request(address, data, headers), timeout=20) as response:
            return response.status, response.headers, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def get(base: str, path: str, **fields: str):
    status, _, text = ask(f"{base}{path}?{urlencode(fields)}")
    assert status == 200, text
    return json.loads(text)


def one(base: str, **query):
    """The candidates of one query, sent as a batch by POST."""
    status, headers, text = ask(f"{base}/reconcile", {"queries": json.dumps({"q0": query})})
    assert (status, headers.get_content_type()) == (200, "application/json")
    return json.loads(text)["q0"]["result"]


def test_the_manifest_has_what_the_protocol_asks_for(base):
    for path in ("/", "/reconcile"):
        manifest = get(base, path)
        assert "0.2" in manifest["versions"]
        assert manifest["identifierSpace"] == "https://w3id.org/khabar/entity/"
        assert manifest["schemaSpace"] == "https://w3id.org/khabar/ns#"
        assert manifest["name"].startswith("khabar")
        for name in ("view", "preview"):
            assert manifest[name]["url"].startswith(f"{base}/")
            assert "{{id}}" in manifest[name]["url"]
        assert {"id", "name"} == set(manifest["defaultTypes"][0])
        places = [*manifest["suggest"].values(), manifest["extend"]["propose_properties"]]
        assert [p["service_url"] + p["service_path"] for p in places] == [
            f"{base}/suggest/entity", f"{base}/suggest/type", f"{base}/suggest/property", f"{base}/extend/propose",
        ]  # fmt: skip
        for place in places:
            assert ask(place["service_url"] + place["service_path"] + "?prefix=a&type=Person")[0] == 200


def test_a_batch_is_answered_under_its_own_keys_by_post_and_by_get(base):
    queries = {"q0": {"query": "خليفة حفتر"}, "other": {"query": "حزب الله", "type": "Organization", "limit": 1}}
    _, _, posted = ask(f"{base}/reconcile", {"queries": json.dumps(queries)})
    answer = json.loads(posted)
    assert answer == get(base, "/reconcile", queries=json.dumps(queries))
    assert set(answer) == {"q0", "other"}
    best = answer["q0"]["result"][0]
    assert (best["id"], best["name"], best["score"], best["match"]) == ("haftar", "خليفة حفتر", 100.0, True)
    assert best["type"] == [{"id": "Person", "name": "person · شخص"}]
    assert best["features"] == [{"id": "name", "value": 100.0}]
    assert "Libya" in best["description"]
    assert [c["id"] for c in answer["other"]["result"]] == ["hezbollah"]
    for candidates in answer.values():
        for c in candidates["result"]:
            assert set(c) == {"id", "name", "description", "type", "score", "match", "features"}
            assert 0 < c["score"] <= 100


def test_a_single_query_is_text_or_json(base):
    assert get(base, "/reconcile", query="تركيا")["result"][0]["id"] == "tr"
    assert get(base, "/reconcile", query=json.dumps({"query": "تركيا", "limit": 1}))["result"][0]["id"] == "tr"
    assert get(base, "/", query="طرابلس", type="Settlement", limit="2", properties='[{"pid": "country", "v": "LB"}]')[
        "result"
    ][0]["match"]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("الحوثيين", "houthis"),
        ("بنغازى", "gn-88318"),
        ("مجموعه فاغنر", "wagner"),
        ("رجب طيب اردغان", "erdogan"),
        ("جيش وطنى ليبى", "lna"),
        ("الجَيش الوَطنيّ اللّيبي", "lna"),
        ("Khalifa  haftar", "haftar"),
        ("orchestra of w", "wagner"),
        ("للجيش الوطني الليبي", "lna"),
    ],
)
def test_spelling_does_not_matter(base, query, key):
    assert one(base, query=query)[0]["id"] == key


def test_of_homonyms_none_is_a_match_until_properties_decide(base):
    many = one(base, query="طرابلس", type="Settlement", limit=50)
    assert len([c for c in many if c["score"] == 100]) >= 2
    assert not any(c["match"] for c in many)
    for value in ("لبنان", "Lebanon", "lb", "LB", {"id": "lb", "name": "لبنان"}, ["lb"]):
        best, *others = one(base, query="طرابلس", type="Settlement", properties=[{"pid": "country", "v": value}])
        assert best["match"]
        assert "Lebanon" in best["description"]
        assert {"id": "country", "value": True} in best["features"]
        assert not any(c["match"] for c in others)
    qids = get(base, "/extend", extend=json.dumps({"ids": [best["id"]], "properties": [{"id": "qid"}]}))
    assert qids["rows"][best["id"]]["qid"] == [{"str": "Q168954"}]


def test_types_rule_out_or_only_weigh(base):
    assert {c["type"][0]["id"] for c in one(base, query="بشار", type="Person")} == {"Person"}
    both = one(base, query="بشار", type=["Person", "Settlement"], limit=50)
    assert {c["type"][0]["id"] for c in both} == {"Person", "Settlement"}
    assert one(base, query="بشار", type=["Person", "Settlement"], type_strict="all") == []
    assert one(base, query="بشار الأسد", type="https://w3id.org/khabar/ns#Actor")[0]["id"] == "bashar_assad"
    assert one(base, query="بشار الأسد", type="NoSuchClass") == []
    should = one(base, query="بشار الأسد", type="Settlement", type_strict="should")
    assert {c["id"]: c["score"] for c in should}["bashar_assad"] == 80.0


def test_a_wikidata_item_finds_its_entry_without_a_name(base):
    (only,) = one(base, properties=[{"pid": "qid", "v": "Q43"}])
    assert (only["id"], only["match"]) == ("tr", True)
    assert one(base, properties=[{"pid": "qid", "v": "http://www.wikidata.org/entity/Q43"}])[0]["id"] == "tr"
    assert one(base, properties=[{"pid": "qid", "v": "Q1"}]) == []


def test_what_nothing_is_like_has_no_candidates(base):
    assert one(base, query="زقزقزقزق") == []
    assert one(base, query="؟!") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"queries": "{"}, "queries is not JSON"),
        ({"queries": "[]"}, "queries is not a JSON object"),
        ({"queries": '{"q0": 1}'}, "a query is not a JSON object"),
        ({"queries": '{"q0": {}}'}, "a query needs the text query, or the list properties"),
        ({"queries": '{"q0": {"query": "x", "type": 7}}'}, "type is neither a type nor a list of types"),
        ({"queries": '{"q0": {"query": "x", "type_strict": "maybe"}}'}, "type_strict is none of any, all, should"),
        ({"queries": '{"q0": {"query": "x", "properties": [{"pid": "qid"}]}}'}, "each of the properties needs pid and"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(1001)})}, "1001 queries at once"),
        ({"extend": '{"ids": ["tr"]}'}, "extend needs the lists ids and properties"),
        ({"extend": '{"ids": [1], "properties": []}'}, "ids are texts, and each property has an id"),
    ],
)
def test_what_the_protocol_does_not_allow_is_said(base, fields, words):
    status, _, text = ask(f"{base}/reconcile", fields)
    assert status == 400
    assert json.loads(text)["message"].startswith(words)


def test_too_long_a_request_is_refused(base):
    status, _, text = ask(f"{base}/reconcile", {"queries": "x" * 5_000_000})
    assert status == 400
    assert "send fewer queries" in text


def test_every_site_may_ask(base):
    _, headers, _ = ask(f"{base}/reconcile", Origin="http://127.0.0.1:3333")
    assert headers["Access-Control-Allow-Origin"] == "*"
    request = Request(f"{base}/reconcile", method="OPTIONS", headers={
        "Origin": "http://127.0.0.1:3333", "Access-Control-Request-Method": "POST"})  # fmt: skip
    with urlopen(request, timeout=20) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in response.headers["Access-Control-Allow-Methods"]


def test_jsonp_calls_the_function_asked_for_and_nothing_else(base):
    status, headers, text = ask(f"{base}/reconcile?{urlencode({'query': 'تركيا', 'callback': 'jQuery1.cb_2'})}")
    assert (status, headers.get_content_type()) == (200, "application/javascript")
    inner = re.fullmatch(r"/\*\*/jQuery1\.cb_2\((.*)\);", text, re.S)
    assert json.loads(inner.group(1))["result"][0]["id"] == "tr"
    status, headers, text = ask(f"{base}/?{urlencode({'callback': 'alert(1)//'})}")
    assert (status, headers.get_content_type()) == (400, "application/json")
    assert "alert" not in text


def test_suggestions(base):
    entities = get(base, "/suggest/entity", prefix="بنغاز")["result"]
    assert entities[0]["id"] == "gn-88318"
    assert set(entities[0]) == {"id", "name", "description", "notable"}
    assert get(base, "/suggest/entity", prefix="بنغاز", cursor="1")["result"] == entities[1:]
    assert get(base, "/suggest/entity", prefix=" ") == {"result": []}
    assert get(base, "/suggest/entity", prefix="khalifa haf")["result"][0]["id"] == "haftar"
    assert [t["id"] for t in get(base, "/suggest/type", prefix="ميل")["result"]] == ["Militia"]
    assert "MilitaryUnit" in [t["id"] for t in get(base, "/suggest/type", prefix="mil")["result"]]
    assert [p["id"] for p in get(base, "/suggest/property", prefix="wiki")["result"]] == ["qid"]
    assert ask(f"{base}/suggest/entity")[0] == 400
    assert ask(f"{base}/suggest/entity?prefix=a&cursor=x")[0] == 400


def test_cells_are_extended(base):
    properties = [{"id": name} for name in ("qid", "country", "class", "lat", "long", "population", "nothing")]
    asked = json.dumps({"ids": ["gn-88319", "haftar", "no-such"], "properties": properties})
    _, _, text = ask(f"{base}/reconcile", {"extend": asked})
    answer = json.loads(text)
    assert answer == get(base, "/extend", extend=asked)
    assert [(m["id"], m["name"]) for m in answer["meta"]][:2] == [("qid", "Wikidata item"), ("country", "country")]
    benghazi = answer["rows"]["gn-88319"]
    assert benghazi["country"] == [{"id": "ly", "name": "ليبيا"}]
    assert [c["id"] for c in benghazi["class"]] == ["Settlement"]
    assert benghazi["lat"][0]["float"] == pytest.approx(32.1, abs=0.1)
    assert benghazi["long"][0]["float"] == pytest.approx(20.1, abs=0.1)
    assert isinstance(benghazi["population"][0]["int"], int)
    assert benghazi["nothing"] == []
    assert answer["rows"]["haftar"]["lat"] == []
    assert set(answer["rows"]["no-such"]) == {p["id"] for p in properties}
    proposed = get(base, "/extend/propose", type="Settlement", limit="3")
    assert (proposed["type"], len(proposed["properties"])) == ("Settlement", 3)


def test_previews_are_pages_with_nothing_raw_in_them(base):
    status, headers, page = ask(f"{base}/preview?id=haftar")
    assert (status, headers.get_content_type(), headers.get_content_charset()) == (200, "text/html", "utf-8")
    assert "خليفة حفتر" in page
    assert "Libya" in page
    assert ask(f"{base}/view?id=haftar")[2] == page
    status, _, page = ask(f"{base}/preview?{urlencode({'id': '<script>'})}")
    assert status == 404
    assert "<script>" not in page


def test_names_of_a_table_are_served(tmp_path, capfd):
    path = tmp_path / "my.tsv"
    path.write_text("key\tclass\tname_ar\taliases_en\nfalcons\tMilitia\tلواء صقور الهضبة\tHill Falcons\n", "utf-8")
    command = [sys.executable, "-m", "khabar", "reconcile", "--port", "0", "--actors", str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            address = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/reconcile \(stop with Ctrl-C\)\n", line).group(1)
            for _ in range(100):
                try:
                    assert one(address, query="hill falcons")[0]["id"] == "falcons"
                    break
                except OSError:
                    time.sleep(0.05)
            assert one(address, query="صقور الهضبه")[0]["id"] == "falcons"
        finally:
            process.terminate()
            process.wait(20)


def test_a_wrong_table_is_listed_and_nothing_is_served(tmp_path, capfd):
    path = tmp_path / "my.tsv"
    path.write_text("key\tclass\tname_ar\nx\tNo\tكتيبة\n", "utf-8")
    assert cli.run(["reconcile", "--port", "0", "--actors", str(path)]) == 1
    assert "1 bad rows" in capfd.readouterr().err


def test_without_the_packages_the_command_says_what_to_install(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert cli.run(["reconcile"]) == 2
    assert "uvicorn is not installed; pip install 'khabar[serve]'" in capfd.readouterr().err


@given(st.text(max_size=30))
def test_forms_are_stable(text):
    assert form(form(text)) == form(text)
    assert len(bare(form(text)).split()) == len(form(text).split())


@given(st.text(alphabet="ابتحدهوي لاأةىء.,", max_size=40), st.integers(-5, 500))
def test_any_query_is_answered_in_order(service, text, limit):
    if not text.strip():
        return
    scores = [c["score"] for c in service.answer({"query": text, "limit": limit})]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= max(1, min(limit, 100))
