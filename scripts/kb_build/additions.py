"""Places of our own table, and the capitals."""

from __future__ import annotations

from kb_build.base import Base
from kb_build.places import add_place
from kb_build.words import LEXICON, Item, common, key_of, matchable, rows, variants
from khabar.kb.records import ALIAS, COUNTRY, SURE, VILLAGE


def place_addition(b: Base, r: dict[str, str]) -> None:
    """Arabic names for a place of the gazetteer that it knows by its English name, or a place of its own."""
    country = key_of(r["country"].lower())
    names = [r["name_ar"], *(a for a in r["aliases_ar"].split("|") if a)]
    item = known_place(b, r["class"], {matchable(n) for n in names}, r["name_en"].lower(), country)
    if item is None:
        qid, source = b.stated(r["name_en"], r["class"], country)
        if qid in b.by_qid:
            item = b.items[b.by_qid[qid]]
        else:
            item = b.add(
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
        if base in b.rules["typed"]:
            b.name(item, n, VILLAGE)
            continue
        tier = ALIAS if base in b.given or len(base) <= 2 else COUNTRY if frequent >= 3.5 or len(base) == 3 else SURE
        b.name(item, n, COUNTRY if tier == SURE and r["class"] == "Settlement" and " " not in base else tier)


def known_place(b: Base, cls: str, names: set[str], english: str, country: str) -> Item | None:
    """Find the gazetteer place of that name, if there is one."""
    found = [
        i
        for i in b.items.values()
        if i.cls == cls and (i.country == country or cls == "Place") and (names & set(i.names) or english in i.english)
    ]
    if found:
        return max(found, key=lambda i: i.weight)
    records = b.unnamed.get((country, english), [])
    if cls == "Settlement" and records:
        r = max(records, key=lambda r: int(r.get("pop") or 0))
        return add_place(b, r, [], int(r.get("pop") or 0))
    return None


def seats(b: Base) -> None:
    """Mark the entry of every capital; names of the table count without support."""
    for r in rows(LEXICON / "capitals.tsv"):
        names = {matchable(n) for n in r["capital"].split("|")}
        found = [
            i for i in b.items.values() if i.cls == "Settlement" and i.country == r["country"] and names & set(i.names)
        ]
        if not found:
            qid, source = b.stated(r["name_en"], "Settlement", r["country"])
            first = r["capital"].split("|")[0]
            found = [
                b.add(
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
        b.capitals[best.key] = r["country"]
        for n in r["capital"].split("|"):
            b.name(best, n, SURE)
            best.names.update(dict.fromkeys(variants(matchable(n), best), SURE))
