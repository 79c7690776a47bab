"""Other spellings of names, from the rules of ontology/lexicon/spellings.tsv, where they can be nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb_build.actors import ARAB
from kb_build.base import Base
from kb_build.words import LEXICON, PLACE_CLASSES, Item, common, rows
from khabar.kb.records import COUNTRY

SHORTEST = 5  # letters of a word that a rule may change
ORDINARY = 3.4  # zipf frequency from which a word is an ordinary one
PROMINENT, TOWN = 60, 50  # weights from which actors and towns get other spellings
ALONE = frozenset(("Person", "PrivateMilitaryCompany", "Settlement"))  # whose names of one word are spelt, too
CLASSES = ALONE | frozenset(("Militia", "RebelGroup", "Organization", "StateForce", "AdministrativeArea"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of writing a sound in another letter; `seen` asks for a new word that is in use."""

    names: str
    seen: bool
    pattern: re.Pattern[str]
    into: str

    def spellings(self, name: str) -> Iterator[tuple[str, str, str]]:
        """The other spellings of a folded name, each with the word of it that changed, as it was and as it is."""
        for found in self.pattern.finditer(name):
            new = name[: found.start()] + found.expand(self.into) + name[found.end() :]
            begin = name.rfind(" ", 0, found.start() + 1) + 1
            yield new, name[begin:].split(" ")[0], new[begin:].split(" ")[0]


def rules() -> list[Rule]:
    """The rules of the table."""
    return [
        Rule(r["names"], r["use"] == "seen", re.compile(r["pattern"]), r["with"])
        for r in rows(LEXICON / "spellings.tsv")
    ]


def spellings(b: Base) -> int:
    """Add the spellings that no other entry and no ordinary word claims; the number of them."""
    taken = {n for i in b.items.values() for n in i.names} | b.rules["guard"] | b.rules["drop"]
    table = rules()
    found: dict[str, tuple[Item, int]] = {}
    claims: Counter[str] = Counter()
    for item in {i.key: i for i in b.items.values()}.values():
        if item.cls not in CLASSES or item.weight < (TOWN if item.cls in PLACE_CLASSES else PROMINENT):
            continue
        own: dict[str, int] = {}
        for name, tier in item.names.items():
            if tier <= COUNTRY:
                for new in _spelt(b, item, name, table):
                    own[new] = min(tier, own.get(new, tier))
        for new in own.keys() - taken:
            claims[new] += 1
            found[new] = item, own[new]
    kept = {new: held for new, held in found.items() if claims[new] == 1}
    for new, (item, tier) in kept.items():
        item.names[new] = tier
    return len(kept)


def _spelt(b: Base, item: Item, name: str, table: list[Rule]) -> Iterator[str]:
    """The spellings of one name that are no ordinary words, nor made of one."""
    if " " not in name and item.cls not in ALONE:
        return
    foreign = bool(item.country) and item.country not in ARAB
    kinds = {"towns"} if item.cls in PLACE_CLASSES else {"towns", "foreign"}
    kinds = (kinds if foreign else set()) | ({"person"} if item.cls == "Person" else set())
    for rule in table:
        if rule.names not in kinds or (rule.seen and " " not in name):
            continue  # one word alone that sounds alike is too often another name
        for new, old, word in rule.spellings(name):
            frequent = common(word)
            if len(word) < SHORTEST or (rule.seen and not frequent) or word.removeprefix("ال") in b.given:
                continue
            ordinary = item.cls != "Person" and " " in new and common(old) >= ORDINARY
            if ordinary or frequent >= ORDINARY or word in b.demonym:
                continue
            yield new
