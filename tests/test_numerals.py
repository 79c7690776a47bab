import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.numerals import Number, find_numbers
from khabar.text import fold


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12 قتيلا", [12]),
        ("و42 آخرون", [42]),
        ("الـ12".replace("ـ", ""), [12]),
        ("1,200 و1.500 و2٬000 و12 000", [1200, 1500, 2000, 12000]),
        ("3.5 مليون دولار", [3_500_000]),
        ("نسبة 3.5", []),
        ("خمسة وعشرين", [25]),
        ("سبعة جنود وثمانية مدنيين", [7, 8]),
        ("سبعة وثمانية", [7, 8]),
        ("أحد عشر قتيلا", [11]),
        ("اثني عشر ألفا", [12_000]),
        ("أحد القادة", []),
        ("إحدى وعشرين", [21]),
        ("مئة وخمسة وثلاثين", [135]),
        ("مائة", [100]),
        ("مئتين وخمسين", [250]),
        ("ثلاثمئة وأربعين، خمسمائة", [340, 500]),
        ("ثلاث مئة", [300]),
        ("ألفي مقاتل وألفين", [2000, 2000]),
        ("خمسة آلاف ومئتي جندي", [5200]),
        ("3 آلاف و500", [3500]),
        ("12 ألف نازح", [12_000]),
        ("مليون ومئتا ألف", [1_200_000]),
        ("مليوني نازح", [2_000_000]),
        ("ألف وتسعمئة وخمسة وتسعين", [1995]),
        ("الثلاثاء والأربعاء والخميس", []),
        ("العشرات", [None]),
        ("واحد", [1]),
        ("إف-16 وS-400 و12/10/2015 و10:30", []),
        ("بثلاثة صواريخ", [3]),
    ],
)
def test_values(text: str, values: list[int | None]) -> None:
    assert [number.value for number in find_numbers(text)] == values
    assert [number.value for number in find_numbers(fold(text))] == values


@pytest.mark.parametrize(
    ("text", "low"),
    [("عشرات", 10), ("مئات الآلاف", 100_000), ("آلاف", 1000), ("عشرات آلاف", 10_000), ("بضعة", 3), ("ملايين", 10**6)],
)
def test_sizes(text: str, low: int) -> None:
    assert find_numbers(text) == [Number(0, len(text), None, True, low)]


def test_spans_leave_the_proclitic_out() -> None:
    text = "وإصابة نحو خمسة وعشرين ومقتل الخمسة و42"
    found = find_numbers(text)
    assert [text[n.begin : n.end] for n in found] == ["خمسة وعشرين", "الخمسة", "42"]
    assert [n.approximate for n in found] == [True, False, False]


@given(st.integers(0, 10**12))
def test_digits(value: int) -> None:
    for written in (str(value), f"{value:,}"):
        assert [n.value for n in find_numbers(f"قتل {written} شخصا")] == [value]


words = st.lists(st.sampled_from("خمسة وعشرين مئة ومئتين ألف آلاف و5 12 ألفي مليون عشرات أحد عشر بين ، و".split()))


@given(words.map(" ".join) | st.text())
def test_spans_are_ordered(text: str) -> None:
    at = 0
    for number in find_numbers(text):
        assert at <= number.begin < number.end <= len(text)
        assert number.value is None or number.value >= 0
        at = number.end
