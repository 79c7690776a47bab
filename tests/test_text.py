import itertools

from hypothesis import given
from hypothesis import strategies as st

from khabar.text import fold, normalise

LETTERS = "ابتثجحخدرسشصضطعغفقكلمنهويءأإآؤئىة ،.aZİ٣5"
MARKS = "\u064b\u064e\u0651\u0652\u0653\u0654\u0655\u0670\u0640\u200f\u200b\u061c\ufeff"
FORMS = "\ufefb\ufdf2\ufe8e\ufef7\ufe70\ufe71\ufc5e\ufdfa\ufb56"
texts = st.text(st.sampled_from(LETTERS + MARKS + FORMS)) | st.text()


def quote(raw: str, word: str) -> str:
    view = normalise(raw)
    at = view.text.index(word)
    begin, end = view.raw(at, at + len(word))
    return raw[begin:end]


def test_plain_text_is_left_alone() -> None:
    view = normalise("قصفت الطائرات مدينة حلب")
    assert view.text == view.source
    assert view.begins is None
    assert view.raw(5, 13) == (5, 13)
    assert view.fold == "قصفت الطايرات مدينه حلب"


def test_a_span_covers_its_marks() -> None:
    assert quote("قال مُحَمَّدٌ أمس", "محمد") == "مُحَمَّدٌ"
    assert quote("العـــراق", "عراق") == "عـــراق"


def test_a_clitic_is_cut_between_letters() -> None:
    assert quote("وَبِبَغْدَادَ", "بغداد") == "بَغْدَادَ"


def test_invisible_signs_belong_to_no_word() -> None:
    raw = "\u200fحلب\u200f، \ufeffحماة\u202c"
    assert normalise(raw).text == "حلب، حماة"
    assert quote(raw, "حلب") == "حلب"
    assert quote(raw, "حماة") == "حماة"


def test_digits_become_ascii() -> None:
    view = normalise("١٢ قتيلا و۳۴ جريحا")
    assert view.text == "12 قتيلا و34 جريحا"
    assert view.begins is None


def test_presentation_forms_are_expanded() -> None:
    view = normalise("عبد\u00a0\ufdf2 \ufefb")
    assert view.text == "عبد الله لا"
    assert view.raw(4, 8) == (4, 5)
    assert view.raw(9, 11) == (6, 7)
    assert normalise("\ufe83\ufee3\ufebe").text == "أمض"


def test_loose_hamza_is_composed() -> None:
    raw = "ا\u0654نقرة"
    view = normalise(raw)
    assert view.text == "أنقرة"
    assert view.raw(0, 5) == (0, 6)


def test_fold() -> None:
    assert fold("أإآٱ ى ة ؤ ئ ی ک NATO") == "اااا ي ه و ي ي ك nato"


@given(texts)
def test_fold_keeps_length_and_is_idempotent(s: str) -> None:
    assert len(fold(s)) == len(s)
    assert fold(fold(s)) == fold(s)


@given(texts)
def test_offsets_are_monotone_and_inside(raw: str) -> None:
    view = normalise(raw)
    n = len(view.text)
    assert len(view.fold) == n
    spans = [view.raw(i, i + 1) for i in range(n)]
    assert all(0 <= b < e <= len(raw) for b, e in spans)
    assert spans == sorted(spans)
    assert all(one[1] <= two[0] or one[0] == two[0] for one, two in itertools.pairwise(spans))


@given(texts, st.data())
def test_the_quote_reads_like_the_span(raw: str, data: st.DataObject) -> None:
    view = normalise(raw)
    n = len(view.text)
    b = data.draw(st.integers(0, n))
    e = data.draw(st.integers(b, n))
    begin, end = view.raw(b, e)
    cut = b < n and b and view.raw(b - 1, b)[0] == view.raw(b, b + 1)[0]
    cut = cut or (0 < e < n and view.raw(e - 1, e)[0] == view.raw(e, e + 1)[0])
    if b < e and not cut:  # a ligature cannot be cut
        assert normalise(raw[begin:end]).text == view.text[b:e]
        assert view.norm(begin, end) == (b, e)


@given(texts)
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once
