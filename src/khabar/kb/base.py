"""The knowledge base as one read-only file: names to find in texts, entries to look up, demonyms, capitals."""

from __future__ import annotations

import copy
import re
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from khabar.errors import ResourceError
from khabar.kb.context import Context, Nouns, leftmost_longest
from khabar.kb.matcher import Match, Matcher, split
from khabar.kb.records import SURE, Candidate, Entry, Hit
from khabar.resources import folder
from khabar.text import View

FILE = "kb.sqlite"
_COLUMNS = (
    "key, cls, name_ar, name_en, aliases_ar, country, part_of, located_in, lat, lon, qid, qid_source, population,"
    " active_from, active_to"
)
Found = tuple[Match, tuple[Candidate, ...]]
_ADVERB = "\u064b"  # روسيًا: by Russia, no name of it
_CURATED = 70  # the weight of persons of the curated table


class KnowledgeBase:
    """Names and entries; safe to share between threads, to be opened anew in each process."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ResourceError(f"no knowledge base at {path}; install khabar again, or run scripts/build_kb.py")
        self._path = path
        self._lock = threading.Lock()
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            blobs = {
                name: zlib.decompress(data).decode("utf-8")
                for name, data in self._db.execute("SELECT name, data FROM blob")
            }
        except (sqlite3.DatabaseError, zlib.error) as wrong:
            raise ResourceError(f"the knowledge base {path} is damaged ({wrong}); install khabar again") from wrong
        names = blobs["names"].split("\n")
        self._meanings = blobs["meanings"].split("\n")
        spans = dict(_pairs(blobs["spans"]))
        self._matcher = Matcher(
            dict(zip(names, range(len(names)), strict=True)),
            {word: int(n) for word, n in spans.items()},
            frozenset(blobs["blocked"].split("\n")),
        )
        self._demonyms = dict(_pairs(blobs["demonyms"]))
        self._also = dict(_pairs(blobs["also"]))
        self._capitals = dict(_pairs(blobs["capitals"]))
        self._offices = dict(_pairs(blobs["offices"]))
        self._nouns = Nouns(
            dict(_pairs(blobs["places"])),
            frozenset(blobs["named"].split("\n")),
            dict(_pairs(blobs["after"])),
            *(frozenset(blobs[name].split("\n")) for name in ("titles", "given", "houses", "media", "sport", "clubs")),
        )
        self._laid: dict[str, Entry] = {}
        self._entry = lru_cache(maxsize=20_000)(self._read)

    @classmethod
    def open(cls, path: Path | None = None) -> KnowledgeBase:
        """Open the shipped file, or the one at `path`. Raises ResourceError when it is missing or damaged."""
        return cls(path or folder("data") / FILE)

    def entry(self, key: str) -> Entry:
        """The entry of a key (`turkey` and `tr` give one entry, `tr`). Raises KeyError for an unknown key."""
        return self._entry(self._also.get(key, key))

    def demonym(self, word: str) -> str | None:
        """The key of the country of a folded nationality word (تركي، التركيه، اتراك), or None."""
        return self._demonyms.get(word)

    def capital_of(self, key: str) -> str | None:
        """The key of the country whose capital or seat of government the entry is, or None."""
        return self._capitals.get(key)

    def entries(self) -> Iterator[Entry]:
        """All entries, in the order of their keys; those laid over come first."""
        yield from self._laid.values()
        with self._lock:
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY key").fetchall()  # noqa: S608
        yield from (_entry(row) for row in rows if row[0] not in self._laid)

    def meanings(self, name: str) -> tuple[Candidate, ...]:
        """What a folded name, its words joined by one space, may mean; empty when it is not known."""
        index = self._matcher.index(name)
        return () if index is None else self._candidates(index)

    def lay(self, entries: Sequence[Entry], names: Mapping[str, Sequence[Candidate]], blocked: frozenset[str]) -> Self:
        """A knowledge base in which these entries and names stand in the place of its own of the same key or name.

        `names` maps folded names, words joined by one space, to all they may mean, the one that needs least support
        first; `blocked` are more words that are never read as proclitic + name. The file is shared, not changed.
        """
        laid = copy.copy(self)
        laid._laid = {**self._laid, **{entry.key: entry for entry in entries}}
        laid._entry = lru_cache(maxsize=20_000)(laid._read)
        laid._meanings = _restated(self._meanings, self._changed(entries))
        numbers = range(len(laid._meanings), len(laid._meanings) + len(names))
        laid._meanings += [_line(candidates) for candidates in names.values()]
        laid._matcher = self._matcher.extended(dict(zip(names, numbers, strict=True)), blocked)
        return laid

    def _changed(self, entries: Sequence[Entry]) -> dict[str, Entry]:
        """Those of the entries that have another class or country here."""
        changed = {}
        for entry in entries:
            try:
                old = self.entry(entry.key)
            except KeyError:
                continue
            if (old.cls, old.country) != (entry.cls, entry.country):
                changed[entry.key] = entry
        return changed

    def office(self, phrase: str, country: str | None = None) -> str | None:
        """The key of the position that a folded phrase names: الرييس التركي, or وزير الدفاع given the country."""
        return self._offices.get(phrase) or self._offices.get(f"{phrase}@{country}")

    def holder(self, office: str, date: str) -> str | None:
        """The key of who held a position on a date (2019, 2019-10, 2019-10-29), where the sources state just one.

        Imprecise dates count against it: the term must cover all of the date for sure, and nobody else's any of it.
        """
        first, last = _days(date)
        with self._lock:
            rows = self._db.execute("SELECT begin, ending, person FROM term WHERE position = ?", (office,)).fetchall()
        spans = [(*_days(begin), *_days(ending), person) for begin, ending, person in rows]
        there = {person for b, _, _, e, person in spans if b <= last and e >= first}
        surely = {person for _, b, e, _, person in spans if b < first and last < e}
        return surely.pop() or None if len(there) == 1 and there == surely else None

    def scan(self, view: View) -> list[Hit]:
        """Every known name of the text in order, none overlapping; doubtful ones only where the text supports them.

        Two passes: the first learns from the names without doubt which countries and entries the text speaks of, the
        second keeps and ranks with that.
        """
        words = split(view.fold)
        found = [(m, self._candidates(m.pattern)) for m in self._matcher.matches(view.fold, words)]
        if not found:
            return []
        context = Context(view.text, words, self._nouns)
        context.learn(leftmost_longest([f for f in found if not f[1] or f[1][0].tier == SURE]), self._demonyms)
        context.confirm(found)
        kept = self._supported(found, context)
        hits = []
        for match, candidates in kept:
            begin, end = view.raw(match.begin, match.end)
            if _ADVERB in view.source[end - 2 : end] and candidates[0].cls in ("Country", "Settlement"):
                continue
            keys = tuple(dict.fromkeys(c.key for c in candidates))[:5]
            hits.append(Hit(begin, end, keys, candidates[0].tier == SURE))
        return hits

    def _supported(self, found: list[Found], context: Context) -> list[Found]:
        """The matches that the text supports, overlaps resolved; a place may lean on a place listed just before it."""
        kept: list[Found] = []
        last_place = last_state = 0
        for match, candidates in found:
            if not candidates:  # a name that is none of ours, and hides the names inside it
                kept.append((match, ()))
                continue
            chained = context.chained(match, last_state if candidates[0].cls == "Country" else last_place)
            ranked = context.ranked(match, candidates, chained)
            if not ranked:
                continue
            best = ranked[0]
            single = match.last - match.first == 1
            short = single or context.family(match)
            if short and (best.cls == "Person" or best.tier != SURE) and context.of_longer_name(match):
                continue
            if best.cls == "Person" and context.before(match) in ("بن", "ابن", "بنت", "ابو"):
                continue
            if best.cls == "Person" and context.named_after(match):
                continue
            if best.cls in ("Country", "Person") and context.adjective(match, self._demonyms):  # الرئيس السوداني
                continue
            if best.cls == "Person" and single and context.in_house(match):
                continue
            if best.cls == "Person" and single and best.tier != SURE and context.before(match) == "في":
                continue  # (أصيب في) الصدر
            if best.cls in ("Country", "MediaOutlet") and context.fixed(match):
                continue
            if context.club(match, best) or (best.cls == "Government" and context.foreign_policy(match)):
                continue
            if best.cls == "Person" and context.elder(match):
                continue
            if best.cls == "Person" and best.weight < _CURATED and context.outgrown(match):
                continue
            kept.append((match, ranked))
            if best.cls == "Country":
                last_state = match.last
            if best.cls in ("Settlement", "AdministrativeArea", "Place") and (
                chained or context.noun_before(match) is not None
            ):
                last_place = match.last
        return [item for item in leftmost_longest(_uncut(kept, context)) if item[1]]

    def _candidates(self, index: int) -> tuple[Candidate, ...]:
        """The meanings of a pattern, the one that needs least support first."""
        return _parse(self._meanings[index])

    def _read(self, key: str) -> Entry:
        if key in self._laid:
            return self._laid[key]
        with self._lock:
            row = self._db.execute(f"SELECT {_COLUMNS} FROM entry WHERE key = ?", (key,)).fetchone()  # noqa: S608
        if row is None:
            raise KeyError(key)
        return _entry(row)


def _days(date: str) -> tuple[str, str]:
    """The first and the last day of an ISO date that may lack its day or month."""
    return (date + "-01-01"[len(date) - 4 :])[:10], (date + "-12-31"[len(date) - 4 :])[:10]


def _entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    values[4] = tuple(values[4].split("|")) if values[4] else ()
    return Entry(*values)


def _line(candidates: Sequence[Candidate]) -> str:
    """The meanings of a name as one line, which `_parse` reads."""
    return ";".join(f"{c.key},{c.tier},{c.cls},{c.country},{c.weight},{c.region}" for c in candidates)


def _restated(meanings: Sequence[str], entries: Mapping[str, Entry]) -> list[str]:
    """The meanings with the class and country that these entries have now."""
    if not entries:
        return list(meanings)
    held = re.compile("(?:^|;)(?:" + "|".join(map(re.escape, entries)) + "),")

    def now(c: Candidate) -> Candidate:
        entry = entries.get(c.key)
        return c if entry is None else replace(c, cls=entry.cls, country=entry.country or "")

    return [_line([now(c) for c in _parse(line)]) if held.search(line) else line for line in meanings]


def _uncut(kept: list[Found], context: Context) -> list[Found]:
    """Without names that the text takes apart: وجدة is و and جدة where Arabia is spoken of, not Morocco."""
    times = Counter(m.pattern for m, _ in kept)
    inner = {(m.last, m.end): c[0] for m, c in kept if c and m.last - m.first == 1}
    found = []
    for match, candidates in kept:
        rest = inner.get((match.last, match.end)) if candidates and match.last - match.first == 1 else None
        if rest is not None and rest.key != candidates[0].key and rest.tier == SURE:
            votes = context.countries
            others = votes[candidates[0].country] - (candidates[0].tier == SURE) * times[match.pattern]
            if votes[rest.country] > 3 * max(0, others) or (others <= 0 and rest.weight > candidates[0].weight):
                continue
        found.append((match, candidates))
    return found


@lru_cache(maxsize=50_000)
def _parse(line: str) -> tuple[Candidate, ...]:
    fields = (part.split(",") for part in line.split(";") if part)
    return tuple(Candidate(k, int(t), cls, country, int(w), region) for k, t, cls, country, w, region in fields)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if line:
            left, _, right = line.partition("\t")
            yield left, right
