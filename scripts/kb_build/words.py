"""What the builder reads with: tables, Arabic names in matchable form, word frequencies, spelling variants."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wordfreq import iter_wordlist, zipf_frequency

from khabar.text import fold, normalise

ROOT = Path(__file__).resolve().parents[2]
LEXICON = ROOT / "ontology" / "lexicon"
# What must be spoken of besides the entry's own country; القاعدة counts where the Islamic State is named.
CONTEXT = {"arab_coalition": "ye", "isis": "jihad", "alqaeda": "jihad", "coalition_isis": "jihad"}
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
PLACE_CLASSES = frozenset({"Settlement", "AdministrativeArea", "Place", "Facility"})
KEY_OF_ISO = {"au": "australia"}  # `au` is the African Union of actors.tsv


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


def gz_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


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


def glued(base: str) -> str:
    """A name of two words written as one, as careless papers do (الأممالمتحدة); empty when it would be too short."""
    words = base.split(" ")
    if len(words) == 2 and words[1].startswith("ال") and len(base) > 9 and words[0][-1] not in "اودذرزي":
        return "".join(words)
    return ""
