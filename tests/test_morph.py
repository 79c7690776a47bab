from khabar.morph import agree, conjugate, decline


def forms(items, shape=None):
    return {f.text for f in items if shape in (None, f.shape)}


def test_regular_verb():
    found = forms(conjugate("قصف", "يقصف"))
    assert {"قصف", "قصفت", "قصفوا", "قصفا", "يقصف", "تقصف", "نقصف", "يقصفون", "يقصفوا", "تقصفان"} <= found


def test_hollow_verb_shortens_in_the_jussive_and_vowels_its_passive():
    found = {f.text: f for f in conjugate("استعاد", "يستعيد")}
    assert {"استعاد", "استعادت", "يستعيد", "يستعد", "تستعيد", "استعدنا", "استعيد", "استعيدت"} <= set(found)
    assert found["استعيدت"].voice == "passive"


def test_defective_verbs():
    assert {"نفي", "نفا", "نفت", "نفوا", "ينفي", "ينف", "ينفون"} <= forms(conjugate("نفى", "ينفي"))
    assert {"دعا", "دعت", "دعوا", "يدعو", "يدع", "تدعو", "يدعون"} <= forms(conjugate("دعا", "يدعو"))
    assert {"لقي", "لقيت", "لقوا", "يلقي", "يلقون"} <= forms(conjugate("لقي", "يلقى"))


def test_third_form_passive():
    assert "حوصر" in {f.text for f in conjugate("حاصر", "يحاصر") if f.voice == "passive"}


def test_agreement_of_past_forms():
    found = {f.text: f.agreement for f in conjugate("هاجم", "يهاجم") if f.shape == "past" and not f.voice}
    assert (found["هاجمت"], found["هاجموا"], found["هاجم"]) == ("f", "mp", "m")


def test_nouns_before_pronouns_and_in_the_dual():
    assert {"محاصره", "محاصرت", "محاصرات", "محاصرتين"} <= forms(decline("محاصرة"))
    assert {"اجلاء", "اجلاي"} <= forms(decline("إجلاء"))
    assert {"هجوم", "هجوما", "هجومين"} <= forms(decline("هجوم"))


def test_participles():
    found = {f.text: f.shape for f in agree("مدعوم", "passive")}
    assert found["مدعومه"] == "passive"
    assert {"مدعومين", "مدعومون", "مدعومات"} <= set(found)
