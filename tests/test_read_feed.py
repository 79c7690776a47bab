"""RSS and Atom files."""

import socket
from itertools import pairwise
from pathlib import Path

import pytest

from khabar.model import Record
from khabar.read.markup import plain
from test_read import read

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule">
<channel><title>صحيفة الأفق</title><link>https://ufuq.example/</link>
<item>
  <title>قصف &amp;quot;سرت&amp;quot;</title><link>https://ufuq.example/1</link><guid isPermaLink="false">ufuq-1</guid>
  <pubDate>Tue, 29 Oct 2019 00:30:00 +0300</pubDate><description>موجز</description>
  <content:encoded><![CDATA[<p>قال مصدر <b>عسكري</b>&nbsp;إن&#1548; القصف وقع.</p><script>alert(1)</script>
  <p>وانتهى&lt;أمس&gt;.</p>]]></content:encoded>
  <creativeCommons:license>https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>
</item>
<item><title>هدنة في عدن</title><link>https://ufuq.example/2</link><pubDate>غير معروف</pubDate></item>
<item><link>https://ufuq.example/3</link></item>
<item><title>خبر</title><description>نص الخبر</description>
<source url="https://w.example/rss">وكالة الشراع</source></item>
</channel></rss>
"""

ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>وكالة الشراع</title>
<rights>https://example.org/terms</rights>
<entry><title>بيان</title><id>tag:1</id><link href="https://w.example/1"/><updated>2019-11-02T23:00:00Z</updated>
<published>2019-11-01T02:00:00+03:00</published><content type="text">نص &lt;b&gt; كما هو</content></entry>
<entry><title>بيان آخر</title><id>tag:2</id><updated>2019-11-03T00:00:00Z</updated>
<summary type="html">&lt;div&gt;موجز&lt;br/&gt;من سطرين&lt;/div&gt;</summary><rights>كل الحقوق محفوظة</rights></entry>
</feed>
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_rss(tmp_path: Path) -> None:
    path = write(tmp_path / "a.rss", RSS)
    records, problems = read(path, date="2019", licence="CC0-1.0")
    assert records == [
        Record(
            "قال مصدر عسكري إن، القصف وقع.\nوانتهى<أمس>.",
            f"{path}:entry 1",
            id="ufuq-1",
            title='قصف "سرت"',
            url="https://ufuq.example/1",
            date="2019-10-29",
            publisher="صحيفة الأفق",
            path="a.rss#ufuq-1",
            licence="https://creativecommons.org/licenses/by/4.0/",
        ),
        Record(
            "هدنة في عدن",
            f"{path}:entry 2",
            title="هدنة في عدن",
            url="https://ufuq.example/2",
            date="2019",
            publisher="صحيفة الأفق",
            licence="CC0-1.0",
        ),
        Record("نص الخبر", f"{path}:entry 4", title="خبر", date="2019", publisher="وكالة الشراع", licence="CC0-1.0"),
    ]
    assert problems == [f"{path}:entry 3: its text is empty; fill it or remove the record"]


def test_atom(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", ATOM)
    records, problems = read(path)
    assert [record.text for record in records] == ["نص <b> كما هو", "موجز\nمن سطرين"]
    assert [record.date for record in records] == ["2019-11-01", "2019-11-03"]
    assert [record.licence for record in records] == ["https://example.org/terms"] * 2
    assert records[0].publisher == "وكالة الشراع"
    assert problems == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256", "utf-16", "iso-8859-6"])
@pytest.mark.parametrize("declared", [True, False])
def test_encodings(tmp_path: Path, encoding: str, declared: bool) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>' if declared else '<?xml version="1.0"?>'
    item = "<item><title>قصف مدينة سرت صباح اليوم ولا تعليق من الحكومة</title></item>"
    text = f"{head}\n<rss version='2.0'><channel><title>صحيفة</title>{item}</channel></rss>"
    records, problems = read(write(tmp_path / "a.rss", text, encoding))
    if encoding == "iso-8859-6" and not declared:
        assert (records, len(problems)) == ([], 1)
    else:
        assert [record.text for record in records] == ["قصف مدينة سرت صباح اليوم ولا تعليق من الحكومة"]
        assert records[0].publisher == "صحيفة"


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = write(tmp_path / "secret.txt", "سر")

    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    doctype = f'<!DOCTYPE rss [<!ENTITY s SYSTEM "{secret.as_uri()}"><!ENTITY h SYSTEM "http://192.0.2.1/x">]>'
    item = "<item><title>أ&s;&h;ب</title><link>https://ufuq.example/1</link></item>"
    path = write(tmp_path / "a.rss", f"{doctype}<rss version='2.0'><channel>{item}</channel></rss>")
    records, problems = read(path)
    assert not any("سر" in record.text for record in records)
    assert records or problems
    # the text of the file is never taken for an address or a path
    for text in ("http://192.0.2.1/feed.xml", str(secret)):
        assert read(write(tmp_path / "b.rss", text))[0] == []


def test_entities_within_entities_do_not_grow(tmp_path: Path) -> None:
    names = "abcdefghij"
    steps = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    item = "<item><title>خبر &j;</title></item>"
    text = f'<!DOCTYPE rss [<!ENTITY a "xxxxxxxxxx">{steps}]><rss version="2.0"><channel>{item}</channel></rss>'
    records, problems = read(write(tmp_path / "a.rss", text))
    assert all(len(record.text) < 1000 for record in records)
    assert records or problems


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the file is empty"),
        ('<?xml version="1.0"?>', "is no RSS or Atom feed"),
        ("خبر بلا وسوم", "is no RSS or Atom feed"),
        ("<opml><body><outline text='x'/></body></opml>", "is no RSS or Atom feed"),
        ("<rss version='2.0'><channel><title>x</title></channel></rss>", "holds no entries"),
    ],
)
def test_what_is_no_feed_is_one_line(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path / "a.xml", text)
    records, [problem] = read(path)
    assert records == []
    assert fault in problem


def test_a_feed_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    path = write(tmp_path / "a.rss", RSS[: RSS.index("<item><title>هدنة") + 30])
    records, problems = read(path)
    assert records[0].id == "ufuq-1"
    assert problems[-1] == f"{path}: the feed is broken XML, so its last entries may be missing; export it again"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("نص", "نص"),
        ("", ""),
        ("<p>أ</p>\n<p>ب<br>ج</p>د", "أ\nب\nج\nد"),
        ("<ul><li>أ<li>ب</ul>", "أ\nب"),
        ("أ<!-- ب -->ج<?x?>د", "أجد"),
        ("<style>p{}</style>أ<iframe>ب</iframe>", "أ"),
        ("<table><tr><td>أ<td>ب</table>", "أ\nب"),
        ("سطر\nواحد", "سطر واحد"),
        ("\0أ", "أ"),
        ("<" * 50, "<" * 50),
    ],
)
def test_html_becomes_lines(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_deep_html_is_read(tmp_path: Path) -> None:
    assert "أ" in plain("<div>" * 1000 + "أ")
