"""Decides which names found in a text count, and what they most likely mean, from the rest of that text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.kb.matcher import Match, Words
from khabar.kb.records import ALIAS, COUNTRY, SURE, TYPED, VILLAGE, Candidate

_AREA_WEIGHT = 40
_SHARE = 6  # a village counts where its country has at least a sixth of the mentions of the first
_GAMES, _GAME_SHARE = 4, 60  # words of sport, and how many words of text each may stand for, in a sports report
_TOWNS = ("Settlement", "AdministrativeArea")
_DATELINE = 14
_QUOTES = ("(", ")", '"', "«", "»", "“", "”")
_PLACES = frozenset({"Settlement", "AdministrativeArea", "Place", "Facility", "Country"})
# Broken plurals after which سورية is an adjective.
_PLURALS = frozenset("مصادر فصايل عناصر مناطق مواقع اطراف قري مدن اراض جنود اهداف نواب وسايل احزاب".split())
# Words before a state whose name is also an ordinary word: (في، شمال، حكومة) مالي.
_OF_STATE = frozenset(
    "في شمال شمالي جنوب جنوبي وسط شرق غرب حكومه رييس جيش دوله جمهوريه داخل ان من الي مع بين ضد عن".split()
)
_FIXED = frozenset("ملعب استاد ستاد جامعه شركه".split())
_AREAS = ("الداخليه", "الخارجيه")
_KIN = ("ابو", "ابي", "ابا", "ام", "ال", "بن", "ابن", "بنت", "ولد")


@dataclass(frozen=True, slots=True)
class Nouns:
    """Words that say what stands beside them: places by class, titles, given names, houses, media, sport, clubs."""

    places: Mapping[str, str]
    named: frozenset[str]
    after: Mapping[str, str]
    titles: frozenset[str]
    given: frozenset[str]
    houses: frozenset[str]
    media: frozenset[str]
    sport: frozenset[str]
    clubs: frozenset[str]


class Context:
    """The evidence of one text: countries it speaks of, entries it names without doubt."""

    def __init__(self, text: str, words: Words, nouns: Nouns) -> None:
        self._text = text
        self._words = words
        self._nouns = nouns
        self.countries: Counter[str] = Counter()
        self.keys: set[str] = set()
        self.regions: set[str] = set()
        self._demonyms: Mapping[str, str] = {}
        played = sum(word in nouns.sport for word in words.text)
        self.sport = played >= _GAMES and played * _GAME_SHARE >= len(words.text)

    def learn(self, sure: Sequence[tuple[Match, tuple[Candidate, ...]]], demonyms: Mapping[str, str]) -> None:
        """Count the countries of sure names and of nationality words; remember the entries named."""
        for _, candidates in sure:
            if not candidates:
                continue
            first = candidates[0]
            if len({c.country for c in candidates if c.tier == SURE}) == 1 and first.country:
                self.countries[first.country] += 2 if first.cls == "Country" else 1
            for c in candidates:
                if c.tier == SURE:
                    self.keys.add(c.key)
                    if c.region:
                        self.regions.add(c.region)
        self._demonyms = demonyms
        for word in self._words.text:
            found = demonyms.get(word) or (demonyms.get(word[1:]) if word[0] in "وبل" else None)
            if found:
                self.countries[found] += 1

    def confirm(self, found: Sequence[tuple[Match, tuple[Candidate, ...]]]) -> None:
        """Remember the entries that longer names of a country spoken of stand for: حركة أمل, in Lebanon."""
        for match, candidates in leftmost_longest(found):
            first = candidates[0] if candidates else None
            if first is None or first.tier != COUNTRY:
                continue
            if first.cls == "Country" and self.stately(match):
                self.countries[first.country] += 2
            elif match.last - match.first > 1 and first.country in self.countries:
                self.keys.add(first.key)

    def stately(self, match: Match) -> bool:
        """Whether what stands before asks for a state where the name is an ordinary word, too: (اشترت، شمال) مالي."""
        before = self.before(match)
        whole = match.begin == self._words.begins[match.first]
        return not before or before in _OF_STATE or (whole and (before.endswith("ت") or before.startswith("ت")))

    def before(self, match: Match) -> str:
        """The word before a match; empty at the beginning."""
        if match.first == 0:
            return ""
        return self._words.text[match.first - 1]

    def noun_before(self, match: Match) -> str | None:
        """The class that a noun right before the match gives it (قرية، محافظة، العاصمة ...), if any."""
        if (after := self.told_after(match)) is not None:
            return after
        if match.begin != self._words.begins[match.first]:
            return None
        word, places = self.before(match), self._nouns.places
        if match.first > 1 and word.startswith("ال") and word in self._demonyms:
            word = self._words.text[match.first - 2]  # (العاصمة التونسية) تونس
            return "Settlement" if word.endswith(("العاصمه", "المدينه")) else None
        full = "ال" + word[2:] if word.startswith("لل") else ""
        for cut in (word, full, word[1:] if word[:1] in "وبلف" else "", word[2:] if word[:1] in "وف" else ""):
            if cut in places:
                return places[cut]
            if cut in ("العاصمه", "عاصمه"):
                return "Settlement"
        return None

    def told_after(self, match: Match) -> str | None:
        """The class that what follows a place gives it: (الحوطة) عاصمة المحافظة، (عدن) ومحافظات أخرى."""
        words = self._words.text[match.last : match.last + 2]
        if len(words) < 2 or not self._text[match.end : self._words.begins[match.last]].strip("،, (") == "":
            return None
        return self._nouns.after.get(words[0]) or self._nouns.after.get(" ".join(words))

    def chained(self, match: Match, last: int) -> bool:
        """Whether the match goes on a list of places whose latest ended before word `last`: و or a comma between."""
        if match.first != last or not last:
            return False
        begin = self._words.begins[match.first]
        return match.begin > begin or "،" in self._text[self._words.ends[last - 1] : begin]

    def quoted(self, match: Match) -> bool:
        """Whether the match stands alone between quotation marks, or signs a dateline."""
        after = self._text[match.end : match.end + 2].strip(" ")
        if match.first < _DATELINE and after[:1] in ("\n", "–", "-", ":"):
            return True
        return self.in_quotes(match)

    def in_quotes(self, match: Match) -> bool:
        """Whether the match stands alone between quotation marks."""
        return self._text[match.begin - 1 : match.begin] in _QUOTES and self._text[match.end : match.end + 1] in _QUOTES

    def titled(self, match: Match) -> bool:
        """Whether a title (الرئيس، الجنرال ...) stands right before the match."""
        word = self.before(match)
        return any(w in self._nouns.titles for w in (word, word[1:], "ا" + word[1:]))

    def of_longer_name(self, match: Match) -> bool:
        """Whether the match is likely the tail of another name: after a given name, أبو, بن, or شارع, مسجد, جامعة."""
        if match.begin != self._words.begins[match.first]:
            return False
        word = self.before(match)
        if not word:
            return False
        if word == "علي" and self._text[self._words.ends[match.first - 1] - 1] == "ى":
            return False  # the preposition, not the name
        if word.startswith("عبدال"):
            return True
        return word in self._nouns.given or word in _KIN or (word[1:] in self._nouns.given and word[0] in "ولب")

    def adjective(self, match: Match, demonyms: Mapping[str, str]) -> bool:
        """Whether a state's name is its adjective here: السعودية after a definite noun, سورية after قوات."""
        word = self._words.text[match.first]
        if match.last - match.first > 1 or word not in demonyms:
            return False
        before = self.before(match)
        if word.startswith("ال"):
            return (
                before.startswith(("ال", "وال", "بال", "لل", "فال", "كال"))
                and before not in ("الي", "والي")
                and before not in demonyms
            )
        return (before.endswith(("ه", "ات", "ين")) or before in _PLURALS) and before not in ("بين", "علي")

    def club(self, match: Match, candidate: Candidate) -> bool:
        """Whether a place's name is that of its club: روما الإيطالي, and in sports reports wherever nothing lies."""
        if self.sport and candidate.cls == "InternationalOrganization":
            return self._words.text[match.first] == "الاتحاد"  # of football
        if candidate.cls not in (*_TOWNS, "Country"):
            return False
        after = self._words.text[match.last] if match.last < len(self._words.text) else ""
        named = candidate.cls != "AdministrativeArea" and self.noun_before(match) is None
        if named and after[:2] == "ال" and after[-1:] == "ي" and self._demonyms.get(after) == candidate.country:
            return True
        if candidate.cls == "Country":
            return False
        if self.before(match).lstrip("لب") in self._nouns.clubs:
            return True
        if not self.sport:
            return False
        held = self._text[self._words.begins[match.first] : match.begin].endswith("ب") or self.before(match) == "في"
        return not held and self.noun_before(match) not in _TOWNS

    def fixed(self, match: Match) -> bool:
        """Whether a state or an outlet is but a part of the name of a ground, a university or a company."""
        return self.before(match).lstrip("ولب") in _FIXED

    def foreign_policy(self, match: Match) -> bool:
        """Whether a ministry's short name is an adjective here: (السياسة) الخارجية الأمريكية."""
        before = self.before(match)
        return self._words.text[match.first] in _AREAS and before.startswith("ال") and before not in ("الي", "اليوم")

    def elder(self, match: Match) -> bool:
        """Whether the father of whom the knowledge base knows is meant: بوش الأب."""
        return self._words.text[match.last : match.last + 1] == ("الاب",)

    def outgrown(self, match: Match) -> bool:
        """Whether a name of father and son goes on with a family name: عبد الله بن عبد العزيز الربيعة."""
        words = self._words.text[match.first : match.last]
        after = self._words.text[match.last] if match.last < len(self._words.text) else ""
        if "بن" not in words or not after.startswith("ال") or after in self._nouns.titles or after == "الي":
            return False
        return self._text[match.end : self._words.begins[match.last]] == " "

    def family(self, match: Match) -> bool:
        """Whether the match begins with ابن or بن and so may be the tail of a longer name."""
        return self._words.text[match.first] in _KIN

    def named_after(self, match: Match) -> bool:
        """Whether the match is whom something is named after: مستشفى الملك سلمان، محطة عرفات."""
        word = self.before(match)
        return word in self._nouns.named or word[1:] in self._nouns.named

    def in_house(self, match: Match) -> bool:
        """Whether a noun of institutions (مستشفى، جامعة، شارع ...) stands right before the match."""
        word = self.before(match)
        return word.removeprefix("ال") in self._nouns.houses or word[1:].removeprefix("ال") in self._nouns.houses

    def supported(self, match: Match, candidate: Candidate, chained: bool) -> bool:
        """Whether the text supports this meaning of the name, by the tier of support it asks for.

        SURE: always. COUNTRY: its country is spoken of, or the entry is named elsewhere. ALIAS: the entry is named
        elsewhere by a sure name, or a title stands before a person. VILLAGE: its country is spoken of AND its region
        is named, or a noun of places stands before it. TYPED: a noun of places before it (or a chain of such) and its
        country.
        """
        tier, place = candidate.tier, candidate.cls in _PLACES
        if tier == SURE:
            return True
        elsewhere = candidate.key in self.keys
        near = candidate.country in self.countries
        noun = place and (chained or self.noun_before(match) in (*_TOWNS, candidate.cls))
        if candidate.cls == "MediaOutlet":
            return elsewhere or self.quoted(match) or self.before(match).removeprefix("ل") in self._nouns.media
        if tier == COUNTRY:
            if candidate.cls == "Country":
                return near or chained or self.stately(match)
            head = candidate.cls == "Person" and self.before(match) == "الرييس"
            return elsewhere or near or head or (noun and not self.countries)
        if tier == ALIAS:
            return elsewhere or (near and candidate.cls == "Person" and self.titled(match)) or (near and noun)
        near = near and self.countries[candidate.country] * _SHARE >= max(self.countries.values())
        if tier == VILLAGE:
            return near and (noun or (candidate.region != candidate.country and candidate.region in self.regions))
        return tier == TYPED and near and noun

    def ranked(self, match: Match, candidates: Sequence[Candidate], chained: bool) -> tuple[Candidate, ...]:
        """The supported meanings, best first: kind asked for by the noun before, countries spoken of, prominence."""
        kept = [c for c in candidates if self.supported(match, c, chained)]
        if len(kept) < 2:
            return tuple(kept)
        town = any(c.cls == "Settlement" and c.tier == SURE for c in kept)
        noun, quoted = self.noun_before(match), self.in_quotes(match) if town else self.quoted(match)

        def score(c: Candidate) -> tuple[int, float]:
            fits = 1 if noun is not None and c.cls == noun else 0
            if c.cls == "MediaOutlet":
                fits = 1 if quoted or self.before(match) in self._nouns.media else -1
            votes = self.countries.get(c.country, 0)
            total = max(1, sum(self.countries.values()))
            return fits, c.weight + _AREA_WEIGHT * votes / total + (20 if votes else 0) + (
                30 if c.key in self.keys else 0
            )

        kept.sort(key=score, reverse=True)
        if kept[0].cls == noun == "Settlement":  # (العاصمة) تونس
            kept = [c for c in kept if c.cls != "Country"]
        return tuple(kept)


def leftmost_longest(found: Sequence[tuple[Match, tuple[Candidate, ...]]]) -> list[tuple[Match, tuple[Candidate, ...]]]:
    """Of overlapping matches the one that begins first, of these the longest."""
    kept: list[tuple[Match, tuple[Candidate, ...]]] = []
    reach = -1
    for item in sorted(found, key=lambda pair: (pair[0].begin, -pair[0].end)):
        if item[0].begin >= reach:
            kept.append(item)
            reach = item[0].end
    return kept
