"""A language model that answers well, badly, slowly and not at all."""

import json

import pytest

import chats
import services
from chats import TEXT, good, says
from khabar.errors import KhabarError, ServiceError
from khabar.llm import ModelExtractor
from khabar.model import Record
from khabar.web import Client, Manners

RECORD = Record(TEXT, "articles.jsonl:1", id="llm-1", url="https://news.example/llm/1", date="2019-10-28")
AGAIN = "That was not JSON of the form asked for. Answer again with the JSON object alone."
NOTHING = {"entities": [], "events": [], "relations": []}


@pytest.fixture
def model(server, extractor):
    """Makes the extractor of a model behind the server, and keeps what it slept."""

    def make(timeout=5.0, retries=3, **more):
        slept: list[float] = []
        client = Client(Manners("khabar/test", 0.0, timeout, retries), sleep=slept.append)
        made = ModelExtractor(extractor, client, server.url, "some-model", **more)
        made.slept = slept
        return made

    return make


def sent(server, n):
    """The roles and the last words of a request's messages."""
    messages = server.asked[n]["messages"]
    return [m["role"] for m in messages], messages[-1]["content"]


# well -----------------------------------------------------------------------------------------------------------------


def test_the_question_and_its_account(server, model):
    reading = model(key="secret")
    found = reading.extract(RECORD)
    assert [e.cls for e in found.events] == ["Strike", "Withdrawal", "Strike"]
    assert len(found.relations) == 1
    (asked,) = server.asked
    assert sent(server, 0) == (["system", "user"], f"date: 2019-10-28\ntext:\n{TEXT}")
    assert {k: asked[k] for k in ("model", "temperature", "seed", "max_tokens")} == {
        "model": "some-model",
        "temperature": 0,
        "seed": 7,
        "max_tokens": 8192,
    }
    assert asked["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "claims", "strict": True, "schema": reading.prompt.schema},
    }
    assert (server.keys, server.paths) == (["Bearer secret"], ["/v1/chat/completions"])
    assert reading.account() == {"requests": 1, "tokens in": 100, "tokens out": 20}
    assert reading.slept == []


def test_a_whole_address_is_taken_as_it_is_and_no_key_is_sent(server, model):
    server.url += "/chat/completions/"
    model().extract(RECORD)
    assert (server.keys, server.paths) == ([None], ["/v1/chat/completions"])


def test_a_server_that_counts_no_tokens(server, model):
    server.plan = [says(good(), usage=None)]
    reading = model()
    reading.extract(RECORD)
    assert reading.account() == {
        "requests": 1,
        "tokens in": 0,
        "tokens out": 0,
        "answers without a count of tokens": 1,
    }


