"""Telegram exports, arrays and single records in .json files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.model import Record
from test_read import read

CHANNEL = {
    "name": "أخبار الأفق",
    "type": "public_channel",
    "id": 1234567890,
    "messages": [
        {"id": 1, "type": "service", "date": "2019-10-27T09:00:00", "action": "create_channel", "text": ""},
        {
            "id": 2,
            "type": "message",
            "date": "2019-10-28T23:30:00",
            "date_unixtime": "1572298200",
            "edited": "2019-10-29T08:00:00",
            "from": "أخبار الأفق",
            "forwarded_from": "قناة أخرى",
            "text": [
                "عاجل | ",
                {"type": "bold", "text": "قصف"},
                " على سرت ",
                {"type": "link", "text": "https://t.me/x"},
            ],
        },
        {"id": 3, "type": "message", "date": "2019-10-28T23:31:00", "photo": "photos/1.jpg", "text": ""},
        {"id": 4, "type": "message", "date": "2019-10-28T23:32:00", "text": [], "text_entities": []},
        {"id": 5, "type": "message", "date": "2019-10-28T23:33:00", "text": {"no": "text"}},
        {
            "id": 6,
            "type": "message",
            "date": "2019-10-30T00:10:00",
            "reply_to_message_id": 2,
            "text_entities": [{"type": "plain", "text": "انتهى القصف."}],
        },
    ],
}


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_channel(tmp_path: Path) -> None:
    path = write(tmp_path / "result.json", CHANNEL)
    records, problems = read(path)
    assert records == [
        Record(
            "عاجل | قصف على سرت https://t.me/x",
            f"{path}:message 2",
            id="1234567890/2",
            date="2019-10-28",
            publisher="أخبار الأفق",
            path="result.json#1234567890/2",
        ),
        Record(
            "انتهى القصف.",
            f"{path}:message 6",
            id="1234567890/6",
            date="2019-10-30",
            publisher="أخبار الأفق",
            path="result.json#1234567890/6",
        ),
    ]
    assert problems == [f"{path}:message 5: record '1234567890/5': it has no text; give it a 'text' field"]


def test_a_channel_whose_name_is_known_has_addresses(tmp_path: Path) -> None:
    records, _ = read(write(tmp_path / "result.json", {"username": "ufuq_news", **CHANNEL}))
    assert [record.url for record in records] == ["https://t.me/ufuq_news/2", "https://t.me/ufuq_news/6"]
    records, _ = read(write(tmp_path / "result.json", {"username": "../x", **CHANNEL}))
    assert [record.url for record in records] == [None, None]


def test_a_whole_account_gives_its_channels_only(tmp_path: Path) -> None:
    talk = {"name": "صديق", "type": "personal_chat", "id": 5, "messages": [{**CHANNEL["messages"][1], "id": 7}]}
    nameless = {"type": "saved_messages", "id": 6, "messages": [{**CHANNEL["messages"][1], "id": 8}]}
    other = {"name": "قناة أخرى", "type": "private_channel", "id": 9, "messages": [{**CHANNEL["messages"][5], "id": 2}]}
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"username": "me", "text": "no"},
        "chats": {"about": "x", "list": [talk, CHANNEL, nameless]},
        "left_chats": {"about": "x", "list": [other]},
    }
    path = write(tmp_path / "result.json", account)
    records, problems = read(path)
    assert [(record.publisher, record.id) for record in records] == [
        ("أخبار الأفق", "1234567890/2"),
        ("أخبار الأفق", "1234567890/6"),
        ("قناة أخرى", "9/2"),
    ]
    assert problems[-1] == f"{path}: 2 private chats and groups are left out; export one by itself to read it"
    [record], _ = read(write(tmp_path / "one.json", talk))
    assert record.publisher == "صديق"


def test_an_array_of_records(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.json",
        [{"text": "أ", "id": 1, "license": "CC-BY-4.0", "more": {"deep": [1]}}, 5, {"id": 2}, {"text": "ب"}],
    )
    records, problems = read(path, licence="CC0-1.0")
    assert records == [
        Record("أ", f"{path}:record 1", id="1", path="a.json#1", licence="CC-BY-4.0"),
        Record("ب", f"{path}:record 4", licence="CC0-1.0"),
    ]
    assert [line.removeprefix(f"{path}:").split(":")[0] for line in problems] == ["record 2", "record 3"]


def test_one_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {"title": "عنوان", "text": "خبر", "tags": [{"text": "وسم"}]})
    assert read(path) == ([Record("خبر", str(path), title="عنوان", path="a.json")], [])
    path.write_bytes(b"\xef\xbb\xbf" + '{"text": "خبر"}'.encode())
    [record], _ = read(path)
    assert record.text == "خبر"


@pytest.mark.parametrize(
    "value", [{"a": 1}, [], {}, "text", 5, None, {"messages": [{"role": "user", "content": "x"}]}, {"messages": "text"}]
)
def test_other_json_is_one_line(tmp_path: Path, value: object) -> None:
    path = write(tmp_path / "a.json", value)
    fault = "holds neither records with a text nor the messages of a Telegram export"
    assert read(path) == ([], [f"{path}: the file {fault}; write one record a line in a .jsonl file"])


@pytest.mark.parametrize("data", [b"", b"   ", b"{", b'[{"text": "x"},', b"hello", b'{"text": "x"} {"text": "y"}',
                                  "[{\"text\": \"خبر\"}".encode("utf-16"), b'{"text": "\xff"}', b"[" * 100_000,
                                  b'{"a":' * 100_000, b"[1" + b"1" * 5000 + b"]"])  # fmt: skip
def test_broken_json_is_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    _, problems = read(path)
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}: ")


def test_what_stands_before_the_break_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    whole = json.dumps(CHANNEL, ensure_ascii=False)
    path.write_text(whole[: whole.index('"id": 6')], encoding="utf-8")
    records, problems = read(path)
    assert [record.id for record in records] == ["1234567890/2"]
    assert "cut off" in problems[-1]


def test_a_record_too_large_for_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khabar.read.jsonfile.LIMIT", 300_000)
    path = write(tmp_path / "a.json", [{"text": "خبر"}, {"text": "x" * 1_000_000}])
    records, problems = read(path)
    assert [record.text for record in records] == ["خبر"]
    assert problems == [f"{path}: a record is over 0 MB, too large; split it"]
    many = write(tmp_path / "b.json", [{"text": "x" * 50_000}] * 40)  # the file may be larger than one record may
    records, problems = read(many)
    assert (len(records), problems) == (40, [])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "id", "type", "messages", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    st.lists(st.fixed_dictionaries({"text": st.text(min_size=1)}, optional={"id": json_values, "date": json_values}))
)
def test_every_text_of_an_array_is_read_or_reported(tmp_path_factory, values) -> None:
    path = write(tmp_path_factory.mktemp("json") / "a.json", values)
    records, problems = read(path)
    kept = [value["text"] for value in values if value["text"].strip()]
    assert [record.text for record in records] == kept
    assert len(records) + len(problems) >= len(values)


@given(st.dictionaries(st.sampled_from(["name", "type", "id", "messages", "chats", "list", "text"]), json_values))
def test_any_json_gives_records_or_lines(tmp_path_factory, value) -> None:
    records, problems = read(write(tmp_path_factory.mktemp("json") / "a.json", value))
    assert records or problems or "messages" in value
