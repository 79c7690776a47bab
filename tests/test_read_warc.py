"""Web archives."""

import gzip
from pathlib import Path

import pytest

from test_read import read

WORDS = "أعلن الجيش الليبي أن قواته تقدمت في جنوب العاصمة بعد اشتباكات عنيفة استمرت ثلاثة أيام متتالية. " * 4


def html(title: str, *, head: str = "", words: str = WORDS) -> str:
    return (
        f"<html lang='ar'><head><title>{title}</title>{head}<meta property='og:site_name' content='العرب'>"
        "<meta property='article:published_time' content='2019-10-28T10:00:00Z'></head>"
        f"<body><article><h1>{title}</h1><p>{words}</p><p>نهاية الخبر كله.</p></article></body></html>"
    )


class Archive:
    """A WARC that is written record by record; `ends` are the places where they end."""

    def __init__(self, *, packed: bool) -> None:
        self.data = b""
        self.ends: list[int] = []
        self._packed = packed

    def record(self, url: str, kind: str, block: bytes, content: str = "application/http; msgtype=response") -> None:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{len(self.ends)}>\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: 2024-01-02T03:04:05Z\r\nContent-Type: {content}\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        whole = head.encode() + block + b"\r\n\r\n"
        self.data += gzip.compress(whole) if self._packed else whole
        self.ends.append(len(self.data))

    def page(
        self,
        url: str,
        body: bytes,
        kind: str = "text/html; charset=utf-8",
        status: str = "200 OK",
        rec: str = "response",
        head: str = "",
    ) -> None:
        self.record(url, rec, f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{head}\r\n".encode() + body)


def crawl(*, packed: bool) -> Archive:
    archive = Archive(packed=packed)
    archive.record("urn:x", "warcinfo", b"software: x\r\n", "application/warc-fields")
    archive.record("dns:a.example", "response", b"20240102\r\na.example. 1 IN A 192.0.2.1\r\n", "text/dns")
    archive.page("https://a.example/robots.txt", b"User-agent: *", kind="text/plain")
    archive.page("https://a.example/1", html("الأول").encode())
    archive.page("https://a.example/old", b"<html>moved</html>", status="301 Moved Permanently")
    archive.page("https://a.example/1", b"", rec="revisit")
    archive.page("https://a.example/logo.png", b"\x89PNG\r\n\x1a\n\0", kind="image/png")
    archive.page("https://a.example/empty", b"<html><body></body></html>")
    archive.page("https://a.example/2", html("الثاني").encode("cp1256"), kind="text/html")
    return archive


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz", "CRAWL.WARC.GZ"])
def test_pages_of_a_crawl(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(crawl(packed=name.lower().endswith("gz")).data)
    records, problems = read(tmp_path)
    assert [record.url for record in records] == ["https://a.example/1", "https://a.example/2"]
    assert [record.title for record in records] == ["الأول", "الثاني"]
    assert all(WORDS.strip() in record.text for record in records)
    # the day that the page gives, not that of the crawl
    assert [(record.date, record.publisher) for record in records] == [("2019-10-28", "العرب")] * 2
    assert records[0].where == f"{path}:record 4"
    assert problems == [f"{path}: 1 pages hold no article text, so they are left out; no need to do anything"]


def test_one_gzip_around_the_whole_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(crawl(packed=False).data))
    records, _ = read(path)
    assert [record.title for record in records] == ["الأول", "الثاني"]


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_that_is_cut_off_gives_what_it_has(tmp_path: Path, packed: bool, capfd) -> None:
    archive = crawl(packed=packed)
    path = tmp_path / "a.warc"
    data = archive.data
    for cut in (archive.ends[8] - 30, archive.ends[7] + 100, archive.ends[3] + 5):
        path.write_bytes(data[:cut])
        records, problems = read(path)
        assert [record.title for record in records] == ["الأول"]
        assert problems[-1].startswith(f"{path}: the archive ")
        assert "what stands before it was read" in problems[-1]
    assert capfd.readouterr() == ("", "")


def test_broken_gzip_in_the_middle(tmp_path: Path) -> None:
    archive = crawl(packed=True)
    data = bytearray(archive.data)
    data[archive.ends[7] + 40] ^= 0xFF
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    records, problems = read(path)
    assert [record.title for record in records] == ["الأول"]
    assert "broken" in problems[-1]


@pytest.mark.parametrize("body", [b"", b"hello", "خبر".encode() * 50, b"\x1f\x8b\x08", b"WARC/1.0\r\n\r\n"])
def test_what_is_no_archive_is_one_line(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(body)
    records, problems = read(path)
    assert records == []
    assert len(problems) == 1


def test_packed_and_chunked_pages(tmp_path: Path) -> None:
    archive = Archive(packed=True)
    body = html("مضغوط").encode()
    archive.page("https://a.example/1", gzip.compress(body), head="Content-Encoding: gzip\r\n")
    chunked = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    archive.page("https://a.example/2", chunked, head="Transfer-Encoding: chunked\r\n")
    archive.page("https://a.example/3", b"\xff\x01\x02" * 200)
    archive.page(
        "https://a.example/4", html("الرابع").encode("iso-8859-6", "replace"), kind="text/html; charset=iso-8859-6"
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(archive.data)
    records, problems = read(path)
    assert [record.title for record in records] == ["مضغوط", "مضغوط", "الرابع"]
    assert [line.split(": ")[0] for line in problems] == [f"{path}:record 3"]


def test_the_licence_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    link = "<p><a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>رخصة</a></p>"
    path.write_text(html("خبر").replace("</article>", f"</article>{link}"), encoding="utf-8")
    [record], _ = read(path)
    assert record.licence == "CC BY 4.0"
