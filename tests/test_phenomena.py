"""One sentence for each phenomenon of Arabic that the extractor must master, with the exact words of each role."""

from pathlib import Path

import pytest

from khabar.lexicon import rows
from khabar.model import Record

CASES = list(rows(Path(__file__).parent / "data" / "phenomena.tsv"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["phenomenon"])
def test_phenomenon(case, extractor):
    text, expect = case["text"], case["expect"]
    x = extractor.extract(Record(text=text, where="test"))
    words = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
    kind, _, rest = expect.partition(" ")
    if ">" in rest:
        subject, obj = (w.strip() for w in rest.split(">"))
        told = [(r.predicate, sorted(words[r.subject]), sorted(words[r.object])) for r in x.relations]
        assert any(p == kind and subject in s and obj in o for p, s, o in told), told
        return
    told = [
        (e.cls, text[e.begin : e.end], [(r.name, sorted(words.get(r.filler, {r.filler}))) for r in e.roles])
        for e in x.events
    ]
    if kind == "source":
        trigger, _, source = rest.partition(" ")
        event = next((e for e in x.events if text[e.begin : e.end] == trigger), None)
        assert event, told
        assert event.stance.source
        assert source in words[event.stance.source]
        return
    trigger, _, pairs = rest.partition(" ")
    event = next((e for e in x.events if e.cls == kind and trigger in text[e.begin : e.end]), None)
    assert event, told
    fields = [p.rpartition(" ")[::2] for p in pairs.split("=")]
    names = [fields[0][1], *(name for _, name in fields[1:-1])]
    values = [value for value, _ in fields[1:-1]] + [pairs.rpartition("=")[2]]
    for name, value in zip(names, values, strict=True):
        if name == "modality":
            assert event.stance.modality == value
        else:
            assert any(r.name == name and value in words.get(r.filler, ()) for r in event.roles), (name, value, told)


@pytest.mark.parametrize(
    "text",
    [
        "قالت السفارة الروسية إن التقارير التي أفادت بخطف ثلاثة طيارين في شمال مالي غير صحيحة.",
        "قالت جماعة الحوثي إن مقر الصحفيين في صنعاء عرضة لقصف التحالف العربي.",
        "في وقت يرتقب أن تشهد محافظة شبوة معارك مع الحوثيين.",
        "تحدثت الحكومة العراقية عن دعم في سبيل دحر تنظيم داعش.",
        "كانت تركيا مترددة في مهاجمة تنظيم داعش.",
        "يهدف الحوثيون إلى السيطرة على مدينة تعز.",
        "تعمل قوات عراقية في المحافظة لتنفيذ عمليات لاستعادة السيطرة على الأنبار.",
        "قال متحدث باسم القوات الحكومية إن تحرير عدن بات قريبا.",
    ],
)
def test_what_has_not_happened_is_not_told_as_settled(text, extractor):
    events = [e for e in extractor.extract(Record(text=text, where="test")).events if e.cls != "Aid"]
    assert events
    assert not [e.cls for e in events if e.stance.settled]


def test_each_bomb_is_a_happening_of_its_own_and_the_attack_taken_up_is_not(extractor):
    text = (
        "قتل 19 شخصا في تفجير سيارة مفخخة في بغداد. كما انفجرت سيارة مفخخة في الموصل. وتبنى تنظيم داعش الهجوم في بيان."
    )
    events = extractor.extract(Record(text=text, where="test")).events
    assert [e.cls for e in events] == ["Strike", "Strike"]
    assert [t for e in events for t in e.again]


def test_the_forces_of_another_state_are_not_those_that_bear_the_name(extractor):
    text = "قصف طيران الجيش السوداني مواقع قوات الدعم السريع في السودان. وقال الثوار إنهم انسحبوا من الخرطوم."
    keys = {e.key for e in extractor.extract(Record(text=text, where="test")).entities}
    assert not keys & {"x_iraqi_army_aviation", "syrian_opposition"}


def test_who_fights_whom_is_told_across_the_two_sides(extractor):
    text = "دارت اشتباكات بين قوات النظام وحزب الله من جهة، ومقاتلي تنظيم داعش من جهة أخرى في مدينة داريا."
    told = extractor.extract(Record(text=text, where="test"))
    names = {e.id: e.cls for e in told.entities}
    pairs = {(names[r.subject], names[r.object]) for r in told.relations if r.predicate == "opposes"}
    assert len(pairs) == 2
    assert not any(a == b for a, b in pairs)


def test_a_capture_told_again_in_other_words_is_one(extractor):
    text = "استعادت القوات العراقية جامعة الأنبار. وقال فالح العيساوي إن القوات العراقية سيطرت على مبنى جامعة الأنبار."
    (event,) = extractor.extract(Record(text=text, where="test")).events
    assert len(event.again) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("اتهم باتريك مويايا حركة حماس بقصف غزة.", True),
        ("اتهم باتريك مويايا حركة حماس، فيما حملت الحركة الجيش الإسرائيلي المسؤولية.", False),
        ("رفض الملا عمر التخلي عن تنظيم القاعدة بعد مطاردة أمريكا له.", False),
        ("دعت ألمانيا تركيا إلى الهدوء، محذرة حزب العمال الكردستاني.", False),
    ],
)
def test_an_act_of_speech_is_about_what_it_says_and_not_about_what_comes_next(text, told, extractor):
    events = extractor.extract(Record(text=text, where="test")).events
    assert any(r.name == "about" and r.filler.startswith("v") for r in events[0].roles) == told


def test_the_name_behind_an_aide_of_a_president_is_the_presidents(extractor):
    text = "قال علي أحمدي، المتحدث باسم الرئيس الأفغاني أشرف غني، إن الهجوم وقع في كابل."
    told = extractor.extract(Record(text=text, where="test"))
    names = {e.id: e.name for e in told.entities}
    assert "أشرف غني" not in {names[r.subject] for r in told.relations if r.predicate == "holdsPosition"}
