"""PDF files: those that two programs made, and pages drawn glyph by glyph for one trouble each."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.read.layout import Glyph, read_lines
from khabar.read.paragraphs import join_lines
from pdfs import EM, WIDTH, Drawn, line, pdf
from test_read import read

DATA = Path(__file__).parent / "data" / "pdf"
TITLE = "اشتباكات في محيط بلدة الزهراء"
FIRST = (
    "أعلنت وزارة الدفاع الليبية، يوم الثلاثاء 12 نوفمبر 2019، أن قواتها صدّت هجومًا على بلدة الزهراء جنوب العاصمة "
    "طرابلس، وأن 17 مسلحًا قُتلوا وأُصيب 4 جنود في الاشتباكات التي استمرت حتى الساعة 10:30 مساءً."
)
SECOND = (
    "وقال المتحدث باسم الوزارة (محمد سالم) إن «الطيران المسيّر» شنّ 3 غارات على مواقع المهاجمين، مضيفًا أن نسبة "
    "الخسائر في المعدات لم تتجاوز 2.5% وأن طائرة من طراز MQ-9 شوهدت في المنطقة. ولم يصدر أي تعليق من الطرف الآخر "
    "على هذه الأنباء حتى الآن."
)
SAID = "قال الناطق إن الطائرات (وعددها 3) قصفت بلدة الزهراء عند 10:30 صباحًا"
SPRINGS = "وأضاف أن طائرة MQ-9 سقطت في 8/11/2019، ولا تعليق من الحلفاء."


def text_of(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    [record], problems = read(path)
    assert problems == []
    return record.text


def fault_of(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    records, [problem] = read(path)
    assert records == []
    assert problem.startswith(f"{path}: ")
    return problem


def test_a_page_printed_by_a_browser() -> None:
    [record], problems = read(DATA / "chrome.pdf")
    assert record.text.split("\n") == [TITLE, FIRST, SECOND]
    assert (record.title, record.date, record.path) == (TITLE, None, "chrome.pdf")
    assert problems == []


def test_columns_headers_and_stretched_letters_of_a_word_processor() -> None:
    [record], problems = read(DATA / "libreoffice.pdf", date="2019-11-13")
    paragraphs = record.text.split("\n")
    assert [paragraphs[0], paragraphs[1], paragraphs[4], paragraphs[5]] == [FIRST, SECOND, FIRST, SECOND]
    assert paragraphs[2].startswith("وفي المقابل، نفت قوات الشرق وقوع أي هجوم، لا في الزهراء ولا في غيرها،")
    # over the end of a column and of a page
    assert paragraphs[3].endswith("ولا تزال الطريق الساحلية مغلقة منذ يوم 8/11/2019.")
    assert len(paragraphs) == 6
    assert record.date == "2019-11-13"
    assert problems == []


@pytest.mark.parametrize("spaces", [True, False])
@pytest.mark.parametrize("text", [SAID, SPRINGS])
def test_a_line_is_read_whatever_the_order_it_is_drawn_in(tmp_path: Path, text: str, spaces: bool) -> None:
    drawn = line(text, 550, 700, spaces=spaces)
    assert text_of(tmp_path, pdf(drawn)) == text
    assert text_of(tmp_path, pdf(drawn[::-1])) == text
    random.Random(7).shuffle(drawn)
    assert text_of(tmp_path, pdf(drawn)) == text


@given(st.permutations(list(range(len(line(SPRINGS, 550, 700))))))
def test_the_order_of_drawing_says_nothing(order: list[int]) -> None:
    drawn = [line(SPRINGS, 550, 700)[place] for place in order]
    glyphs = [Glyph(one.text, one.x, one.x + EM * WIDTH, one.y, one.size) for one in drawn]
    assert join_lines(read_lines([glyphs])) == SPRINGS


def test_presentation_forms_and_double_drawing_become_plain_letters(tmp_path: Path) -> None:
    drawn = [Drawn(form, 500 - 5 * place, 700) for place, form in enumerate("ﻗﺼﻔﺖ ﻃﺎﺋﺮات ﻣﻮﻗﻊ ﺍﻟﻼﺟﺌﻴﻦ")]
    bold = [Drawn(one.text, one.x + 0.3, one.y) for one in drawn]
    assert text_of(tmp_path, pdf(drawn + bold)) == "قصفت طائرات موقع اللاجئين"


def test_broken_lines_are_joined_and_paragraphs_kept(tmp_path: Path) -> None:
    rows = [SAID, SAID, "ثم سكت.", SAID]
    drawn = [glyph for place, row in enumerate(rows) for glyph in line(row, 550, 700 - 15 * place)]
    assert text_of(tmp_path, pdf(drawn)) == f"{SAID} {SAID} ثم سكت.\n{SAID}"


def test_headings_of_another_size_and_wide_gaps_part_paragraphs(tmp_path: Path) -> None:
    drawn = line(TITLE, 550, 740, size=16) + line(SAID, 550, 700) + line(SAID, 550, 685) + line(SAID, 550, 650)
    assert text_of(tmp_path, pdf(drawn)) == f"{TITLE}\n{SAID} {SAID}\n{SAID}"


def test_columns_are_read_from_the_right_and_a_heading_over_both_first(tmp_path: Path) -> None:
    right = [f"السطر الأيمن {n} من الخبر الأول في العدد" for n in range(8)]
    left = [f"السطر الأيسر {n} من الخبر الثاني في العدد" for n in range(8)]
    drawn = line("عنوان يمتد فوق العمودين كليهما في أعلى الصفحة ويزيد عن عرض عمود واحد منهما", 550, 700)
    for n in range(8):
        drawn += line(left[n], 260, 670 - 15 * n) + line(right[n], 550, 670 - 15 * n)
    text = text_of(tmp_path, pdf(drawn))
    places = [text.index(part) for part in ("عنوان", right[0], right[7], left[0], left[7])]
    assert places == sorted(places)
    assert right[0] + " " + right[1] in text


def test_what_comes_again_on_each_page_is_dropped(tmp_path: Path) -> None:
    bodies = [[f"{word} {SAID}", f"خبر {word} وحده."] for word in ("الأول", "الثاني", "الثالث")]
    pages = [
        [
            *line("صحيفة الأفق", 550, 780),
            *line(body[0], 550, 700),
            *line(body[1], 550, 685),
            *line(f"صفحة {number}", 300, 20),
            *line(f"- {number} -", 300, 10),
        ]
        for number, body in enumerate(bodies, 1)
    ]
    assert text_of(tmp_path, pdf(*pages)).split("\n") == [" ".join(body) for body in bodies]


def test_text_drawn_the_wrong_way_round_is_turned(tmp_path: Path) -> None:
    """Programs that know no Arabic draw it from left to right, and a reader sees it backwards."""
    words = "وقال المتحدث إن القصف وقع على مدينة سرت في ليبيا من البحر إلى الحي الذي يقع بعد الميناء"
    drawn = [Drawn(letter, 50 + EM * WIDTH * place, 700) for place, letter in enumerate(words)]
    assert text_of(tmp_path, pdf(drawn)) == words


def test_a_sign_that_stands_for_a_stretched_letter_is_dropped(tmp_path: Path) -> None:
    words = "الزه$راء وال$قصف والم$دينة والج$يش والط$ائرات والح$كومة"
    assert text_of(tmp_path, pdf(line(words, 550, 700))) == words.replace("$", "")
    assert text_of(tmp_path, pdf(line("خط دمشق/بيروت مغلق", 550, 700))) == "خط دمشق/بيروت مغلق"


def test_letters_that_make_no_words_are_refused(tmp_path: Path) -> None:
    rows = ["ضصثقف غعهخ شسيبل اتنم كطئء ؤرىة وزظ ذدجح ضصثقف غعهخ شسيبل" for _ in range(20)]
    drawn = [glyph for place, row in enumerate(rows) for glyph in line(row, 550, 700 - 15 * place)]
    assert "does not say which letters it shows" in fault_of(tmp_path, pdf(drawn))
    foreign = [Drawn(letter, 500 - 5 * place, 700) for place, letter in enumerate("ՔԺǁȵǥɀ ԺՔǁ قصف")]
    assert "does not say which letters it shows" in fault_of(tmp_path, pdf(foreign))


def test_scanned_pages_are_named(tmp_path: Path) -> None:
    assert "run OCR on it" in fault_of(tmp_path, pdf([], picture=True))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(line(SAID, 550, 700), [], [], picture=True))
    [record], problems = read(path)
    assert record.text == SAID
    assert problems == [f"{path}: no text on page 2, 3, only pictures, so they are left out; run OCR on them"]


def test_locked_broken_and_empty_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = pdf(line(SAID, 550, 700))
    assert "locked with a password" in fault_of(tmp_path, pdf(line(SAID, 550, 700), locked=True))
    assert "no PDF or a broken one" in fault_of(tmp_path, b"%PDF-1.4\nnothing more")
    assert "no PDF or a broken one" in fault_of(tmp_path, "خبر".encode())
    assert "the file is empty" in fault_of(tmp_path, b"")
    monkeypatch.setattr("khabar.read.pdf.FILE_LIMIT", 1000)
    assert len(good) > 1000
    assert "too large" in fault_of(tmp_path, good)


@pytest.mark.parametrize(
    ("title", "kept"),
    [("قصف سرت", "قصف سرت"), ("Microsoft Word - خبر.docx", None), ("خبر.indd", None), ("  ", None), ("ԺՔǁȵ", None)],
)
def test_titles_that_programs_make_up_are_left_out(tmp_path: Path, title: str, kept: str | None) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(line(SAID, 550, 700), title=title))
    [record], _ = read(path)
    assert record.title == kept
