"""States with their press names, nationality words, and the government, forces and ministries of each."""

from __future__ import annotations

from kb_build.base import Base
from kb_build.words import KEY_OF_ISO, LEXICON, Item, matchable, plain, rows
from khabar.kb.records import SURE

ISO_MISSING = {"KOS": "xk", "TWN": "tw", "FRA": "fr", "NOR": "no", "SAH": "eh", "PSX": "ps"}
FORCES = {
    "gov": ("Government", "Government of {}", "الحكومة {f}|السلطات {f}|حكومة {n}|مجلس الوزراء {m}"),
    "army": ("StateForce", "{} armed forces", "الجيش {m}|القوات {f}|القوات المسلحة {f}|قوات الجيش {m}|جيش {n}"),
    "airforce": (
        "StateForce",
        "{} air force",
        "القوات الجوية {f}|سلاح الجو {m}|الطيران {m}|الطيران الحربي {m}|القوة الجوية {f}",
    ),
    "navy": ("StateForce", "{} navy", "البحرية {f}|القوات البحرية {f}|خفر السواحل {m}"),
    "police": ("StateForce", "{} police", "الشرطة {f}|قوات الأمن {f}|الأمن {m}"),
    "mod": ("Government", "{} ministry of defence", "وزارة الدفاع {f}|الدفاع {f}"),
    "mfa": (
        "Government",
        "{} ministry of foreign affairs",
        "وزارة الخارجية {f}|الخارجية {f}|وزارة الشؤون الخارجية {f}",
    ),
    "moi": ("Government", "{} ministry of interior", "وزارة الداخلية {f}|الداخلية {f}"),
    "moh": ("Government", "{} ministry of health", "وزارة الصحة {f}|الصحة {f}"),
    "intel": (
        "Organization",
        "{} intelligence",
        "الاستخبارات {f}|المخابرات {f}|أجهزة الاستخبارات {f}|جهاز المخابرات {m}",
    ),
    "parliament": ("Organization", "{} parliament", "البرلمان {m}|مجلس النواب {m}|مجلس الشعب {m}|مجلس الأمة {m}"),
    "presidency": ("Government", "{} presidency", "الرئاسة {f}|رئاسة الجمهورية {f}"),
}

SEVERAL = ("intel", "police")  # of which a state has several: the curated one is not all of them


def with_article(adjective: str) -> str:
    return " ".join("ال" + w for w in adjective.split())


def countries(b: Base) -> None:
    """States and territories with an ISO code, then the press's other names for them."""
    seen: dict[str, Item] = {}
    for layer in ("countries10", "map_units10", "sovereignty10"):
        for r in rows(b.facts / "countries_natural_earth.tsv"):
            iso = r["iso_a2"].lower()
            iso = ISO_MISSING.get(r["adm0_a3"], iso)
            if r["layer"] != layer or len(iso) != 2 or iso in seen or not plain(r["name_ar"]):
                continue
            if r["type"] in ("Dependency", "Lease", "Indeterminate") and iso not in ("ps", "eh", "xk", "tw"):
                continue
            key = KEY_OF_ISO.get(iso, iso)
            seen[iso] = b.add(
                Item(
                    key,
                    "Country",
                    r["name_ar"],
                    r["name_en"],
                    [],
                    key,
                    lat=r["label_y"],
                    lon=r["label_x"],
                    qid=r["qid"],
                    source="naturalearth",
                    weight=90,
                )
            )
            b.name(seen[iso], r["name_ar"], SURE)
    for r in rows(LEXICON / "country_names.tsv"):
        item = b.items[r["country"]]
        item.aliases += r["names"].split("|")
        for alias in r["names"].split("|"):
            b.name(item, alias, SURE)


def demonyms(b: Base) -> None:
    """Nationality words: masculine, feminine, plurals, with and without the article."""
    for r in rows(LEXICON / "demonyms.tsv"):
        masculine = [m for m in r["masculine"].split("|") if m]
        feminine = [f for f in r["feminine"].split("|") if f] or [m + "ة" for m in masculine]
        forms = masculine + feminine + [p for p in r["plural"].split("|") if p]
        forms += [m + end for m in masculine for end in ("ون", "ين", "ان")]
        forms += [f[:-1] + end for f in feminine if f.endswith("ة") for end in ("ات", "تين", "تان")]
        if masculine:
            both = "|".join(f"{with_article(m)}/{with_article(f)}" for m, f in zip(masculine, feminine, strict=False))
            b.adjectives[r["country"]] = (both, "")
        for form in forms:
            word = matchable(form)
            if " " not in word:
                b.demonym.setdefault(word, r["country"])
                b.demonym.setdefault("ال" + word, r["country"])
                b.demonym.setdefault("لل" + word, r["country"])
    b.states = {n for i in b.items.values() for n in i.names if len(i.key) == 2}
    b.nation_words = set(b.demonym) | {matchable(i.name_ar) for i in b.items.values()}


def _named(pattern: str, state: Item, both: str) -> list[str]:
    """The names that a pattern gives for a state, one for each pair of its adjectives."""
    if "{n}" in pattern:
        return [pattern.format(n=state.name_ar)]
    return [pattern.format(m=m, f=f) for m, f in (pair.split("/") for pair in both.split("|"))]


def forces(b: Base) -> None:
    """For every state its government, armed forces and chief ministries, where the curated table has none."""
    for country, (both, _) in b.adjectives.items():
        item = b.items.get(country)
        if item is None or item.cls != "Country":
            continue
        for suffix, (cls, english, patterns) in FORCES.items():
            every = [name for pattern in patterns.split("|") for name in _named(pattern, item, both)]
            names = [n for n in every if matchable(n) not in b.taken]
            if not names:
                continue
            held = b.items.get(b.taken.get(matchable(every[0]), ""))
            if held is not None and suffix not in SEVERAL and (held.cls, held.country) == (cls, country):
                b.items[f"{country}_{suffix}"] = held
                held.aliases += names
                for n in names:
                    b.name(held, n, SURE)
                continue
            new = b.add(
                Item(
                    f"{country}_{suffix}",
                    cls,
                    names[0],
                    english.format(item.name_en),
                    names[1:],
                    country,
                    weight=55,
                )
            )
            for n in names:
                b.name(new, n, SURE)
