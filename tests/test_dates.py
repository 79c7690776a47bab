import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.dates import find_dates
from khabar.dates.words import ordinals, words
from khabar.model import When
from khabar.text import normalise

ISSUED = "2019-10-29"  # a Tuesday


def edtf(text: str, issued: str | None = ISSUED) -> list[str]:
    return [when.edtf for when in find_dates(normalise(text), issued)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("29 أكتوبر 2019", ["2019-10-29"]),
        ("٢٩ أكتوبر ٢٠١٩", ["2019-10-29"]),
        ("يوم الثلاثاء، 29 تشرين الأول/أكتوبر 2019", ["2019-10-29"]),
        ("الرابع من أبريل/نيسان 2019", ["2019-04-04"]),
        ("الحادي عشر من سبتمبر 2001", ["2001-09-11"]),
        ("الخامس والعشرين من يناير 2011", ["2011-01-25"]),
        ("14 جانفي 2011 و22 أوت 2019 و10 شتنبر 2018", ["2011-01-14", "2019-08-22", "2018-09-10"]),
        ("12 كانون الثاني 2020", ["2020-01-12"]),
        ("ديسمبر (كانون الأول) 2013", ["2013-12"]),
        ("في نيسان - إبريل", ["2019-04"]),
        ("العاشر من آب (أغسطس)", ["2019-08-10"]),
        ("4/4/2019 و2019-04-05 و29.10.2019", ["2019-04-04", "2019-04-05", "2019-10-29"]),
        ("31/2/2019", []),
        ("1 محرم 1441 هـ", ["2019-08-31"]),
        ("السبت 17 ذو الحجة 1440هـ", ["2019-08-18"]),
        ("شهر رمضان المقبل", ["2020-04-24/2020-05-23"]),
        ("عام 2014 وسنة 1969", ["2014", "1969"]),
        ("الإطاحة بالقذافي (2011)", ["2011"]),
        ("مطلع عام 2015 ومنتصف 2016 وأواخر يوليو 2017", ["2015~", "2016~", "2017-07~"]),
        ("تسعينات القرن الماضي", ["199X"]),
        ("الستينيات", ["196X"]),
        ("القرن التاسع عشر", ["18XX"]),
        ("صيف 2014", ["2014-22"]),
    ],
)
def test_absolute(text: str, values: list[str]) -> None:
    assert edtf(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("من عام 2014 حتى عام 2015", ["2014/2015"]),
        ("بين 2014 و2016", ["2014/2016"]),
        ("2014-2016", ["2014/2016"]),
        ("من 3 إلى 5 مايو", ["2019-05-03/2019-05-05"]),
        ("يومي 10 و11 أبريل 2018", ["2018-04-10/2018-04-11"]),
        ("من نوفمبر إلى مارس 2019", ["2018-11/2019-03"]),
        ("بين 28 ديسمبر و3 يناير 2019", ["2018-12-28/2019-01-03"]),
        ("عامي 2011 و2014", ["2011", "2014"]),
        ("منذ ديسمبر 2013", ["2013-12/.."]),
        ("منذ اندلاع الحرب مطلع أبريل الماضي", ["2019-04/.."]),
        ("الحرب التي بدأت قبل أربعة أشهر", ["2019-06/.."]),
    ],
)
def test_intervals(text: str, values: list[str]) -> None:
    assert edtf(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("أمس", ["2019-10-28"]),
        ("بالأمس", ["2019-10-28"]),
        ("أول من أمس", ["2019-10-27"]),
        ("أمس الأول", ["2019-10-27"]),
        ("اليوم (الثلاثاء)", ["2019-10-29"]),
        ("أمس الأحد", ["2019-10-27"]),
        ("غدا وبعد غد", ["2019-10-30", "2019-10-31"]),
        ("فجر الأحد", ["2019-10-27"]),
        ("يوم الثلاثاء", ["2019-10-29"]),
        ("يوم الثلاثاء الماضي", ["2019-10-22"]),
        ("الجمعة المقبلة", ["2019-11-01"]),
        ("سيلتقي الوزيران في جدة الخميس", ["2019-10-31"]),
        ("كان من المقرر أن يزور الوفد نيامي الأحد", ["2019-10-27"]),
        ("سيطرت القوات على البلدة الخميس", ["2019-10-24"]),
        ("الأسبوع الماضي", ["2019-10-21/2019-10-27"]),
        ("هذا الأسبوع", ["2019-10-28/2019-11-03"]),
        ("الشهر الماضي والعام الجاري", ["2019-09", "2019"]),
        ("العام قبل الماضي", ["2017"]),
        ("نوفمبر الماضي", ["2018-11"]),
        ("22 مارس الماضي", ["2019-03-22"]),
        ("31 مارس من العام الماضي", ["2018-03-31"]),
        ("العاشر من الشهر الجاري", ["2019-10-10"]),
        ("قبل ثلاثة أيام", ["2019-10-26"]),
        ("منذ أسبوعين", ["2019-10-15"]),
        ("قبل نحو شهرين", ["2019-08~"]),
        ("قبل خمسة وتسعين عاما", ["1924"]),
        ("خلال الأيام الثلاثة الماضية", ["2019-10-26/2019-10-29"]),
        ("قبل أيام", []),
        ("قبل يومين من الانتخابات", []),
    ],
)
def test_relative(text: str, values: list[str]) -> None:
    assert edtf(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "رجب طيب أردوغان وشعبان عبد الرحيم ومحرم إينجه",
        "مارس الضغوط على الحكومة",
        "محافظة إب ومدينة أيار",
        "1500 مهاجر و2000 جندي",
        "ثورة 17 فبراير",
        "سوق الجمعة وصلاة الجمعة",
        "في اليوم التالي",
        "المصري اليوم: تصريحات",
        "الأمين العام الحالي للأمم المتحدة",
        "أحد القادة في الأحد عشر بلدا",
        "(2059 بتوقيت جرينتش)",
        "من قبل تركيا وقطر",
        "فتح المجال في 1950 موقعا",
    ],
)
def test_not_dates(text: str) -> None:
    assert edtf(text) == []


