"""Word files."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from test_read import read

FIRST = "قصف الطيران مواقع في سرت، ولم يصدر تعليق من الطرف الآخر."
SECOND = "وأعلن المتحدث أن الهدنة انتهت."


def packed(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write(tmp_path: Path, document) -> Path:
    path = tmp_path / "a.docx"
    path.write_bytes(packed(document))
    return path


def article():
    document = docx.Document()
    document.core_properties.title = "قصف سرت"
    document.add_paragraph(FIRST)
    return document


def test_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    document = article()
    table = document.add_table(2, 2)
    for place, word in enumerate(("المدينة", "القتلى", "سرت", "3")):
        table.cell(place // 2, place % 2).text = word
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "داخل الخلية"
    document.add_paragraph("")
    paragraph = document.add_paragraph("وأعلن")
    paragraph.add_run(" المتحدث").bold = True
    paragraph.add_run().add_tab()
    paragraph.add_run("أن الهدنة\nانتهت.")
    document.sections[0].header.paragraphs[0].text = "صحيفة الأفق"
    path = write(tmp_path, document)
    [record], problems = read(path)
    lines = [FIRST, "المدينة", "القتلى", "سرت", "3", "داخل الخلية", "وأعلن المتحدث\tأن الهدنة", "انتهت."]
    assert record.text.split("\n") == lines
    assert (record.title, record.date, record.path) == ("قصف سرت", None, "a.docx")
    assert problems == []


def test_a_heading_is_the_title_and_stays_in_the_text(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("عنوان الخبر", 1)
    document.add_paragraph(FIRST)
    [record], _ = read(write(tmp_path, document), date="2019-10-28")
    assert record.text == f"عنوان الخبر\n{FIRST}"
    assert (record.title, record.date) == ("عنوان الخبر", "2019-10-28")


@pytest.mark.parametrize("title", ["", "Word Document", "Document1", "خبر.docx", "Microsoft Word - 1"])
def test_titles_that_programs_make_up_are_left_out(tmp_path: Path, title: str) -> None:
    document = article()
    document.core_properties.title = title
    [record], _ = read(write(tmp_path, document))
    assert record.title is None


def test_tracked_changes_links_and_text_boxes_read_as_shown(tmp_path: Path) -> None:
    document = article()
    body = (
        f"<w:p {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        "<w:pPr><w:tabs><w:tab w:val='left' w:pos='1'/></w:tabs></w:pPr>"
        "<w:del><w:r><w:delText>حُذف</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>نُقل</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>وأُضيف </w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:t>رابط</w:t></w:r></w:hyperlink>"
        "<mc:AlternateContent><mc:Choice><w:r><w:txbxContent><w:p><w:r><w:t>في إطار</w:t></w:r></w:p></w:txbxContent>"
        "</w:r></mc:Choice><mc:Fallback><w:r><w:txbxContent><w:p><w:r><w:t>في إطار</w:t></w:r></w:p></w:txbxContent>"
        "</w:r></mc:Fallback></mc:AlternateContent><w:r><w:t>.</w:t></w:r></w:p>"
    )
    document.element.body.insert(1, parse_xml(body))
    [record], _ = read(write(tmp_path, document))
    assert record.text.split("\n") == [FIRST, "وأُضيف رابط.", "في إطار"]


def fault_of(tmp_path: Path, data: bytes, name: str = "a.docx") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    records, [problem] = read(path)
    assert records == []
    assert problem.startswith(f"{path}: ")
    return problem


def test_files_that_are_no_docx(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert "an old Word file; save it as .docx" in fault_of(tmp_path, ole, "a.doc")
    assert "an old Word file; save it as .docx" in fault_of(tmp_path, ole)
    assert "locked with a password" in fault_of(tmp_path, ole + "EncryptedPackage".encode("utf-16-le"))
    assert "no Word file or a broken one" in fault_of(tmp_path, b"PK\x03\x04 and nothing more")
    assert "no Word file or a broken one" in fault_of(tmp_path, "خبر".encode())
    assert "the file is empty" in fault_of(tmp_path, b"")
    assert "its text is empty" in fault_of(tmp_path, packed(docx.Document()))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "خبر")
    assert "the Word file is broken" in fault_of(tmp_path, other.getvalue())
    whole = packed(article())
    assert "no Word file or a broken one" in fault_of(tmp_path, whole[: len(whole) // 2])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = io.BytesIO(packed(article()))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/big.bin", b"\0" * 201_000_000)
    assert len(data.getvalue()) < 1_000_000
    assert "unpacks to over 200 MB" in fault_of(tmp_path, data.getvalue())


def test_entities_of_other_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("سر", encoding="utf-8")
    old, new = io.BytesIO(packed(article())), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for part in source.namelist():
            data = source.read(part)
            if part == "word/document.xml":
                doctype = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'.encode()
                head, _, rest = data.partition(b"?>")
                data = head + b"?>" + doctype + rest.replace(FIRST[:3].encode(), b"&s;", 1)
            target.writestr(part, data)
    path = tmp_path / "a.docx"
    path.write_bytes(new.getvalue())
    records, _ = read(path)
    assert "سر" + FIRST[3:] not in [record.text for record in records]
