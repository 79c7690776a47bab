"""Measures how many dates of TIMEX3-annotated news texts are found with exactly their value.

Usage: python benchmarks/dates.py FOLDER [--issued 2015-12-24] [--misses]

Counted are the DATE elements whose value names a day, week, month, season, year, decade or century; vague ones
(PAST_REF, PRESENT_REF, FUTURE_REF, UNDEF) are counted apart, as they have no EDTF value. The texts do not state their
issue date; their annotation counts from 24 December 2015, even where the text names another weekday.
"""

from __future__ import annotations

import argparse
import datetime
import html
import re
import sys
import time
from pathlib import Path

from khabar.dates import find_dates
from khabar.text import normalise

_TAG = re.compile(r"<TIMEX3([^>]*)>(.*?)</TIMEX3>", re.DOTALL)
_SEASONS = {"SP": "21", "SU": "22", "FA": "23", "WI": "24"}


def edtf(value: str) -> str | None:
    """Translate a TIMEX3 value; None when it names no time."""
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", value):
        monday = datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return f"{monday}/{monday + datetime.timedelta(days=6)}"
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        return f"{match[1]}-{_SEASONS[match[2]]}"
    if re.fullmatch(r"\d{2,3}", value):
        return value.ljust(4, "X")
    return value if re.fullmatch(r"\d{4}(-\d\d){0,2}", value) else None


def read(path: Path) -> tuple[str, list[tuple[int, int, str, str]]]:
    """Read the text and its DATE elements: begin, end, words, value."""
    body = path.read_text(encoding="utf-8").split("<TimeML>", 1)[1].rsplit("</TimeML>", 1)[0]
    text, dates, at = "", [], 0
    for match in _TAG.finditer(body):
        text += html.unescape(body[at : match.start()])
        words = html.unescape(match[2])
        fields = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        if fields.get("type") == "DATE":
            dates.append((len(text), len(text) + len(words), words, fields["value"]))
        text += words
        at = match.end()
    return text + html.unescape(body[at:]), dates


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issued", default="2015-12-24")
    parser.add_argument("--misses", action="store_true", help="list every date that is missed")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        print(f"{arguments.folder}: no such folder; nothing is measured", file=sys.stderr)
        return 0
    exact = touched = total = vague = extra = 0
    spent = 0.0
    for path in sorted(arguments.folder.glob("*.tml")):
        text, dates = read(path)
        start = time.process_time()
        found = find_dates(normalise(text), arguments.issued)
        spent += time.process_time() - start
        spans = [(begin, end) for begin, end, _, _ in dates]
        extra += sum(not any(w.begin < e and b < w.end for b, e in spans) for w in found)
        for begin, end, words, value in dates:
            wanted = edtf(value)
            if wanted is None:
                vague += 1
                continue
            total += 1
            near = [w.edtf.removesuffix("~") for w in found if w.begin < end and begin < w.end]
            touched += bool(near)
            exact += wanted in near
            if arguments.misses and wanted not in near:
                print(f"{path.name}: {words!r} is {wanted}, found {near}: ...{text[max(0, begin - 40) : end + 30]!r}")
    print(f"dates {total}: value exact {exact} ({exact / max(1, total):.2f}), found at all {touched}")
    print(f"vague references left out {vague}; spans outside any DATE {extra}; {1000 * spent:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