def test_bounds_and_raw_offsets() -> None:
    text = "قُتِلَ مُقاتلٌ الأُسبوعَ الماضي قرب حلب"
    [when] = find_dates(normalise(text), ISSUED)
    assert text[when.begin : when.end] == "الأُسبوعَ الماضي"
    assert (when.not_before, when.not_after) == ("2019-10-21T00:00:00Z", "2019-10-27T23:59:59Z")


def test_what_lasts_is_known_until_the_issue_date() -> None:
    [when] = find_dates(normalise("منذ أبريل"), "2020-01-16")
    assert when == When("2019-04/..", "2019-04-01T00:00:00Z", "2020-01-16T23:59:59Z", 4, 9)


@pytest.mark.parametrize(
    ("issued", "values"),
    [
        (None, ["2014"]),
        ("2020", ["2019", "2020-03", "2014"]),
        ("2020-06", ["2020-05", "2019", "2020-03", "2014"]),
        ("2020-06-10", ["2020-06-09", "2020-05", "2019", "2020-03", "2020-06-08", "2014"]),
    ],
)
def test_what_the_issue_date_leaves_open_is_left_out(issued: str | None, values: list[str]) -> None:
    assert edtf("أمس، الشهر الماضي، العام الماضي، في مارس، الاثنين، عام 2014", issued) == values


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2049, 12, 31)), st.sampled_from(sorted(words().months)))
def test_every_month_name_is_read(date: datetime.date, name: str) -> None:
    date = date.replace(month=words().months[name], day=min(date.day, 28))
    assert edtf(f"قتل في {date.day} {name} {date.year} قرب حلب", None) == [date.isoformat()]
    assert edtf(f"قتل في {name} {date.year}", None) == [f"{date:%Y-%m}"]


@pytest.mark.parametrize("word", [word for word, day in ordinals().items() if day <= 28])
def test_every_ordinal_is_read(word: str) -> None:
    assert edtf(f"في {word} من مايو 2015") == [f"2015-05-{ordinals()[word]:02}"]


parts = st.sampled_from(
    "من بين و إلى حتى 3 31 12 2014 2015 1436 مايو رجب 30 فبراير منذ قبل مطلع الماضي الجاري المقبل يوم الجمعة أمس"
    " عام العام الأسبوع الشهر القرن العشرين ثلاثة أسابيع أعوام سيزور 9999 الستينيات هـ - / ( ) صيف بعد".split()
)


issue_dates = st.sampled_from([None, "2019", "2019-02", "2020-02-29", "0001-01-01", "9999-12-31"])


@given(st.lists(parts, max_size=12).map(" ".join) | st.text(), issue_dates)
def test_any_text_is_read_in_order(text: str, issued: str | None) -> None:
    at = 0
    for when in find_dates(normalise(text), issued):
        assert at <= when.begin < when.end <= len(text)
        assert when.not_before <= when.not_after
        assert len(when.not_before) == len(when.not_after) == 20
        at = when.end
