"""Files that are broken at random: records and lines come out, never a traceback."""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdfs import line, pdf
from test_read import read
from test_read_feed import ATOM, RSS
from test_read_json import CHANNEL
from test_read_warc import crawl


def word() -> bytes:
    document = docx.Document()
    document.add_heading("عنوان", 1)
    document.add_paragraph("قصف الطيران مواقع في سرت.")
    document.add_table(1, 2).cell(0, 0).text = "خلية"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "a.json": lambda: json.dumps(CHANNEL, ensure_ascii=False).encode(),
    "b.json": lambda: b'[{"text": "\xd8\xae\xd8\xa8\xd8\xb1", "id": 1}, {"text": "x", "date": "2019"}]',
    "a.rss": RSS.encode,
    "a.atom": ATOM.encode,
    "a.pdf": lambda: pdf(
        line("قال الناطق إن الطائرات قصفت البلدة.", 550, 700), line("ثم سكت.", 550, 700), title="عنوان"
    ),
    "a.docx": word,
    "a.warc": lambda: crawl(packed=False).data,
    "a.warc.gz": lambda: crawl(packed=True).data,
    "a.html": lambda: "<html><body><article><p>قال الناطق</p></article></body></html>".encode(),
    "a.csv": lambda: 'id,text\n1,"خبر"\n2,نص\n'.encode(),
}


def broken(data: bytes, seed: int) -> bytes:
    """The file with a few bytes changed, taken out, put in twice, or cut off."""
    chance = random.Random(seed)
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(len(out) or 1)
        length = chance.choice((1, 2, 8, 100))
        how = chance.randrange(5)
        if how == 0:
            out[place : place + 1] = bytes([chance.randrange(256)])
        elif how == 1:
            del out[place : place + length]
        elif how == 2:
            out[place:place] = out[place : place + length]
        elif how == 3:
            out[place : place + length] = bytes(chance.randrange(256) for _ in range(length))
        else:
            del out[max(place, 1) :]
    return bytes(out)


@pytest.mark.parametrize("name", FILES)
def test_the_files_are_good_before_they_are_broken(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    records, _ = read(path)
    assert records


@pytest.mark.parametrize("name", FILES)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_broken_files_give_records_or_lines(tmp_path: Path, name: str, seed: int) -> None:
    path = tmp_path / name
    path.write_bytes(broken(FILES[name](), seed))
    records, problems = read(path)
    assert records or problems
    for record in records:
        assert record.text.strip()
        record.text.encode()  # no half characters


@pytest.mark.parametrize("name", ["a.json", "a.rss", "a.pdf", "a.docx", "a.warc", "a.warc.gz"])
@given(data=st.binary(max_size=300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rubbish_gives_lines(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    records, problems = read(path)
    assert len(problems) == 1 or records
