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
    ("text", "invented"),
    [
        ("سيطرت القوات الروسية على قرية في مقاطعة دونيتسك شرقي أوكرانيا.", "controls"),
        ("اتهم أحمد المسماري حكومة الوفاق باستخدام المدنيين دروعا بشرية.", "hires"),
        ("بعد معارك عنيفة مع الحوثيين وقوات صالح انسحب الجيش اليمني.", "opposes"),
        ("يشارك جون كيري وسيرغي لافروف في اجتماع لرابطة دول جنوب شرق آسيا.", "alliedWith"),
        ("بدأت تركيا هجوما واسعا لاستعادة مدينة الباب.", "controls"),
        ("قال سيرغي لافروف إن روسيا وتركيا لم تتمكنا من التوصل إلى نهج مشترك للتصدي لتنظيم داعش.", "opposes"),
        ("احتضنت الأردن معسكرات لتدريب المعارضة المناوئة لنظام الأسد.", "supports"),
        ("وصل المنسق الإنساني للأمم المتحدة في اليمن إلى عدن.", "basedIn"),
        ("دمرت وحدة من الجيش السوري خطوط إمداد من الأراضي الأردنية.", "opposes"),
        ("غادر الرئيس اليمني السابق علي عبد الله صالح صنعاء.", "leads"),
        ("التقى نائب الرئيس اليمني خالد بحاح المبعوث الأممي.", "leads"),
        ("اندلعت معارك بين المقاومة الشعبية والجيش الوطني من جهة، والحوثيين من جهة أخرى.", "alliedWith"),
        ("كانت وحدات من الجيش موالية للرئيس السابق علي عبد الله صالح قد استولوا على عدن.", "controls"),
        ("قال المتحدث باسم القوات التي تقاتل الحوثيين في عدن إن القتال مستمر.", "opposes"),
    ],
)
def test_what_a_sentence_does_not_say_is_no_relation(text, invented, extractor):
    told = extractor.extract(Record(text=text, where="test"))
    assert invented not in {r.predicate for r in told.relations}


def test_a_mediator_takes_no_part_in_the_conflict_whose_sides_he_calls(extractor):
    text = "دعا المبعوث الأممي غسان سلامة أطراف النزاع إلى هدنة."
    told = extractor.extract(Record(text=text, where="test"))
    assert not [e for e in told.events if e.cls == "Conflict" and e.roles]


@pytest.mark.parametrize(
    ("text", "key"), [("وصلت القوات إلى بلدة عدن يابال.", None), ("وصلت القوات إلى مدينة عدن.", "gn-415189")]
)
def test_a_name_that_only_begins_like_a_known_one_is_not_linked(text, key, extractor):
    told = extractor.extract(Record(text=text, where="test"))
    towns = [e for e in told.entities if text[e.mentions[0].begin :].startswith("عدن")]
    assert len(towns) == 1
    assert towns[0].key == key


def test_what_opens_a_clause_behind_and_is_no_argument_of_the_clause_before(extractor):
    text = "روسيا تعلن إسقاط 60 مسيرة أوكرانية وكييف تتحدث عن تقدم قرب كوبيانسك."
    x = extractor.extract(Record(text=text, where="test"))
    kyiv = {e.id for e in x.entities if any(text[m.begin : m.end] == "كييف" for m in e.mentions)}
    (strike,) = [e for e in x.events if e.cls == "Strike"]
    assert kyiv
    assert not kyiv & {r.filler for r in strike.roles}


def test_the_second_from_is_the_verbs_and_names_no_backer(extractor):
    text = "استعادت القوات الحكومية بدعم من قوات الاتحاد الأفريقي بلدة عدالي من حركة الشباب."
    x = extractor.extract(Record(text=text, where="test"))
    words = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
    backers = [sorted(words[r.subject]) for r in x.relations if r.predicate == "supports"]
    assert backers == [["قوات الاتحاد الأفريقي"]]


def test_who_tells_it_is_no_target(extractor):
    text = "لقي خمسة جنود من الجيش المالي مصرعهم في كمين نصبه مسلحون قرب كيدال، بحسب بيان لهيئة الأركان."
    x = extractor.extract(Record(text=text, where="test"))
    words = {e.id: {text[m.begin : m.end] for m in e.mentions} for e in x.entities}
    (battle,) = [e for e in x.events if e.cls == "Battle"]
    assert {"هيئة الأركان"} not in [words[r.filler] for r in battle.roles]
    assert words[battle.stance.source] == {"هيئة الأركان"}


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("تعرض حي الواقع تحت سيطرة حركة الشباب في مدينة كيسمايو لقصف كيني.", "TerritoryChange"),
        ("قال عادل الجبير: نحن نؤمن بالحل السياسي في اليمن.", "TerritoryChange"),
        ("سقطت أكثر من ألف قذيفة على بلدتي كفريا والفوعة.", "TerritoryChange"),
        ("في موقع مخصص لتخزين النفط في تعز، عملت فرق الجيش اليمني.", "Agreement"),
        ("وزعت قطر مساعدات للأسر الفقيرة في قطاع غزة.", "ViolentEvent"),
        ("كشفت الشرطة التركية أن القاعدة تقع على قمة جبل في هكاري.", "Meeting"),
        ("وصل عدد التنظيمات الإرهابية إلى عشرين في العراق وسوريا.", "Deployment"),
        ("تقدم أردوغان بشكوى أمام القضاء التركي.", "TerritoryChange"),
        ("وصلنا إحساس الأمير بندر بن سلطان بالمرارة.", "Deployment"),
        ("شن التحالف غارات على تجمع لميليشيات الحوثي وصالح في محافظة الجوف.", "Agreement"),
        ("أوقف مسلحون سيارة إسعاف في ولاية أرضروم التركية.", "Aid"),
        ("أنشأت وزارة الصحة السورية غرفة إدارة أزمات في دمشق.", "Conflict"),
        ("قطعت القوات العراقية خطوط تموين تنظيم داعش.", "Aid"),
    ],
)
def test_what_a_sentence_does_not_tell_is_no_event(text, invented, extractor):
    told = extractor.extract(Record(text=text, where="test"))
    assert invented not in {e.cls for e in told.events}


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
        "قتل 19 شخصا في تفجير سيارة مفخخة في بغداد. كما انفجرت سيارة مفخخة في الموصل. "
        "وتبنى تنظيم داعش الهجوم في بيان."
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
