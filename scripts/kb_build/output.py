"""Writes the knowledge base file: the same bytes for the same entries."""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb_build.base import Base
from kb_build.terms import terms
from kb_build.words import CONTEXT, LEXICON, ROOT, matchable, rows, zipf
from khabar.kb.records import VILLAGE

OUT = ROOT / "src" / "khabar" / "data" / "kb.sqlite"


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


def _given() -> Iterator[str]:
    """The given names that the mention readers know."""
    for line in (LEXICON / "name_words.tsv").read_text(encoding="utf-8").splitlines():
        kind, _, name = line.partition("\t")
        if kind == "given":
            yield matchable(name)


def write(builder: Base, out: Path) -> tuple[int, int]:
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
        "offices": [f"{n}\t{k}" for n, k in sorted(builder.offices.items())],
        "places": nouns["place"],
        "after": nouns["after"],
        "titles": nouns["title"],
        "houses": nouns["house"],
        "media": nouns["media"],
        "sport": nouns["sport"],
        "clubs": nouns["club"],
        "named": nouns["named"],
        "given": sorted(builder.given | set(_given())),
    }
    out.unlink(missing_ok=True)
    db = sqlite3.connect(out)
    db.executescript(
        "PRAGMA page_size=4096; CREATE TABLE blob(name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;"
        "CREATE TABLE entry(key TEXT PRIMARY KEY, cls TEXT, name_ar TEXT, name_en TEXT, aliases_ar TEXT, country TEXT,"
        " part_of TEXT, located_in TEXT, lat REAL, lon REAL, qid TEXT, qid_source TEXT, population INTEGER,"
        " active_from TEXT, active_to TEXT) WITHOUT ROWID;"
        "CREATE TABLE term(position TEXT, begin TEXT, ending TEXT, person TEXT, source TEXT,"
        " PRIMARY KEY (position, begin, ending, person)) WITHOUT ROWID;"
    )
    db.executemany(
        "INSERT INTO blob VALUES (?, ?)",
        [(k, zlib.compress("\n".join(v).encode(), 9)) for k, v in sorted(blobs.items())],
    )
    db.executemany(
        "INSERT INTO term VALUES (?, ?, ?, ?, ?)",
        [(t.position, t.begin, t.end, t.person, t.source) for t in terms(builder)],
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
