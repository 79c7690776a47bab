import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import InputError
from khabar.model import Record
from khabar.read import read_sources
from khabar.read.encoding import decode
from khabar.read.fields import parse_date

TEXT = "قال مسؤول ليبي، يوم الثلاثاء، إن «القوات» تراجعت.\nوأضاف أن 12 جنديا أصيبوا.\n"


def read(*sources: Path | str, date: str | None = None, licence: str | None = None) -> tuple[list[Record], list[str]]:
    problems: list[str] = []
    names = [str(source) for source in sources]
    records = list(read_sources(names, date=date, licence=licence, problem=problems.append))
    assert all("\n" not in line and ";" in line for line in problems), problems
    return records, problems


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1256", b""),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, mark: bytes) -> None:
    data = mark + TEXT.encode(encoding)
    assert decode(data) == TEXT
    line = json.dumps({"text": TEXT}, ensure_ascii=False) + "\n"
    path = tmp_path / "a.jsonl"
    path.write_bytes(mark + (line * 2).encode(encoding))
    records, problems = read(path)
    assert [record.text for record in records] == [TEXT, TEXT]
    assert problems == []
    path = tmp_path / "a.csv"
    path.write_bytes(mark + f'id,text\n1,"{TEXT}"\n2,{TEXT.splitlines()[1]}\n'.encode(encoding))
    records, problems = read(path)
    assert [record.text for record in records] == [TEXT, TEXT.splitlines()[1]]


@given(st.text(min_size=1))
def test_utf8_is_kept_unchanged(text: str) -> None:
    if not any(c < " " for c in text) and not text.startswith("\ufeff"):
        assert decode(text.encode()) == text


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)) * 4, b"\xe9\xe8\xe0 \xf4\xfb"])
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="save it as UTF-8"):
        decode(data)


def test_a_broken_byte_is_named() -> None:
    data = bytearray(TEXT.encode())
    data[5] = 0xFF
    with pytest.raises(ValueError, match="not valid utf-8"):
        decode(bytes(data))


