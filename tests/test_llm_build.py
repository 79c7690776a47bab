"""A build with a language model, and how it is opened."""

import json

import pytest
from pyoxigraph import Literal, NamedNode

import services
from chats import TEXT, good
from khabar import __version__, cli, integrity, iri
from khabar.errors import KhabarError
from khabar.llm import open_model
from khabar.model import Record
from khabar.store import Store

RECORD = Record(TEXT, "articles.jsonl:1", id="llm-1", url="https://news.example/llm/1", date="2019-10-28")
AGAIN = "That was not JSON of the form asked for. Answer again with the JSON object alone."
NOTHING = {"entities": [], "events": [], "relations": []}


# opening --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "url", "key", "words"),
    [
        ("gpt", "http://127.0.0.1/v1", None, "no extractor is called 'gpt'; give llm:MODEL"),
        ("llm:", "http://127.0.0.1/v1", None, "no extractor is called 'llm:'"),
        ("llm:m", None, None, "needs --llm-url"),
        ("llm:m", "localhost:8080", None, "is no web address"),
        ("llm:m", "http://user:pass@127.0.0.1/v1", None, "holds a user or password"),
        ("llm:m", "http://127.0.0.1/v1", "KHABAR_TEST_UNSET", "variable KHABAR_TEST_UNSET of --llm-key-env is not set"),
        ("llm:m", "http://127.0.0.1/v1", "KHABAR_TEST_KEY", "letters that no web request can carry"),
    ],
)
def test_what_cannot_be_opened(extractor, monkeypatch, spec, url, key, words):
    monkeypatch.setenv("KHABAR_TEST_KEY", "مفتاح")
    with pytest.raises(KhabarError, match=words) as error:
        open_model(spec, extractor, url, key)
    assert "pass" not in str(error.value).replace("password", "")


# build ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def khabar(capfd, monkeypatch, extractor):
    """Runs a command line: exit code and the lines of standard error."""
    monkeypatch.setattr("khabar.extractor.RuleExtractor", lambda *_, **__: extractor)
    monkeypatch.setattr("time.sleep", lambda _: None)

    def run(*arguments: str) -> tuple[int, list[str]]:
        return cli.run(list(arguments)), capfd.readouterr().err.splitlines()

    return run


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "articles.jsonl"
    rows = [
        {"text": TEXT, "id": "llm-1", "url": RECORD.url, "date": RECORD.date},
        {"text": "وصل وفد تركيا إلى طرابلس.", "url": "https://news.example/llm/2"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_a_build_with_a_model(server, khabar, articles, tmp_path, extractor, monkeypatch):
    monkeypatch.setenv("KHABAR_TEST_KEY", "secret")
    store = str(tmp_path / "store")
    options = ["--extractor", "llm:some-model", "--llm-url", server.url, "--llm-key-env", "KHABAR_TEST_KEY"]
    said = good()
    said["events"][1]["evidence"] = "لا شيء من هذا"
    server.plan = [said, "no", "no"]
    code, lines = khabar("build", articles, "--store", store, *options)
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert (code, lines) == (
        1,
        [
            f"problem: {articles}:2: the model's answer is not JSON of the form asked for, twice; not stored, run it "
            "again to retry",
            "1 documents, 12 mentions, 10 entities, 3 claims, 2 facts in the store, 1 problems",
            f"llm:some-model at {host}: requests 3, tokens in 300, tokens out 60, failed (not JSON) 1, "
            "dropped (quote not in the text) 1",
        ],
    )
    version = f"{__version__} (llm:some-model, prompt {open_model('llm:m', extractor, server.url).prompt.version})"
    with Store.open(store) as opened:
        assert list(integrity.problems(opened)) == []
        (run,) = {q.object for q in opened.quads(None, NamedNode(iri.NS + "extractedBy"))}
        facts = {q.predicate.value: q.object for q in opened.quads(run)}
        assert facts[iri.DCT + "hasVersion"] == Literal(version)
        assert facts[iri.DCT + "description"] == Literal(
            "documents 1, skipped 0, problems 1, mentions 12, entities 10, claims 3, requests 3, tokens in 300, "
            "tokens out 60, failed (not JSON) 1, dropped (quote not in the text) 1",
            language="en",
        )
        asked = {q.predicate.value: q.object.value for q in opened.quads(facts[iri.PROV + "wasAssociatedWith"])}
        assert asked == {
            iri.DCT + "title": f"llm at {host}",
            iri.DCT + "identifier": "some-model",
            iri.DCT + "hasVersion": f"prompt {version.split('prompt ')[1].rstrip(')')}",
        }
        everything = "".join(str(q) for q in opened.quads())
        assert "secret" not in everything
        rules = opened.quads(None, NamedNode(iri.NS + "rule"))
        assert [q.object.value for q in rules] == ["llm:some-model"] * 3
    # the document that failed is asked for again, the other is there
    server.plan = [NOTHING]
    before = len(server.asked)
    code, lines = khabar("build", articles, "--store", store, *options)
    assert (code, len(server.asked)) == (0, before + 1)
    assert lines[0].endswith("0 problems (1 were there already)")
    # rules read anew what a model has read, and ask nobody
    code, lines = khabar("build", articles, "--store", store)
    assert (code, len(server.asked)) == (0, before + 1)
    assert lines[0].startswith("2 documents")


def test_a_lost_service_ends_the_build_in_one_line_and_what_was_stored_stays(server, khabar, articles, tmp_path):
    store = str(tmp_path / "store")
    server.plan = [good(), services.refuse(401)]
    code, lines = khabar("build", articles, "--store", store, "--extractor", "llm:m", "--llm-url", server.url)
    assert code == 2
    assert lines[0].startswith("1 documents, ")
    assert lines[2] == (
        f"khabar: {server.url}/chat/completions: HTTP 401, the key is missing; name the variable that holds a valid "
        "one with --llm-key-env"
    )
    with Store.open(store) as opened:
        assert len(opened.documents()) == 1
        assert {quad.triple for quad in opened.quads(graph=iri.FACTS)} == opened.derived_facts()
        assert list(integrity.problems(opened)) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--extractor", "llm:m"], "needs --llm-url"),
        (["--extractor", "rules", "--llm-url", "http://127.0.0.1:9/v1"], "no extractor is called 'rules'"),
        (["--llm-url", "http://127.0.0.1:9/v1"], "need --extractor llm:MODEL"),
    ],
)
def test_wrong_use_is_one_line_and_makes_no_store(khabar, articles, tmp_path, options, words):
    code, lines = khabar("build", articles, "--store", str(tmp_path / "store"), *options)
    assert (code, len(lines)) == (2, 1)
    assert words in lines[0]
    assert not (tmp_path / "store").exists()