def test_content_in_parts(server, model):
    def parts(request):
        content = [{"type": "text", "text": part} for part in ('{"events"', ": []}")]
        services.send(request, json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    server.plan = [parts]
    assert model().extract(RECORD).events == ()


@pytest.mark.parametrize(
    ("refusals", "form"),
    [
        (1, {"temperature", "seed", "max_tokens", "response_format"}),
        (2, {"temperature", "seed", "max_tokens"}),
        (3, set()),
    ],
)
def test_a_server_that_does_not_know_the_form_is_asked_more_simply_and_so_ever_after(server, model, refusals, form):
    server.plan = [services.refuse(400)] * refusals
    reading = model()
    assert len(reading.extract(RECORD).events) == 3
    reading.extract(RECORD)
    assert len(server.asked) == refusals + 2
    for asked in server.asked[-2:]:
        assert set(asked) == {"model", "messages"} | form
    if refusals == 1:
        assert server.asked[-1]["response_format"] == {"type": "json_object"}


def test_long_texts_go_in_windows_and_come_back_in_places_of_the_whole(server, model):
    first, second = TEXT.split("\n")
    one, two = good(), good()
    one["events"], two["events"], two["relations"] = one["events"][:1], two["events"][1:], []
    server.plan = [one, two]
    reading = model(room=120)
    found = reading.extract(RECORD)
    assert [sent(server, n)[1].split("text:\n")[1] for n in (0, 1)] == [first + "\n", second]
    whole = model().extract(RECORD)
    assert (found.entities, found.events, found.relations) == (whole.entities, whole.events, whole.relations)
    # each window was told of the names of both
    assert reading.account() | {"requests": 2} == {
        "requests": 2,
        "tokens in": 200,
        "tokens out": 40,
        "dropped (quote not in the text)": 9,
    }


def test_an_answer_to_an_empty_text_is_not_asked_for(server, model):
    assert model().extract(Record(" \n", "x")).events == ()
    assert server.asked == []


# badly ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["I cannot help.", "", '{"claims": []}', '{"events": {}}', "[]"])
def test_what_is_no_json_of_the_form_is_sent_back_once(server, model, said):
    server.plan = [said]
    reading = model()
    assert len(reading.extract(RECORD).events) == 3
    assert sent(server, 1) == (["system", "user", "assistant", "user"], AGAIN)
    assert server.asked[1]["messages"][2]["content"] == (said or "{}")
    assert reading.account() == {"requests": 2, "tokens in": 200, "tokens out": 40}


def test_twice_no_json_fails_the_document(server, model):
    server.plan = ["no", "no"]
    reading = model()
    with pytest.raises(KhabarError) as error:
        reading.extract(RECORD)
    assert str(error.value) == (
        "articles.jsonl:1: the model's answer is not JSON of the form asked for, twice; not stored, "
        "run it again to retry"
    )
    assert reading.account() == {"requests": 2, "tokens in": 200, "tokens out": 40, "failed (not JSON)": 1}


def test_a_cut_off_answer_is_asked_for_in_parts(server, model):
    text = f"{TEXT}\n" * 4
    server.plan = [says(good(), finish="length"), NOTHING, NOTHING]
    assert model().extract(Record(text, "x")).events == ()
    one, two, three = (sent(server, n)[1].removeprefix("text:\n") for n in range(3))
    assert (one, two + three) == (text, text)
    assert two.endswith("\n")


def test_a_short_text_whose_answer_is_cut_off_fails(server, model):
    server.plan = [says('{"events": [{"id', finish="length")]
    reading = model()
    with pytest.raises(KhabarError, match="answer is too long and was cut off; not stored"):
        reading.extract(RECORD)
    assert reading.account()["failed (answer cut off)"] == 1


def test_invented_quotes_and_wrong_classes_are_counted_in_the_account(server, model):
    said = good()
    said["events"][0]["evidence"] = "قصف الجيش المدينة"
    said["events"][1]["class"] = "Earthquake"
    said["relations"][0]["relation"] = "controls"
    said["events"][2] |= chats.PLAIN
    server.plan = [said]
    reading = model()
    found = reading.extract(RECORD)
    assert [(e.cls, e.stance.polarity) for e in found.events] == [("Strike", "Negated")]
    assert reading.account() == {
        "requests": 1,
        "tokens in": 100,
        "tokens out": 20,
        "dropped (breaks domain or range)": 1,
        "dropped (quote not in the text)": 1,
        "dropped (unknown class)": 1,
        "stances weakened by cues": 1,
    }


@pytest.mark.parametrize("body", ['{"choices": []}', '{"choices": [{"text": "x"}]}', '{"object": "list"}'])
def test_json_that_is_no_chat_completion_ends_the_run(server, model, body):
    server.plan = [services.json(body)]
    with pytest.raises(ServiceError, match="no chat completion"):
        model().extract(RECORD)


# slowly, and not at all -----------------------------------------------------------------------------------------------


def test_silence_fails_the_document_and_three_in_a_row_end_the_run(server, model):
    server.plan = [lambda request: server.release.wait(30)] * 9
    reading = model(timeout=0.1)
    for _ in range(2):
        with pytest.raises(KhabarError, match=r"no answer within 0.1 seconds, 3 times; not stored") as error:
            reading.extract(RECORD)
        assert not isinstance(error.value, ServiceError)
    with pytest.raises(ServiceError, match=r"3 documents in a row got no answer; .*no answer within"):
        reading.extract(RECORD)
    assert reading.account()["failed (no answer)"] == 3
    assert reading.slept == [2.0, 4.0] * 3


def test_an_answer_in_between_gives_new_patience(server, model):
    reading = model(retries=0)
    for _ in range(4):
        server.plan = [services.refuse(500)]
        with pytest.raises(KhabarError, match="HTTP 500"):
            reading.extract(RECORD)
        reading.extract(RECORD)
    assert reading.account()["failed (no answer)"] == 4


def test_a_broken_server_that_recovers_costs_a_pause(server, model):
    server.plan = [services.refuse(500), services.refuse(502)]
    reading = model()
    assert len(reading.extract(RECORD).events) == 3
    assert reading.slept == [2.0, 4.0]
    assert reading.account()["requests"] == 3


def test_too_many_requests_wait_as_long_as_they_are_told_to(server, model):
    server.plan = [services.refuse(429, Retry_After="17"), services.refuse(503, Retry_After="30")]
    reading = model()
    assert len(reading.extract(RECORD).events) == 3
    assert reading.slept == [17.0, 30.0]


def test_too_many_requests_for_too_long_end_the_run(server, model):
    server.plan = [services.refuse(429, Retry_After="86400")]
    with pytest.raises(ServiceError, match="asks for 86,400 seconds of silence"):
        model().extract(RECORD)


@pytest.mark.parametrize(
    ("key", "status", "words"), [("", 401, "the key is missing"), ("wrong", 403, "the key is not accepted")]
)
def test_a_wrong_key_ends_the_run_at_once(server, model, key, status, words):
    server.plan = [services.refuse(status)]
    with pytest.raises(ServiceError, match=f"HTTP {status}, {words}; name the variable") as error:
        model(key=key).extract(RECORD)
    assert "wrong" not in str(error.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (400, 4), (422, 4)])
def test_a_server_that_takes_no_question_ends_the_run(server, model, status, asked):
    server.plan = [services.refuse(status)] * 4
    with pytest.raises(ServiceError, match=f"HTTP {status}, no for reasons; see --llm-url and the name of the model"):
        model().extract(RECORD)
    assert len(server.asked) == asked


def test_a_question_that_is_refused_later_fails_its_document_alone(server, model):
    reading = model()
    reading.extract(RECORD)
    server.plan = [services.refuse(400)]
    with pytest.raises(KhabarError, match="HTTP 400, no for reasons; not stored") as error:
        reading.extract(RECORD)
    assert not isinstance(error.value, ServiceError)
    assert reading.account()["failed (refused)"] == 1
    assert len(server.asked) == 2


def test_the_key_follows_no_redirect(server, model):
    server.plan = [services.refuse(307, Location=f"{server.root}/elsewhere")]
    with pytest.raises(ServiceError, match="has moved to"):
        model(key="secret").extract(RECORD)
    assert server.paths == ["/v1/chat/completions"]


def test_nobody_there(server, model):
    server.url = "http://127.0.0.1:9/v1"
    reading = model(retries=2)
    with pytest.raises(ServiceError, match=r"cannot be reached .* 3 times"):
        reading.extract(RECORD)
    assert reading.slept == [2.0, 4.0]
