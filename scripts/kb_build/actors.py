"""The curated actors, and our own additions to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kb_build.base import Base
from kb_build.words import Item, common, key_of, matchable, rows
from khabar.kb.records import ALIAS, COUNTRY, SURE

ARAB = frozenset("ae bh dj dz eg eh iq jo kw lb ly ma mr om ps qa sa sd so sy tn ye ir".split())


def actors(b: Base) -> None:
    """The curated actors and our additions; rows of states join the state's entry."""
    weak: dict[str, set[str]] = defaultdict(set)
    for r in rows(b.facts / "ambiguous_aliases.tsv"):
        for key in r["keys"].split("|"):
            weak[key].add(matchable(r["alias"]))
    curated = list(rows(b.facts / "actors.tsv"))
    surnames = {matchable(r["name_ar"]).split()[-1] for r in curated if r["class"] == "Person"}
    for r in curated:
        if r["class"] == "Organization":  # غولن is the man, not his movement
            r["aliases_ar"] = "|".join(a for a in r["aliases_ar"].split("|") if matchable(a) not in surnames)
        actor(b, r, weak[r["key"]])
    for r in b.additions:
        addition(b, r)


def actor(b: Base, r: dict[str, str], weak: set[str]) -> None:
    """Read a row of the curated table."""
    country = key_of(r["country"].lower())
    aliases = [a for a in r["aliases_ar"].split("|") if a]
    if r["class"] == "Country":
        item = b.items[country]
        item.aliases += [a for a in aliases if a not in item.aliases]
        if r["qid"]:
            item.qid, item.source = r["qid"], r["qid_source"]
        b.items[r["key"]] = item
    else:
        item = b.add(
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
    actor_names(b, item, [r["name_ar"], *aliases], weak)


def actor_names(b: Base, item: Item, names: Iterable[str], weak: Iterable[str] = ()) -> None:
    """Give an actor its names, each with the support it needs."""
    for alias in names:
        base = matchable(alias)
        b.taken.setdefault(base, item.key)
        b.name(item, alias, ALIAS if base in weak else actor_tier(b, item, base, alias))


def addition(b: Base, r: dict[str, str]) -> None:
    """A name of our own table: more spellings for a curated actor, or an entry of its own."""
    country = key_of(r["country"].lower())
    aliases = [a for a in r["aliases_ar"].split("|") if a]
    known = b.taken.get(matchable(r["name_ar"]))
    qid, source = r["qid"], r["qid_source"]
    if not qid and r["name_en"]:
        qid, source = b.stated(r["name_en"], r["class"], country)
    if known is None and qid in b.by_qid:
        known = b.by_qid[qid]
    item = b.items.get(known or "")
    if item is not None and (item.cls == "Person") == (r["class"] == "Person"):
        extra = [a for a in [r["name_ar"], *aliases] if a != item.name_ar and a not in item.aliases]
        item.aliases += extra
        if qid and not item.qid:
            item.qid, item.source = qid, source
            b.by_qid.setdefault(qid, item.key)
        actor_names(b, item, extra)
        return
    item = b.add(
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
    actor_names(b, item, [r["name_ar"], *aliases])


def actor_tier(b: Base, item: Item, base: str, alias: str) -> int:
    """Support that a curated name needs: single ordinary words and surnames of Arabic form need some."""
    words = base.split()
    if item.cls == "Country":
        return SURE
    if len(words) == 1:
        if base in b.given or (len(base) <= 3 and item.cls != "MediaOutlet"):
            return ALIAS
        frequent = common(base, alias)
        if item.country in ARAB and (item.cls == "MediaOutlet" or (item.cls == "Militia" and frequent >= 3.5)):
            return COUNTRY
        if item.cls == "Person":
            if frequent >= 4.6 and item.country in ARAB:
                return ALIAS
            return COUNTRY if item.country in ARAB or frequent >= 4.4 or len(base) <= 4 else SURE
        return (
            COUNTRY if frequent >= 4.8 and item.cls in ("MediaOutlet", "Conflict", "Materiel", "Organization") else SURE
        )
    if min(common(w) for w in words) >= 4.6 and item.cls not in ("Person", "InternationalOrganization", "Materiel"):
        return SURE if any(w in b.nation_words for w in words) or not item.country else COUNTRY
    if item.cls == "Person" and len(words) == 2 and all(w in b.given for w in words):
        return COUNTRY
    return SURE
