"""Cities, areas and people of wikidata_names that the other files lack."""

from __future__ import annotations

import math
import re
from typing import Any

from kb_build.base import Base
from kb_build.words import KEY_OF_ISO, Item, bare, common, matchable, plain
from khabar.kb.records import ALIAS, COUNTRY, SURE, TYPED, VILLAGE


def world(b: Base) -> None:
    """Cities, areas and people of wikidata_names that the other files lack."""
    citizens = {i.qid: i.key for i in b.items.values() if i.cls == "Country" and i.qid}
    for r in b.wikidata:
        arabic = [n for n in r.get("en", []) if plain(n)]
        if not (r.get("ar") or arabic) or r["qid"] in b.by_qid:
            continue
        kind, types = r["kind"], r.get("types", [])
        if kind == "person":
            person(b, r, citizens)
        elif kind in ("place", "territory", "admin1") and "whosonfirst" not in r.get("ar", {}).values():
            city(b, r, "place:locality" in types)


def person(b: Base, r: dict[str, Any], citizens: dict[str, str]) -> None:
    """Add a person of wikidata_names with a full Arabic name."""
    names = [n for n in map(plain, [*r.get("ar", ()), *r.get("en", ())]) if n and len(n.split()) > 1]
    names = list(dict.fromkeys(names))
    if not names or any(b.taken.get(matchable(n)) for n in names):
        return
    country = citizens.get(r.get("citizen", ""), "")
    item = b.add(
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
        ordinary = all(w in b.given or common(w) >= 4.4 for w in words)
        b.name(item, n, COUNTRY if ordinary and country else (ALIAS if ordinary else SURE))


def city(b: Base, r: dict[str, Any], locality: bool) -> None:
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
    if key in b.items:
        return
    kind = "Settlement" if locality else "AdministrativeArea" if iso else "Place"
    item = b.add(
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
            if frequent >= 4.8 or base in b.rules["typed"]:
                continue
            tier = VILLAGE
        if single and (base in b.given or len(base) <= 3):
            tier = TYPED if not big else COUNTRY
        if base in b.rules["typed"]:
            tier = TYPED
        b.name(item, bare(n) or n, tier)
