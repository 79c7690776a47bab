"""Places of the gazetteer, and the support that their names need."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from kb_build.base import Base
from kb_build.words import Item, bare, common, gz_rows, key_of, lines, matchable, plain
from khabar.kb.records import COUNTRY, SURE, TYPED, VILLAGE

_PERSIAN = str.maketrans("کی", "كي")  # letters of another keyboard in Arabic names
WRITTEN = 76  # weight of the curated places, which keep their names
SMALL_WANTED = frozenset("SY IQ YE LB PS LY SD SS EG IL UA".split())


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


def places(b: Base) -> None:
    """Places of the gazetteer, by size: the smaller, the more support."""
    extra = {
        r["geonameid"]: (r["qid"], "geonames_to_qid:" + r["source"])
        for r in gz_rows(b.facts / "geonames_to_qid.tsv.gz")
    }
    regions: dict[int, str] = {}
    kept = []
    b.extra, b.regions = extra, regions
    for r in lines(b.facts / "places.jsonl.gz"):
        if r["type"] == "country" or r.get("end"):
            continue
        if not r.get("ar"):
            for name in {r["name"].lower(), *(e.lower() for e in r.get("en", []))}:
                b.unnamed[r["cc"].lower(), name].append(r)
            continue
        if r["type"] in ("region", "macroregion"):
            regions[r["wof"]] = place_key(r)
        kept.append(r)
    for r in kept:
        population = int(r.get("pop") or 0)
        names = [n for n in map(plain, (a.translate(_PERSIAN) for a in r["ar"])) if n]
        if not names or place_key(r) in b.items or not worth(r, population):
            continue
        qid = r.get("qid") or extra.get(str(r.get("gn", "")), ("",))[0]
        if qid in b.by_qid:
            known = b.items[b.by_qid[qid]]
            locate(b, known, r)
            if known.cls == place_class(r) and known.country == key_of(r["cc"].lower()) and known.weight < WRITTEN:
                grown(b, known, r, names, population)
            continue
        place_names(b, add_place(b, r, names, population), r, names, population)


def add_place(b: Base, r: dict[str, Any], names: list[str], population: int) -> Item:
    """Make the entry of a gazetteer record."""
    qid, source = (r["qid"], "whosonfirst") if r.get("qid") else b.extra.get(str(r.get("gn", "")), ("", ""))
    iso, key = r["cc"].lower(), place_key(r)
    region = b.regions.get(r.get("region", 0), "")
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
    return b.add(item)


def locate(b: Base, item: Item, r: dict[str, Any]) -> None:
    """Give a known place its coordinates."""
    if item.lat is None and item.cls in ("Settlement", "AdministrativeArea", "Place", "Facility"):
        item.lat, item.lon = r["lat"], r["lon"]


def grown(b: Base, item: Item, r: dict[str, Any], names: list[str], population: int) -> None:
    """Give a place that a smaller record brought in the size and the names of this one."""
    if population > (item.population or 0):
        item.population, item.weight = population, place_weight(r, population)
        item.aliases += [n for n in names if n != item.name_ar and n not in item.aliases]
        place_names(b, item, r, names, population)


def place_names(b: Base, item: Item, r: dict[str, Any], names: Iterable[str], population: int) -> None:
    """Give a place its names, without its type noun."""
    for name in names:
        stripped = bare(name)
        for form in sorted({name, stripped} - {""}):
            if "ال" + form in names:  # بصرة beside البصرة is a word of its own
                continue
            if item.cls == "AdministrativeArea" and stripped and form == name:
                continue
            b.name(item, form, place_tier(b, item, r, matchable(form), form, population))


def place_tier(b: Base, item: Item, r: dict[str, Any], base: str, form: str, population: int) -> int:
    """Tell the support that a place name needs."""
    words = base.split()
    single = len(words) == 1
    frequent = common(base, form) if single else min(common(w) for w in words)
    seat = (r.get("fcode") or "") in ("PPLA", "PPLA2") or r["type"] in ("region", "macroregion", "disputed")
    if base.startswith(("عبد ال", "عبدال")) or (words[0] in ("ابو", "ام", "بن") and population < 5_000):
        return TYPED
    if r["type"] == "neighbourhood" and population < 20_000:
        return VILLAGE if not single else TYPED
    if base in b.rules["typed"] or (single and (base in b.given or len(base) <= 2)):
        town = base in b.rules["towns"] or base not in b.rules["typed"]
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