def test_plain_text_is_raw(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    path.write_bytes("خبر\r\nثان \u200f\r\n".encode())
    records, problems = read(path, date="2019-10-28")
    assert records == [
        Record(text="خبر\r\nثان \u200f\r\n", where=str(path), date="2019-10-28", path="news.txt"),
    ]
    assert problems == []


def test_folders_are_read_in_order(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.md", "a.txt", ".hidden.txt", "c.png", ".git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name, encoding="utf-8")
    records, problems = read(tmp_path)
    assert [record.path for record in records] == ["a.txt", "b/1.md", "b/2.txt"]
    assert problems == []


def test_markdown_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    front = '---\ntitle: "عنوان"\ndate: 2019-10\npublisher: العرب\nx: 1\n---\n\n'
    path.write_text(front + "# خبر\n- نص\n", encoding="utf-8")
    [record], problems = read(path)
    assert (record.title, record.date, record.publisher) == ("عنوان", "2019-10", "العرب")
    assert record.text == "# خبر\n- نص\n"
    assert problems == []
    path.write_text("--- \nلا نهاية\n", encoding="utf-8")
    [record], _ = read(path)
    assert record.text == "--- \nلا نهاية\n"


def test_html(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    words = "أعلن الجيش الليبي أن قواته تقدمت في جنوب العاصمة بعد اشتباكات عنيفة استمرت ثلاثة أيام متتالية. " * 4
    path.write_text(
        "<?xml version='1.0' encoding='utf-8'?><html lang='ar'><head><title>تقدم الجيش</title>"
        "<meta property='og:site_name' content='العرب'>"
        "<meta property='article:published_time' content='2019-10-28T10:00:00Z'></head>"
        f"<body><nav>الرئيسية</nav><article><h1>تقدم الجيش</h1><p>{words}</p><p>نهاية الخبر كله.</p>"
        "</article></body></html>",
        encoding="utf-8",
    )
    [record], problems = read(path)
    assert problems == []
    assert (record.title, record.date, record.publisher) == ("تقدم الجيش", "2019-10-28", "العرب")
    assert words.strip() in record.text
    assert "<" not in record.text


def test_html_without_article(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body></body></html>", encoding="utf-8")
    assert read(path) == ([], [f"{path}: no article text was found in the page; save its text as .txt"])


def test_jsonl_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        '{"id": "one", "text": "خبر", "date": "2019-10-28T23:00:00+02:00", "extra": [1]}',
        "",
        '{"id": "two"}',
        '{"text": ["خبر"]}',
        '{"text": 5}',
        '{"text": null}',
        '{"text": "  "}',
        '{"text": "خبر"',
        "[1]",
        '{"id": "bad date", "text": "خبر", "date": "أمس"}',
        '{"id": 7, "text": "خبر", "title": ["x"], "url": null}',
        '{"text": "\\ud800"}',
        "[" * 100_000,
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    records, problems = read(path)
    assert records == [
        Record("خبر", f"{path}:1", id="one", date="2019-10-28", path="a.jsonl#one"),
        Record("خبر", f"{path}:10", id="bad date", path="a.jsonl#bad date"),
        Record("خبر", f"{path}:11", id="7", path="a.jsonl#7"),
    ]
    assert problems[0] == f"{path}:3: record 'two': it has no text; give it a 'text' field"
    assert problems[1] == f"{path}:4: 'text' is a list; write it as a string"
    numbers = [int(line.removeprefix(f"{path}:").split(":")[0]) for line in problems]
    assert numbers == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]


def test_one_bad_line_of_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": TEXT}, ensure_ascii=False).encode() + b"\n"
    path.write_bytes(good + b'{"text": "\xff\x01\x02"}\n' + good)
    records, problems = read(path)
    assert len(records) == 2
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:2: ")


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('ID;Text;date\n1;"سطر\nآخر";2019\n\n2;;2019\n3;نص;كذا\n4;a;b;c\n5;"مفتوح\n', encoding="utf-8")
    records, problems = read(path)
    found = [(record.id, record.text, record.date) for record in records]
    assert found == [("1", "سطر\nآخر", "2019"), ("3", "نص", None)]
    assert records[0].where == f"{path}:2"
    assert [line.split(":")[1] for line in problems] == ["5", "6", "7", "8"]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert read(path) == ([], [f"{path}:1: the header has no 'text' column; name the columns in the first line"])


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"id,text\n", ": the file holds a header only; fill it or remove it"),
        (b"id,text\r1,x", ":1: broken CSV header"),
    ],
)
def test_csv_that_is_a_header_or_not_even_that(tmp_path: Path, data: bytes, fault: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    records, [problem] = read(path)
    assert records == []
    assert problem.startswith(f"{path}{fault}")


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khabar.read.source.LIMIT", 1000)
    (tmp_path / "big.txt").write_bytes(b"a" * 1001)
    for name in ("empty.txt", "x.exe", "empty.jsonl", "e.csv"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder").mkdir()
    names = ["empty.txt", "big.txt", "x.exe", "empty.jsonl", "e.csv", "folder", "missing.txt"]
    records, problems = read(*[tmp_path / name for name in names])
    assert records == []
    assert [line.split(":")[0] for line in problems] == [str(tmp_path / name) for name in names]


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("خبر", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    records, problems = read(path)
    assert records == []
    assert problems == [f"{path}: it cannot be read (Permission denied); check its permissions and its disk"]


@pytest.mark.parametrize(
    ("data", "texts"),
    [("خبر", ["خبر"]), ('{"text": "أ"}\n{"text": "ب"}\n', ["أ", "ب"]), ('\ufeff{"text": "أ"}', ["أ"])],
)
def test_standard_input(data: str, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(data.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stream)
    records, problems = read("-")
    assert [record.text for record in records] == texts
    assert problems == []
    assert not stream.closed


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2019", "2019"),
        ("2019-10", "2019-10"),
        ("2019-10-28", "2019-10-28"),
        ("2019-10-28 10:00", "2019-10-28"),
        ("2019-10-28T10:00:00.5Z", "2019-10-28"),
        ("2019-02-30", None),
        ("28/10/2019", None),
        ("0000", None),
        ("٢٠١٩", None),
        ("", None),
    ],
)
def test_dates(value: str, found: str | None) -> None:
    assert parse_date(value) == found


def test_a_wrong_date_option_is_refused() -> None:
    with pytest.raises(InputError, match="write it as"):
        read(date="yesterday")


@pytest.mark.parametrize(
    ("names", "library"),
    [
        (("a.pdf", "b.pdf"), "pypdfium2"),
        (("a.docx", "b.docx"), "docx"),
        (("a.rss", "b.xml"), "feedparser"),
        (("a.warc", "b.warc.gz"), "warcio"),
        (("a.json", "b.json"), "ijson"),
    ],
)
def test_a_missing_library_is_one_line_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, str], library: str
) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "c.txt").write_text("خبر", encoding="utf-8")
    for module in (library, f"{library}.archiveiterator"):
        monkeypatch.setitem(sys.modules, module, None)
    records, [problem] = read(tmp_path)
    assert [record.text for record in records] == ["خبر"]
    assert problem.endswith(f"are left out: reading them needs {library}; run: pip install 'khabar[files]'")


def test_old_word_files_are_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"x")
    path = tmp_path / "a.doc"
    assert read(tmp_path) == ([], [f"{path}: this is an old Word file; save it as .docx"])


@pytest.mark.parametrize("name", ["a.PDF", "a.JSON", "a.Warc.GZ", "a.Docx", "a.ATOM"])
def test_endings_may_be_in_capitals(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    _, [problem] = read(tmp_path)
    assert "the format is not known" not in problem
    assert "holds nothing to read" not in problem
