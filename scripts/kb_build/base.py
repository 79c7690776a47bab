"""The entries in the making, and what every reader of facts needs: adding, naming, asking for a stated QID."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from kb_build.words import CONTEXT, LEXICON, PLACE_CLASSES, Item, glued, lines, matchable, plain, rows, variants
from khabar.kb.records import ALIAS, COUNTRY, SURE


class Base:
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
        self.offices: dict[str, str] = {}
        self.adjectives: dict[str, tuple[str, str]] = {}
        self.nation_words: set[str] = set()
        self.extra: dict[str, tuple[str, str]] = {}
        self.regions: dict[int, str] = {}
        self.states: set[str] = set()  # names of states: villages of that name are left out
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
        if item.cls in PLACE_CLASSES and base in self.states and (item.population or 0) < 300_000:
            return
        if base in self.rules["sure"]:
            tier = min(tier, SURE) if item.weight >= 30 else tier
        elif base in self.rules["alias"]:
            tier = max(tier, ALIAS)
        elif base in self.rules["country"]:
            tier = max(tier, COUNTRY)
        elif base in self.rules["near"] and item.cls == "Person":
            tier = min(tier, COUNTRY)
        if tier == COUNTRY and not item.country and item.key not in CONTEXT and " " in base:
            tier = SURE
        for form in variants(base, item):
            if form not in self.rules["drop"]:
                item.names[form] = min(tier, item.names.get(form, 9))
        if tier == SURE and item.weight >= 70 and (whole := glued(base)):
            item.names.setdefault(whole, SURE)

    def stated(self, english: str, cls: str, country: str) -> tuple[str, str]:
        """The QID that the files state for exactly one thing of this English name and kind, with its source.

        A label that two things of a kind share (of a kind and state, for towns) gives none.
        """
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
        if cls == "Settlement":
            found = [r for r in found if r.get("cc", country).lower()[:2] in (country, "")]
        if len(found) != 1:
            return "", ""
        if cls == "Person" and found[0].get("citizen", home) != home and "elevant:Q215627" not in found[0]["types"]:
            return "", ""
        return found[0]["qid"], "kb:" + "+".join(found[0]["src"][:3])
