"""Build the knowledge base file from the folder of facts: `python scripts/build_kb.py FACTS_DIR [--names NAMES_DIR]`.

Reads actors.tsv, ambiguous_aliases.tsv, countries_natural_earth.tsv, places.jsonl.gz, wikidata_names.jsonl.gz,
geonames_to_qid.tsv.gz and our own tables in ontology/lexicon; writes src/khabar/data/kb.sqlite, the same bytes for the
same input. Every QID comes from one of these files, with its source.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wordfreq import iter_wordlist, zipf_frequency

from khabar.kb.records import ALIAS, COUNTRY, SURE, TYPED, VILLAGE
from khabar.text import fold, normalise

ROOT = Path(__file__).resolve().parents[1]
LEXICON = ROOT / "ontology" / "lexicon"
OUT = ROOT / "src" / "khabar" / "data" / "kb.sqlite"
# Arabic proper: names holding any other letter are Persian, Urdu or Kurdish spellings.
ARABIC = re.compile(r"[ء-غف-ي0-9 ]*[ء-غف-ي][ء-غف-ي0-9 ]*")
WORDS = re.compile(r"[^\W_]+")
PLACE_NOUNS = re.compile(
    r"^(محافظة|ولاية|مدينة|إقليم|اقليم|منطقة|مقاطعة|شعبية|بلدية|قضاء|ناحية|قرية|بلدة|مديرية|مركز|أوبلاست|عمالة|جماعة|"
    r"شهرستان|استان|منطقه|محافظه|ولايه|دائرة|رايون) (.+)$"
)
# Countries whose press names are not Arabic: غ of their names is also written ج.
FOREIGN_G = frozenset(
    "ru ua us gb fr de it es tr nl be no se dk fi pl at ch pt gr ml ne bf td ng et er ss ug ke cf cd".split()
)
ARAB = frozenset("ae bh dj dz eg eh iq jo kw lb ly ma mr om ps qa sa sd so sy tn ye ir".split())
ISO_MISSING = {"KOS": "xk", "TWN": "tw", "FRA": "fr", "NOR": "no", "SAH": "eh", "PSX": "ps"}
# What must be spoken of besides the entry's own country; القاعدة counts where the Islamic State is named.
CONTEXT = {"arab_coalition": "ye", "isis": "jihad", "alqaeda": "jihad"}
KEY_OF_ISO = {"au": "australia"}  # `au` is the African Union of actors.tsv
SMALL_WANTED = frozenset("SY IQ YE LB PS LY SD SS EG IL UA".split())
PLACE_CLASSES = frozenset({"Settlement", "AdministrativeArea", "Place", "Facility"})
FORCES = {
    "gov": ("Government", "Government of {}", "الحكومة {f}|السلطات {f}|حكومة {n}"),
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
    "presidency": ("Government", "{} presidency", "الرئاسة {f}|رئاسة الجمهورية {f}|مجلس الوزراء {m}"),
}


@dataclass
class Item:
    """An entry in the making; `names` maps a folded name to the tier of support it needs."""

    key: str
    cls: str
    name_ar: str
    name_en: str = ""
    aliases: list[str] = field(default_factory=list)
    country: str = ""
    part_of: str = ""
    located_in: str = ""
    lat: Any = None
    lon: Any = None
    qid: str = ""
    source: str = ""
    population: int | None = None
    start: str = ""
    end: str = ""
    weight: int = 10
    names: dict[str, int] = field(default_factory=dict)
    english: set[str] = field(default_factory=set)


def key_of(iso: str) -> str:
    return KEY_OF_ISO.get(iso, iso)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def plain(name: str) -> str:
    """A name without diacritics, brackets and outer spaces; empty when it isn't Arabic script proper."""
    name = re.sub(r"\s*[(\[].*?[)\]]", "", normalise(name).text)
    name = " ".join(re.sub(r"[\"'«»“”\-–.]", " ", name).split())
    return name if ARABIC.fullmatch(name) and len(name) > 1 else ""


def matchable(name: str) -> str:
    """The folded form that the matcher compares: words joined by one space."""
    return " ".join(WORDS.findall(fold(normalise(name).text)))


def zipf(word: str) -> float:
    return zipf_frequency(word, "ar", wordlist="large")


_FOLDED_ZIPF: dict[str, float] = {}


