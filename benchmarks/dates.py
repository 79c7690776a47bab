"""Measures how many times of TIMEX3-annotated news texts are found with exactly their value.

Usage: python benchmarks/dates.py FOLDER [--issued 2015-12-24] [--half read|kept] [--misses]

Counted are the DATE elements whose value names a day, week, month, season, year, decade or century; vague ones
(PAST_REF, PRESENT_REF, FUTURE_REF, UNDEF) are counted apart, as they have no EDTF value. DURATION and SET are counted
by their ISO 8601 value. The texts do not state their issue date; their annotation counts from 24 December 2015, even
where the text names another weekday.

Printed are the values found exactly, those found as a finer time (`within`: the fifties of the last century are one
date to khabar, a decade and a century in the annotation), the spans that a time of the same kind (`touched`) or of
another kind (`other`) overlaps, what was found where nothing is annotated (`alone`), and the `vague` ones left out.

The rules were written with every other text at hand (`read`: the first, third, fifth ... by number) and without the
rest (`kept`). Part of the annotation was made by a program and is wrong (a governorate as a month, "after 40 years
that he spent" as the year 2055), so no honest reader comes near 1. dateparser is measured beside khabar, on the same
texts and in the same way, where it is installed.
"""

from __future__ import annotations

import argparse
import datetime
import html
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from khabar.dates import find_dates
from khabar.dates.amounts import find_amounts
from khabar.text import normalise

_TAG = re.compile(r"<TIMEX3([^>]*)>(.*?)</TIMEX3>", re.DOTALL)
_SEASONS = {"SP": "21", "SU": "22", "FA": "23", "WI": "24"}
_KINDS = ("DATE", "DURATION", "SET")


@dataclass(frozen=True, slots=True)
class Time:
    """A time of one kind, with the value and the span that are compared; no value means a vague one."""

    kind: str
    value: str | None
    begin: int
    end: int


def edtf(value: str) -> str | None:
    """Translate a TIMEX3 date; None when it names no time."""
    if match := re.fullmatch(r"(\d{4})-W(\d\d)", value):
        monday = datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return f"{monday}/{monday + datetime.timedelta(days=6)}"
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        return f"{match[1]}-{_SEASONS[match[2]]}"
    if re.fullmatch(r"\d{2,3}", value):
        return value.ljust(4, "X")
    return value if re.fullmatch(r"\d{4}(-\d\d){0,2}", value) else None


def read(path: Path) -> tuple[str, list[Time]]:
    """Read the text and its annotated times."""
    body = path.read_text(encoding="utf-8").split("<TimeML>", 1)[1].rsplit("</TimeML>", 1)[0]
    text, times, at = "", [], 0
    for match in _TAG.finditer(body):
        text += html.unescape(body[at : match.start()])
        words = html.unescape(match[2])
        fields = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        kind = fields.get("type", "")
        value = edtf(fields["value"]) if kind == "DATE" else fields["value"]
        times.append(Time(kind, value, len(text), len(text) + len(words)))
        text += words
        at = match.end()
    return text + html.unescape(body[at:]), times


def khabar(text: str, issued: str) -> list[Time]:
    """Read the times of a text with khabar."""
    view = normalise(text)
    dates = find_dates(view, issued)
    found = [Time("DATE", d.edtf.removesuffix("~"), d.begin, d.end) for d in dates]
    return found + [Time("SET" if a.again else "DURATION", a.value, a.begin, a.end) for a in find_amounts(view, dates)]


def dateparser() -> Callable[[str, str], list[Time]] | None:
    """Give the same with dateparser, which knows dates only; None where it is not installed."""
    try:
        from dateparser.date import DateDataParser
        from dateparser.search import search_dates
    except ImportError:
        return None
    shapes = {"year": "%Y", "month": "%Y-%m"}

    def search(text: str, issued: str) -> list[Time]:
        settings = {"RELATIVE_BASE": datetime.datetime.fromisoformat(issued)}
        reader = DateDataParser(languages=["ar"], settings=settings)
        times, at = [], 0
        for words, _ in search_dates(text, languages=["ar"], settings=settings) or []:
            begin = text.find(words, at)
            read = reader.get_date_data(words)
            if begin >= 0 and read.date_obj:
                at = begin + len(words)
                times.append(Time("DATE", read.date_obj.strftime(shapes.get(read.period, "%Y-%m-%d")), begin, at))
        return times

    return search


def within(value: str, wider: str) -> bool:
    """Tell whether a decade, year or day lies in a wider one: 195X in 19XX."""
    return len(value.rstrip("X")) > len(wider.rstrip("X")) and value.startswith(wider.rstrip("X"))


def same_place(one: Time, two: Time) -> bool:
    return one.begin < two.end and two.begin < one.end


def compare(name: str, texts: list[tuple[str, str, list[Time]]], issued: str, finder: Callable[[str, str], list[Time]],
            misses: bool) -> None:  # fmt: skip
    """Print the figures of each kind of time; the documentation of the module tells what they mean."""
    n: Counter[tuple[str, str]] = Counter()
    for file, text, times in texts:
        found = finder(text, issued)
        for kind in _KINDS:
            mine = [f for f in found if f.kind == kind]
            n[kind, "alone"] += sum(not any(same_place(f, t) for t in times) for f in mine)
            for time in (t for t in times if t.kind == kind):
                if time.value is None:
                    n[kind, "vague"] += 1
                    continue
                values = [f.value for f in mine if same_place(f, time)]
                n[kind, "gold"] += 1
                n[kind, "touched"] += bool(values)
                n[kind, "exact"] += time.value in values
                n[kind, "within"] += time.value not in values and any(within(v, time.value) for v in values if v)
                n[kind, "other"] += any(same_place(f, time) for f in found if f.kind != kind)
                if misses and time.value not in values:
                    around = text[max(0, time.begin - 40) : time.end + 30]
                    print(f"{file}: {text[time.begin : time.end]!r} is {time.value}, found {values}: ...{around!r}")
    for kind in _KINDS:
        gold, exact = n[kind, "gold"], n[kind, "exact"]
        counts = "  ".join(f"{what} {n[kind, what]:3}" for what in ("within", "touched", "other", "alone", "vague"))
        print(f"{name:12} {kind:8} exact {exact:3} of {gold:3} ({exact / max(1, gold):.2f})  {counts}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--issued", default="2015-12-24")
    parser.add_argument("--half", choices=["read", "kept"], help="the texts the rules were written with, or without")
    parser.add_argument("--misses", action="store_true", help="list what is missed")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder}: there is no such folder")
    paths = sorted(arguments.folder.glob("*.tml"), key=lambda p: int("0" + re.sub(r"\D", "", p.stem)))
    if not paths:
        parser.error(f"{arguments.folder}: no texts here (*.tml)")
    texts = [(path.name, *read(path)) for path in paths]
    halves = {"read": texts[::2], "kept": texts[1::2]}
    wanted = [arguments.half] if arguments.half else list(halves)
    for half in wanted:
        compare(f"khabar {half}", halves[half], arguments.issued, khabar, arguments.misses)
    both = [text for half in wanted for text in halves[half]]
    if not arguments.half:
        compare("khabar all", both, arguments.issued, khabar, misses=False)
    if other := dateparser():
        compare("dateparser", both, arguments.issued, other, misses=False)
    else:
        print("dateparser is not installed and not measured")
    return 0


if __name__ == "__main__":
    sys.exit(main())
