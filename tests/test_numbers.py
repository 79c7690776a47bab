import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.numbers import find_casualties
from khabar.text import normalise


def read(text: str) -> list[tuple[str, int | None]]:
    return [(c.kind, c.value) for c in find_casualties(normalise(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("مقتل سبعة وإصابة 12 آخرين", [("killed", 7), ("injured", 12)]),
        ("قتل 9 مدنيين وأصيب 42", [("killed", 9), ("injured", 42)]),
        ("إن خمسة أشخاص قتلوا وأصيب 12 خلال اشتباكات", [("killed", 5), ("injured", 12)]),
        ("سقوط 20 قتيلا على الأقل", [("killed", 20)]),
        ("مقتل ما لا يقل عن خمسة وعشرين شخصا", [("killed", 25)]),
        ("عن مقتل أكثر من 280 مدنيا وألفي مقاتل", [("killed", 280), ("killed", 2000)]),
        ("ونزوح عشرات الآلاف", [("displaced", None)]),
        ("سقوط بين 10 و15 قتيلا", [("killed", 10)]),
        ("مقتل شخصين وجرح ثلاثة", [("killed", 2), ("injured", 3)]),
        ("جنديان قتلا", [("killed", 2)]),
        ("قتل جنديان آخران", [("killed", 2)]),
        ("عشرات القتلى والجرحى", [("killed", None), ("injured", None)]),
        ("سقوط قتيلين وثلاثة جرحى", [("killed", 2), ("injured", 3)]),
        ("سقوط قتيل و4 جرحى", [("killed", 1), ("injured", 4)]),
        ("مقتل جندي وإصابة آخر", [("killed", 1), ("injured", 1)]),
        ("مقتل امرأتين", [("killed", 2)]),
        ("قتلت القوات التركية 12 مسلحا", [("killed", 12)]),
        ("قتل في الهجوم 20 شخصا بينهم 3 أطفال", [("killed", 20)]),
        ("قتل 9 مدنيين و4 جنود", [("killed", 9), ("killed", 4)]),
        ("ونزح 300 ألف شخص", [("displaced", 300_000)]),
        ("فقدان 15 مهاجرا", [("missing", 15)]),
        ("مقتل وإصابة 20 شخصا", []),
        ("إصابة 50 دبابة", []),
        ("سقوط 20 بين قتيل وجريح", []),
        ("مقتل القائد في 2014", []),
        ("في فبراير 2014 توفي طفل", []),
        ("عام 2014 قتل 5 جنود", [("killed", 5)]),
        ("لم يقتل أحد", []),
        ("قتل الزعيم بعد 3 أيام", []),
        ("الى مقتل 19 شخصا على الاقل واصابة 43، بحسب مصدر", [("killed", 19), ("injured", 43)]),
    ],
)
def test_counts(text: str, found: list[tuple[str, int | None]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("مقتل 7 جنود", (7, 7, 7)),
        ("مقتل ما لا يقل عن 7", (7, 7, None)),
        ("مقتل 7 أشخاص على الأقل", (7, 7, None)),
        ("مقتل أكثر من 7", (7, 7, None)),
        ("مقتل نحو 70", (70, None, None)),
        ("مقتل أقل من 70", (None, None, 70)),
        ("مقتل بين 10 و15 شخصا", (10, 10, 15)),
        ("مقتل العشرات", (None, 10, None)),
        ("مقتل مئات المدنيين", (None, 100, None)),
    ],
)
def test_bounds(text: str, bounds: tuple[int | None, ...]) -> None:
    [found] = find_casualties(normalise(text))
    assert (found.value, found.low, found.high) == bounds


def test_raw_offsets() -> None:
    text = "مَقتلُ سَبعةٍ وإصابة ١٢ آخرين"
    one, two = find_casualties(normalise(text))
    assert text[one.begin : one.end] == "سَبعةٍ"
    assert text[two.begin : two.end] == "١٢"


parts = st.sampled_from("مقتل وإصابة قتل أصيب 12 سبعة عشرات القتلى بين و 15 شخصين قتيلان نزوح ألف ، أكثر من".split())


@given(st.lists(parts, max_size=12).map(" ".join) | st.text())
def test_any_text_is_counted_in_order(text: str) -> None:
    at = 0
    for found in find_casualties(normalise(text)):
        assert at <= found.begin < found.end <= len(text)
        assert found.low is None or found.high is None or found.low <= found.high
        at = found.begin