def common(folded: str, *spellings: str) -> float:
    """How frequent a single word is, on the zipf scale, over its spellings."""
    if not _FOLDED_ZIPF:
        for word in iter_wordlist("ar", wordlist="large"):
            form = fold(word)
            _FOLDED_ZIPF[form] = max(_FOLDED_ZIPF.get(form, 0.0), zipf(word))
    return max(_FOLDED_ZIPF.get(folded, 0.0), *(zipf(s) for s in spellings), 0.0)


class Builder:
    """Collects entries from all files, in order of trust."""

    def __init__(self, facts: Path, names: Path | None) -> None:
        self.facts = facts
        self.items: dict[str, Item] = {}
        self.by_qid: dict[str, str] = {}
        self.rules = {
            r["rule"]: {matchable(n) for n in r["names"].split("|")} for r in rows(LEXICON / "weak_names.tsv")
        }
        self.given = self._given(names)
        self.capitals: dict[str, str] = {}
        self.taken: dict[str, str] = {}
        self.demonym: dict[str, str] = {}
        self.unnamed: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.additions = [r for r in rows(LEXICON / "more_names.tsv") if r["class"] not in PLACE_CLASSES]
        self.place_additions = [r for r in rows(LEXICON / "more_names.tsv") if r["class"] in PLACE_CLASSES]
        self.wikidata = list(lines(facts / "wikidata_names.jsonl.gz"))
        self.english: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for r in self.wikidata:
            for name in r.get("en", []):
                self.english[name.lower()].append(r)

    def _given(self, folder: Path | None) -> set[str]:
        found: set[str] = set()
        path = LEXICON / "given_names.txt"
        if folder is not None:
            for file in ("male-first--names-in-arabic.txt", "female-first-names-in-arabic.txt"):
                for line in (folder / file).read_text(encoding="utf-8").splitlines():
                    word = plain(line)
                    if word and " " not in word:
                        found.add(matchable(word))
            path.write_text("\n".join(sorted(found)) + "\n", encoding="utf-8")
        return {w for w in path.read_text(encoding="utf-8").split("\n") if len(w) > 2}

    def add(self, item: Item) -> Item:
        """Keep an item and its QID."""
        self.items[item.key] = item
        if item.qid:
            self.by_qid.setdefault(item.qid, item.key)
        return item

    def name(self, item: Item, name: str, tier: int) -> None:
        """Give an item a name with the support it needs, and its spelling variants."""
        base = matchable(name)
        if not base or len(base) < 2 or base in self.rules["drop"]:
            return
        if item.cls in PLACE_CLASSES and (base in self.rules["noplace"] or base in self.demonym):
            return
        if base in self.rules["sure"]:
            tier = min(tier, SURE) if item.weight >= 30 else tier
        elif base in self.rules["alias"]:
            tier = max(tier, ALIAS)
        elif base in self.rules["country"]:
            tier = max(tier, COUNTRY)
        if tier == COUNTRY and not item.country and " " in base:
            tier = SURE
        for form in variants(base, item):
            if form not in self.rules["drop"]:
                item.names[form] = min(tier, item.names.get(form, 9))

    def countries(self) -> None:
        """States and territories with an ISO code, then the press's other names for them."""
        seen: dict[str, Item] = {}
        for layer in ("countries10", "map_units10", "sovereignty10"):
            for r in rows(self.facts / "countries_natural_earth.tsv"):
                iso = r["iso_a2"].lower()
                iso = ISO_MISSING.get(r["adm0_a3"], iso)
                if r["layer"] != layer or len(iso) != 2 or iso in seen or not plain(r["name_ar"]):
                    continue
                if r["type"] in ("Dependency", "Lease", "Indeterminate") and iso not in ("ps", "eh", "xk", "tw"):
                    continue
                key = KEY_OF_ISO.get(iso, iso)
                seen[iso] = self.add(
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
                self.name(seen[iso], r["name_ar"], SURE)
        for r in rows(LEXICON / "country_names.tsv"):
            item = self.items[r["country"]]
            item.aliases += r["names"].split("|")
            for alias in r["names"].split("|"):
                self.name(item, alias, SURE)

    def actors(self) -> None:
        """The curated actors and our additions; rows of states join the state's entry."""
        weak: dict[str, set[str]] = defaultdict(set)
        for r in rows(self.facts / "ambiguous_aliases.tsv"):
            for key in r["keys"].split("|"):
                weak[key].add(matchable(r["alias"]))
        for r in rows(self.facts / "actors.tsv"):
            self.actor(r, weak[r["key"]])
        for r in self.additions:
            self.addition(r)

    def actor(self, r: dict[str, str], weak: set[str]) -> None:
        """Read a row of the curated table."""
        country = key_of(r["country"].lower())
        aliases = [a for a in r["aliases_ar"].split("|") if a]
        if r["class"] == "Country":
            item = self.items[country]
            item.aliases += [a for a in aliases if a not in item.aliases]
            if r["qid"]:
                item.qid, item.source = r["qid"], r["qid_source"]
            self.items[r["key"]] = item
        else:
            item = self.add(
                Item(
                    r["key"],
                    r["class"],
                    r["name_ar"],
                    r["name_en"],
                    aliases,
                    country,
                    r["part_of"],
                    qid=r["qid"],
                    source=r["qid_source"],
                    start=r["active_from"],
                    end=r["active_to"],
                    weight=70 if r["class"] == "Person" else 80,
                )
            )
        self.actor_names(item, [r["name_ar"], *aliases], weak)

    def actor_names(self, item: Item, names: Iterable[str], weak: Iterable[str] = ()) -> None:
        """Give an actor its names, each with the support it needs."""
        for alias in names:
            base = matchable(alias)
            self.taken.setdefault(base, item.key)
            self.name(item, alias, ALIAS if base in weak else self.actor_tier(item, base, alias))

    def addition(self, r: dict[str, str]) -> None:
        """A name of our own table: more spellings for a curated actor, or an entry of its own."""
        country = key_of(r["country"].lower())
        aliases = [a for a in r["aliases_ar"].split("|") if a]
        known = self.taken.get(matchable(r["name_ar"]))
        qid, source = r["qid"], r["qid_source"]
        if not qid and r["name_en"]:
            qid, source = self.stated(r["name_en"], r["class"], country)
        if known is None and qid in self.by_qid:
            known = self.by_qid[qid]
        item = self.items.get(known or "")
        if item is not None and (item.cls == "Person") == (r["class"] == "Person"):
            extra = [a for a in [r["name_ar"], *aliases] if a != item.name_ar and a not in item.aliases]
            item.aliases += extra
            if qid and not item.qid:
                item.qid, item.source = qid, source
                self.by_qid.setdefault(qid, item.key)
            self.actor_names(item, extra)
            return
        item = self.add(
            Item(
                r["key"],
                r["class"],
                r["name_ar"],
                r["name_en"],
                aliases,
                country,
                r["part_of"],
                qid=qid,
                source=source,
                start=r["active_from"],
                end=r["active_to"],
                weight=60 if r["class"] == "Person" else 75,
            )
        )
        self.actor_names(item, [r["name_ar"], *aliases])

    def place_addition(self, r: dict[str, str]) -> None:
        """Arabic names for a place of the gazetteer that it knows by its English name, or a place of its own."""
        country = key_of(r["country"].lower())
        names = [r["name_ar"], *(a for a in r["aliases_ar"].split("|") if a)]
        item = self.known_place(r["class"], {matchable(n) for n in names}, r["name_en"].lower(), country)
        if item is None:
            qid, source = self.stated(r["name_en"], r["class"], country)
            if qid in self.by_qid:
                item = self.items[self.by_qid[qid]]
            else:
                item = self.add(
                    Item(
                        r["key"],
                        r["class"],
                        r["name_ar"],
                        r["name_en"],
                        [],
                        country,
                        located_in=country,
                        qid=qid,
                        source=source,
                        weight=55,
                    )
                )
        item.name_ar = item.name_ar or names[0]
        item.aliases += [n for n in names if n != item.name_ar and n not in item.aliases]
        for n in names:
            base = matchable(n)
            frequent = common(base, n) if " " not in base else 0.0
            if base in self.rules["typed"]:
                self.name(item, n, VILLAGE)
                continue
            tier = (
                ALIAS
                if base in self.given or len(base) <= 2
                else COUNTRY
                if frequent >= 3.5 or len(base) == 3
                else SURE
            )
            self.name(item, n, COUNTRY if tier == SURE and r["class"] == "Settlement" and " " not in base else tier)

    def known_place(self, cls: str, names: set[str], english: str, country: str) -> Item | None:
        """Find the gazetteer place of that name, if there is one."""
        found = [
            i
            for i in self.items.values()
            if i.cls == cls
            and (i.country == country or cls == "Place")
            and (names & set(i.names) or english in i.english)
        ]
        if found:
            return max(found, key=lambda i: i.weight)
        records = self.unnamed.get((country, english), [])
        if cls == "Settlement" and records:
            r = max(records, key=lambda r: int(r.get("pop") or 0))
            return self.add_place(r, [], int(r.get("pop") or 0))
        return None

    def actor_tier(self, item: Item, base: str, alias: str) -> int:
        """Support that a curated name needs: single ordinary words and surnames of Arabic form need some."""
        words = base.split()
        if item.cls == "Country":
            return SURE
        if len(words) == 1:
            if base in self.given or (len(base) <= 3 and item.cls != "MediaOutlet"):
                return ALIAS
            frequent = common(base, alias)
            if item.country in ARAB and (item.cls == "MediaOutlet" or (item.cls == "Militia" and frequent >= 3.5)):
                return COUNTRY
            if item.cls == "Person":
                if frequent >= 4.6 and item.country in ARAB:
                    return ALIAS
                return COUNTRY if item.country in ARAB or frequent >= 4.4 or len(base) <= 4 else SURE
            return (
                COUNTRY
                if frequent >= 4.8 and item.cls in ("MediaOutlet", "Conflict", "Materiel", "Organization")
                else SURE
            )
        if min(common(w) for w in words) >= 4.6 and item.cls not in ("Person", "InternationalOrganization", "Materiel"):
            return SURE if any(w in self.nation_words for w in words) or not item.country else COUNTRY
        if item.cls == "Person" and len(words) == 2 and all(w in self.given for w in words):
            return COUNTRY
        return SURE

    def stated(self, english: str, cls: str, country: str) -> tuple[str, str]:
        """The QID that the files state for exactly one thing of this English name and kind, with its source."""
        kinds = {
            "Person": ("person", "elevant:Q215627"),
            "Settlement": ("place:locality", "place:neighbourhood"),
            "Place": ("territory", "elevant:Q27096213"),
            "AdministrativeArea": ("territory", "admin1", "place:region"),
            "Conflict": ("event",),
            "Facility": ("place:campus",),
            "MediaOutlet": ("elevant:Q43229",),
        }.get(
            cls, ("nsi_org", "elevant:Q43229", "armed_group", "intl_org", "political_party", "armed_force", "ministry")
        )
        found = [r for r in self.english.get(english.lower(), []) if any(t in kinds for t in r.get("types", []))]
        home = self.items[country].qid if country in self.items else ""
        if cls == "Person":
            found = [r for r in found if r.get("citizen", home) == home or "elevant:Q215627" in r["types"]]
        elif cls == "Settlement":
            found = [r for r in found if r.get("cc", country).lower()[:2] in (country, "")]
        if len(found) > 1 and country:
            found = [r for r in found if r.get("citizen") == home or r.get("cc", "").lower() == country] or found
        if cls == "Settlement" and found:
            found = [max(found, key=lambda r: float(r.get("pop") or 0))]
        if len(found) != 1:
            return "", ""
        return found[0]["qid"], "kb:" + "+".join(found[0]["src"][:3])

    def demonyms(self) -> None:
        """Nationality words: masculine, feminine, plurals, with and without the article."""
        self.adjectives: dict[str, tuple[str, str]] = {}
        for r in rows(LEXICON / "demonyms.tsv"):
            masculine = [m for m in r["masculine"].split("|") if m]
            feminine = [f for f in r["feminine"].split("|") if f] or [m + "ة" for m in masculine]
            forms = masculine + feminine + [p for p in r["plural"].split("|") if p]
            forms += [m + end for m in masculine for end in ("ون", "ين", "ان")]
            forms += [f[:-1] + end for f in feminine if f.endswith("ة") for end in ("ات", "تين", "تان")]
            if masculine:
                both = "|".join(
                    f"{with_article(m)}/{with_article(f)}" for m, f in zip(masculine, feminine, strict=False)
                )
                self.adjectives[r["country"]] = (both, "")
            for form in forms:
                word = matchable(form)
                if " " not in word:
                    self.demonym.setdefault(word, r["country"])
                    self.demonym.setdefault("ال" + word, r["country"])
                    self.demonym.setdefault("لل" + word, r["country"])
        self.nation_words = set(self.demonym) | {matchable(i.name_ar) for i in self.items.values()}

    def forces(self) -> None:
        """For every state its government, armed forces and chief ministries, where the curated table has none."""
        for country, (both, _) in self.adjectives.items():
            item = self.items.get(country)
            if item is None or item.cls != "Country":
                continue
            for suffix, (cls, english, patterns) in FORCES.items():
                names: list[str] = []
                for pattern in patterns.split("|"):
                    if "{n}" in pattern:
                        names.append(pattern.format(n=item.name_ar))
                        continue
                    for pair in both.split("|"):
                        m, f = pair.split("/")
                        names.append(pattern.format(m=m, f=f))
                names = [n for n in names if matchable(n) not in self.taken]
                if not names:
                    continue
                new = self.add(
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
                    self.name(new, n, SURE)

    def places(self) -> None:
        """Places of the gazetteer, by size: the smaller, the more support."""
        extra = {
            r["geonameid"]: (r["qid"], "geonames_to_qid:" + r["source"])
            for r in gz_rows(self.facts / "geonames_to_qid.tsv.gz")
        }
        regions: dict[int, str] = {}
        kept = []
        self.extra, self.regions = extra, regions
        for r in lines(self.facts / "places.jsonl.gz"):
            if r["type"] == "country" or r.get("end"):
                continue
            if not r.get("ar"):
                for name in {r["name"].lower(), *(e.lower() for e in r.get("en", []))}:
                    self.unnamed[r["cc"].lower(), name].append(r)
                continue
            if r["type"] in ("region", "macroregion"):
                regions[r["wof"]] = place_key(r)
            kept.append(r)
        for r in kept:
            population = int(r.get("pop") or 0)
            names = [n for n in map(plain, r["ar"]) if n]
            if not names or place_key(r) in self.items or not worth(r, population):
                continue
            qid = r.get("qid") or extra.get(str(r.get("gn", "")), ("",))[0]
            if qid in self.by_qid:
                self.locate(self.items[self.by_qid[qid]], r)
                continue
            self.place_names(self.add_place(r, names, population), r, names, population)

    def add_place(self, r: dict[str, Any], names: list[str], population: int) -> Item:
        """Make the entry of a gazetteer record."""
        qid, source = (r["qid"], "whosonfirst") if r.get("qid") else self.extra.get(str(r.get("gn", "")), ("", ""))
        iso, key = r["cc"].lower(), place_key(r)
        region = self.regions.get(r.get("region", 0), "")
        country = key_of(iso) if iso != "xx" else ""
        item = Item(
            key,
            place_class(r),
            (bare(names[0]) or names[0]) if names else "",
            (r.get("en") or [r["name"]])[0],
            names[1:],
            country,
            "",
            region if region and region != key else country,
            r["lat"],
            r["lon"],
            qid,
            source,
            population or None,
            weight=place_weight(r, population),
        )
        item.english = {r["name"].lower(), *(e.lower() for e in r.get("en", []))}
        return self.add(item)

    def locate(self, item: Item, r: dict[str, Any]) -> None:
        """Give a known place its coordinates."""
        if item.lat is None and item.cls in ("Settlement", "AdministrativeArea", "Place", "Facility"):
            item.lat, item.lon = r["lat"], r["lon"]

    def place_names(self, item: Item, r: dict[str, Any], names: Iterable[str], population: int) -> None:
        """Give a place its names, without its type noun."""
        for name in names:
            stripped = bare(name)
            for form in sorted({name, stripped} - {""}):
                if "ال" + form in names:  # بصرة beside البصرة is a word of its own
                    continue
                if item.cls == "AdministrativeArea" and stripped and form == name:
                    continue
                self.name(item, form, self.place_tier(item, r, matchable(form), form, population))

    def place_tier(self, item: Item, r: dict[str, Any], base: str, form: str, population: int) -> int:
        """Tell the support that a place name needs."""
        words = base.split()
        single = len(words) == 1
        frequent = common(base, form) if single else min(common(w) for w in words)
        seat = (r.get("fcode") or "") in ("PPLA", "PPLA2") or r["type"] in ("region", "macroregion", "disputed")
        if base.startswith(("عبد ال", "عبدال")) or (words[0] in ("ابو", "ام", "بن") and population < 5_000):
            return TYPED
        if r["type"] == "neighbourhood" and population < 20_000:
            return VILLAGE if not single else TYPED
        if base in self.rules["typed"] or (single and (base in self.given or len(base) <= 2)):
            town = base in self.rules["towns"] or base not in self.rules["typed"]
            return VILLAGE if town and (population >= 20_000 or seat) else TYPED
        if (population >= 250_000 and item.cls != "AdministrativeArea") or r.get("fcode") == "PPLC":
            return SURE if len(base) > 3 else COUNTRY
        if r["type"] == "campus" and not single:
            return SURE
        if single and frequent >= (3.5 if population < 60_000 else 4.2) and (population >= 20_000 or seat):
            return VILLAGE
        if population >= 20_000 or seat:
            return COUNTRY
        if single and frequent >= 3.5:
            return TYPED
        if population >= 5_000:
            return COUNTRY
        if single and (frequent >= 2.6 or len(base) <= 4):
            return TYPED
        return VILLAGE if single or frequent >= 4.3 else COUNTRY

    def world(self) -> None:
        """Cities, areas and people of wikidata_names that the other files lack."""
        citizens = {i.qid: i.key for i in self.items.values() if i.cls == "Country" and i.qid}
        for r in self.wikidata:
            arabic = [n for n in r.get("en", []) if plain(n)]
            if not (r.get("ar") or arabic) or r["qid"] in self.by_qid:
                continue
            kind, types = r["kind"], r.get("types", [])
            if kind == "person":
                self.person(r, citizens)
            elif kind in ("place", "territory", "admin1") and "whosonfirst" not in r.get("ar", {}).values():
                self.city(r, "place:locality" in types)

    def person(self, r: dict[str, Any], citizens: dict[str, str]) -> None:
        """Add a person of wikidata_names with a full Arabic name."""
        names = [n for n in map(plain, [*r.get("ar", ()), *r.get("en", ())]) if n and len(n.split()) > 1]
        names = list(dict.fromkeys(names))
        if not names or any(self.taken.get(matchable(n)) for n in names):
            return
        country = citizens.get(r.get("citizen", ""), "")
        item = self.add(
            Item(
                "wd-" + r["qid"].lower(),
                "Person",
                names[0],
                next((e for e in r.get("en", ()) if not plain(e)), ""),
                names[1:],
                country,
                qid=r["qid"],
                source="kb:" + "+".join(r["src"][:3]),
                weight=30,
            )
        )
        for n in names:
            words = matchable(n).split()
            ordinary = all(w in self.given or common(w) >= 4.4 for w in words)
            self.name(item, n, COUNTRY if ordinary and country else (ALIAS if ordinary else SURE))

    def city(self, r: dict[str, Any], locality: bool) -> None:
        """Add a city or area outside the gazetteer."""
        names = [n for n in map(plain, r.get("ar", ())) if n and "ى" not in n[:-1]]
        scored = [(common(matchable(n), n) if " " not in n else 2.0 + (len(n) > 3), n) for n in names]
        if not scored:
            return
        top = max(scored)[0]
        names = [n for z, n in scored if z >= max(1.2, top - 1.0)]
        population = int(float(r.get("pop") or 0))
        if not names or (locality and population < 200_000):
            return
        iso = r.get("cc", "").lower()
        iso = iso[:2] if re.match("[a-z]{2}", iso) else ""
        key = f"gn-{r['gn']}" if r.get("gn") else "wd-" + r["qid"].lower()
        if key in self.items:
            return
        kind = "Settlement" if locality else "AdministrativeArea" if iso else "Place"
        item = self.add(
            Item(
                key,
                kind,
                bare(names[0]) or names[0],
                (r.get("en") or [""])[0],
                names[1:],
                KEY_OF_ISO.get(iso, iso),
                located_in=KEY_OF_ISO.get(iso, iso),
                lat=r.get("lat"),
                lon=r.get("lon"),
                qid=r["qid"],
                source="kb:" + "+".join(r["src"][:3]),
                population=population or None,
                weight=min(75, int(10 * math.log10(population + 10))),
            )
        )
        item.english = {e.lower() for e in r.get("en", ())}
        for n in names:
            base = matchable(bare(n) or n)
            single = " " not in base
            frequent = common(base, n) if single else 0
            big = population >= 2_000_000
            tier = SURE if big and len(base) > 3 else COUNTRY
            if single and not big and frequent >= 4.0:
                if frequent >= 4.8 or base in self.rules["typed"]:
                    continue
                tier = VILLAGE
            if single and (base in self.given or len(base) <= 3):
                tier = TYPED if not big else COUNTRY
            self.name(item, bare(n) or n, tier)

    def seats(self) -> None:
        """Mark the entry of every capital; names of the table count without support."""
        for r in rows(LEXICON / "capitals.tsv"):
            names = {matchable(n) for n in r["capital"].split("|")}
            found = [
                i
                for i in self.items.values()
                if i.cls == "Settlement" and i.country == r["country"] and names & set(i.names)
            ]
            if not found:
                qid, source = self.stated(r["name_en"], "Settlement", r["country"])
                first = r["capital"].split("|")[0]
                found = [
                    self.add(
                        Item(
                            f"{r['country']}_capital",
                            "Settlement",
                            first,
                            r["name_en"],
                            [],
                            r["country"],
                            located_in=r["country"],
                            qid=qid,
                            source=source,
                        )
                    )
                ]
            best = max(found, key=lambda i: i.population or 0)
            best.weight = 85
            self.capitals[best.key] = r["country"]
            for n in r["capital"].split("|"):
                self.name(best, n, SURE)
                best.names.update(dict.fromkeys(variants(matchable(n), best), SURE))


def gz_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def with_article(adjective: str) -> str:
    return " ".join("ال" + w for w in adjective.split())


def worth(r: dict[str, Any], population: int) -> bool:
    """Whether a place is large enough, or lies where villages make the news."""
    if r["type"] in ("region", "macroregion", "disputed", "campus"):
        return True
    if r["cc"] == "IT":
        return population >= 150_000
    if r["cc"] in ("IR", "TR", "MA", "DZ", "AF", "ET", "SA", "AE", "QA", "XX"):
        return population >= 15_000 or (r["type"] in ("county", "localadmin") and population > 0 and r["cc"] != "MA")
    return population >= 3_000 or r["cc"] in SMALL_WANTED or r["type"] == "county"


def place_key(r: dict[str, Any]) -> str:
    gn = str(r.get("gn") or "").split(",")[0]
    return f"gn-{gn}" if gn.isdigit() and gn != "0" else f"wof-{r['wof']}"


def place_class(r: dict[str, Any]) -> str:
    kind = r["type"]
    if kind == "campus":
        return "Facility"
    if kind in ("region", "macroregion", "county") or (r.get("fcode") or "").startswith("ADM"):
        return "AdministrativeArea"
    return "Place" if kind == "disputed" else "Settlement"


def place_weight(r: dict[str, Any], population: int) -> int:
    weight = int(10 * math.log10(population + 10))
    if r["type"] in ("county", "localadmin") and r["cc"] != "UA":
        weight -= 14
    elif r["type"] == "region":
        weight -= 16
    return max(1, min(75, weight))


def bare(name: str) -> str:
    match = PLACE_NOUNS.match(name)
    return match.group(2) if match else ""


def variants(base: str, item: Item) -> set[str]:
    """Press spellings of one folded name: Abd-al compounds, أميركي, ميليشيا, ابن, and ج for the g of foreign names."""
    forms = {base}
    if re.search(r"\bعبد ?ال", base):
        forms |= {re.sub(r"\bعبد ال", "عبدال", base), re.sub(r"\bعبدال", "عبد ال", base)}
    pairs = (
        ("امريك", "اميرك"),
        ("اميرك", "امريك"),
        ("ميليشي", "مليشي"),
        ("مليشي", "ميليشي"),
        ("افريق", "إفريق"),
        (" بن ", " ابن "),
        ("ديمقراط", "ديموقراط"),
        ("ديموقراط", "ديمقراط"),
    )
    for old, new in pairs:
        forms |= {fold(f.replace(old, new)) for f in forms if old in f and (new not in f or len(new) < len(old))}
    if item.cls == "Person":
        forms |= {re.sub(r"\bابو ", "ابو", f) for f in forms} | {re.sub(r"\bالدين\b", "الدين", f) for f in forms}
    if "غ" in base and item.country in FOREIGN_G:
        forms |= {f.replace("غ", "ج") for f in forms}
    return forms


def blocked(names: Iterable[str]) -> set[str]:
    """Words that begin like a proclitic and a known name but are words of their own (كسرت, بلير, وادي)."""
    found = set()
    for name in names:
        if " " in name:
            continue
        own = zipf(name)
        for clitic in ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فل", "فب", "وك"):
            joined = zipf(clitic + name)
            if joined >= 2.8 and joined > own - 0.3:
                found.add(clitic + name)
            elif len(name) <= 4 and joined >= 3.6 and joined > own - 0.4:
                found.add(clitic + name)
    return found


def write(builder: Builder, out: Path) -> tuple[int, int]:
    meanings: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    items = {i.key: i for i in builder.items.values()}
    for item in items.values():
        for name, tier in item.names.items():
            line = f"{item.key},{tier},{item.cls},{CONTEXT.get(item.key, item.country)},{item.weight},{item.located_in}"
            meanings[name].append((tier, -item.weight, line))
    for name in builder.rules["guard"]:
        meanings[name] = []
    names = sorted(meanings)
    spans: dict[str, int] = {}
    for name in names:
        words = name.split(" ")
        spans[words[0]] = max(spans.get(words[0], 1), len(words))
    nouns: dict[str, list[str]] = defaultdict(list)
    for r in rows(LEXICON / "place_nouns.tsv"):
        for word in r["words"].split("|"):
            nouns[r["kind"]].append(matchable(word) + (f"\t{r['class']}" if r["class"] else ""))
    blobs = {
        "names": names,
        "meanings": [";".join(line for _, _, line in sorted(meanings[n])[:8]) for n in names],
        "spans": [f"{w}\t{n}" for w, n in sorted(spans.items())],
        "blocked": sorted(blocked(n for n in names if min((t for t, _, _ in meanings[n]), default=9) <= VILLAGE)),
        "demonyms": [f"{w}\t{c}" for w, c in sorted(builder.demonym.items())],
        "capitals": [f"{k}\t{c}" for k, c in sorted(builder.capitals.items())],
        "places": nouns["place"],
        "titles": nouns["title"],
        "houses": nouns["house"],
        "media": nouns["media"],
        "given": sorted(builder.given),
    }
    out.unlink(missing_ok=True)
    db = sqlite3.connect(out)
    db.executescript(
        "PRAGMA page_size=4096; CREATE TABLE blob(name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;"
        "CREATE TABLE entry(key TEXT PRIMARY KEY, cls TEXT, name_ar TEXT, name_en TEXT, aliases_ar TEXT, country TEXT,"
        " part_of TEXT, located_in TEXT, lat REAL, lon REAL, qid TEXT, qid_source TEXT, population INTEGER,"
        " active_from TEXT, active_to TEXT) WITHOUT ROWID;"
    )
    db.executemany(
        "INSERT INTO blob VALUES (?, ?)",
        [(k, zlib.compress("\n".join(v).encode(), 9)) for k, v in sorted(blobs.items())],
    )
    for key, i in sorted(builder.items.items()):
        if i.key != key:  # the key of actors.tsv for a state: kept as another way to it
            continue
        aliases = "|".join(dict.fromkeys(a for a in i.aliases if a and a != i.name_ar))
        db.execute(
            "INSERT INTO entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                i.key,
                i.cls,
                i.name_ar,
                i.name_en,
                aliases or None,
                i.country or None,
                i.part_of or None,
                i.located_in or None,
                round(float(i.lat), 5) if i.lat not in (None, "") else None,
                round(float(i.lon), 5) if i.lon not in (None, "") else None,
                i.qid or None,
                i.source or None,
                i.population,
                i.start or None,
                i.end or None,
            ),
        )
    db.execute(
        "INSERT INTO blob VALUES ('also', ?)",
        (zlib.compress("\n".join(f"{k}\t{i.key}" for k, i in sorted(builder.items.items()) if k != i.key).encode()),),
    )
    db.commit()
    db.execute("VACUUM")
    db.close()
    return len(items), len(names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path)
    parser.add_argument("--names", type=Path, help="folder of given names: refreshes ontology/lexicon/given_names.txt")
    args = parser.parse_args()
    builder = Builder(args.facts, args.names)
    builder.countries()
    builder.demonyms()
    builder.actors()
    builder.forces()
    builder.places()
    builder.world()
    for r in builder.place_additions:
        builder.place_addition(r)
    builder.seats()
    entries, names = write(builder, OUT)
    print(f"{entries} entries, {names} names, {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
