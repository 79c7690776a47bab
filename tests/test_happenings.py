"""What a text tells of one happening in several words is one event; what differs stays apart."""

import pytest

from khabar.model import Record


def events(text, extractor, cls):
    """The words of each event of a class: its first telling's and those of the others, in text order."""
    x = extractor.extract(Record(text=text, where="test", date="2021-05-10"))
    spans = [[(e.begin, e.end), *((t.begin, t.end) for t in e.again)] for e in x.events if e.cls == cls]
    return [[text[begin:end] for begin, end in told] for told in spans]


@pytest.mark.parametrize(
    ("text", "cls", "told"),
    [
        ("قصف الجيش السوري حلب فجر اليوم. وأضاف سكان أن القصف استمر ساعة.", "Strike", [["قصف", "القصف"]]),
        ("قصف الجيش السوري حلب. ثم قصف الجيش السوري إدلب.", "Strike", [["قصف"], ["قصف"]]),
        ("قصف الجيش السوري حلب أمس. وقصف الجيش السوري حلب في مارس 2019.", "Strike", [["قصف"], ["قصف"]]),
        ("قصف الجيش السوري حلب. ونفت دمشق قصف حلب.", "Strike", [["قصف"], ["قصف"]]),
        ("استهدفت إسرائيل حزب الله في بعلبك. وقال ناشطون إن إسرائيل قصفت حزب الله.", "Strike", [["استهدفت", "قصفت"]]),
        ("قصفت روسيا كييف. وشنت روسيا هجوما على قوات أوكرانية في سومي.", "Strike", [["قصفت"]]),
        ("أسقط الجيش الأوكراني طائرات مسيرة. وقال سكان إن القصف دمر مستودعا.", "Strike", [["أسقط"], ["القصف"]]),
        ("جرت محادثات بين إيران والسعودية في بغداد. وبعد محادثات بغداد صدر بيان.", "Meeting", [["محادثات", "محادثات"]]),
    ],
)
def test_tellings(text, cls, told, extractor):
    assert events(text, extractor, cls) == told


def test_the_roles_of_all_tellings_are_the_events(extractor):
    text = "تعرض حزب الله لقصف في بعلبك. وقال ناشطون إن إسرائيل قصفت حزب الله."
    x = extractor.extract(Record(text=text, where="test"))
    names = {e.id: e.name for e in x.entities}
    [strike] = [e for e in x.events if e.cls == "Strike"]
    assert {(r.name, names[r.filler]) for r in strike.roles} >= {("agent", "إسرائيل"), ("target", "حزب الله")}
