"""Spans of days with their EDTF value, and the anchor that relative dates count from."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass, replace

from hijridate import Gregorian, Hijri

from khabar.model import When

_DAY = datetime.timedelta(days=1)
_THIRDS = {"start": 0, "middle": 1, "end": 2}
_SEASONS = {"spring": (21, 3), "summer": (22, 6), "autumn": (23, 9), "winter": (24, 12)}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last` (inclusive) and the EDTF value that names them.

    `yearless` marks what got its year from the issue date.
    """

    edtf: str
    first: datetime.date
    last: datetime.date
    yearless: bool = False

    def when(self, begin: int, end: int) -> When:
        """Make the record of the text's span `begin:end`."""
        return When(self.edtf, f"{self.first.isoformat()}T00:00:00Z", f"{self.last.isoformat()}T23:59:59Z", begin, end)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The issue date as far as it is known; an unknown month or day is None."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> datetime.date | None:
        """The day, if it is known."""
        return datetime.date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def last(self) -> datetime.date:
        """The last day that it may mean."""
        if self.month is None:
            return datetime.date(self.year, 12, 31)
        return self.date or month(self.year, self.month).last

    def year_of(self, number: int, day_number: int | None = None, *, ahead: bool = False) -> int:
        """Give the year of a month or day that is named without one: the latest, with `ahead` the next.

        A day that lies at most 45 days ahead counts as near, whatever was asked.
        """
        if self.month is None:
            return self.year
        if day_number is None:
            return self.year + (number < self.month) if ahead else self.year - (number > self.month)
        today = self.last
        this = _clipped(self.year, number, day_number)
        if ahead:
            return self.year + (this < today)
        if this > today:
            return self.year - ((this - today).days > 45)
        return self.year + ((_clipped(self.year + 1, number, day_number) - today).days <= 45)


NOTHING = Period("", datetime.date.min, datetime.date.min)
"""What a rule gives for words that look like a date and are none: no other rule may read them."""


def anchor(issued: str | None) -> Anchor | None:
    """Read an issue date: an ISO day, month or year. None for none, and for years without newspapers."""
    if not issued:
        return None
    parts = [int(part) for part in issued.split("-")]
    return Anchor(*parts) if 1700 <= parts[0] <= 2200 else None


def day(date: datetime.date, *, yearless: bool = False) -> Period:
    """Give one day."""
    return Period(date.isoformat(), date, date, yearless)


def month(year_number: int, number: int, *, yearless: bool = False) -> Period:
    """Give one Gregorian month."""
    last = calendar.monthrange(year_number, number)[1]
    first = datetime.date(year_number, number, 1)
    return Period(f"{year_number:04}-{number:02}", first, first.replace(day=last), yearless)


def shifted_month(year_number: int, number: int, by: int) -> Period:
    """Give the month that lies `by` months later."""
    index = year_number * 12 + number - 1 + by
    return month(index // 12, index % 12 + 1)


def next_day(date: datetime.date, by: int) -> datetime.date | None:
    """Give the day that lies `by` days later; None outside the years 1 to 9999."""
    try:
        return date + _DAY * by
    except OverflowError:
        return None


def same_day(date: datetime.date, by: int) -> datetime.date | None:
    """Give the day of the same number `by` months later, or the last of a shorter month; None as above."""
    try:
        there = shifted_month(date.year, date.month, by).last
    except ValueError:
        return None
    return there.replace(day=min(date.day, there.day))


def year(number: int) -> Period:
    """Give one Gregorian year."""
    return Period(f"{number:04}", datetime.date(number, 1, 1), datetime.date(number, 12, 31))


def years(first: int, count: int) -> Period:
    """Give a decade (count 10) or a century (count 100)."""
    edtf = f"{first // 10}X" if count == 10 else f"{first // 100}XX"
    return Period(edtf, datetime.date(first, 1, 1), datetime.date(first + count - 1, 12, 31))


def week(date: datetime.date) -> Period:
    """Give the week, Monday to Sunday, that holds the day."""
    monday = date - _DAY * date.weekday()
    return days(monday, monday + _DAY * 6)


def days(first: datetime.date, last: datetime.date) -> Period:
    """Give the days from `first` to `last`."""
    return Period(f"{first.isoformat()}/{last.isoformat()}", first, last)


def season(year_number: int, name: str) -> Period:
    """Give a season of the north; winter is the one that begins in December."""
    code, number = _SEASONS[name]
    last = shifted_month(year_number, number, 2).last
    return Period(f"{year_number:04}-{code}", datetime.date(year_number, number, 1), last)


def about(period: Period) -> Period:
    """Mark a period as approximate."""
    return period if "/" in period.edtf or "X" in period.edtf else replace(period, edtf=f"{period.edtf}~")


def third(period: Period, part: str) -> Period:
    """Give the `start`, `middle` or `end` of a period: its EDTF value becomes approximate, its days a third."""
    size = ((period.last - period.first).days + 1) / 3
    at = _THIRDS[part]
    first = period.first + _DAY * round(size * at)
    return replace(about(period), first=first, last=period.first + _DAY * (round(size * (at + 1)) - 1))


def since(period: Period, until: datetime.date | None) -> Period:
    """Give the time from the period on: known to last until the issue date, else without end."""
    last = max(until, period.last) if until else datetime.date(9999, 12, 31)
    start = period.edtf.split("/")[0].removesuffix("~")
    return Period(f"{start}/..", period.first, last, period.yearless)


def joined(one: Period, two: Period) -> Period | None:
    """Give the time from one period to another; the first takes the year of the second when it has none."""
    if one.first > two.first and one.yearless:
        try:
            moved = one.first.replace(year=two.first.year - (one.first.replace(year=two.first.year) > two.first))
        except ValueError:
            return None
        one = day(moved) if one.first == one.last else month(moved.year, moved.month)
    if one.first >= two.first or "/" in one.edtf or "/" in two.edtf:
        return None
    return Period(f"{one.edtf}/{two.edtf}", one.first, two.last)


def hijri(year_number: int, number: int | None = None, day_number: int | None = None) -> Period | None:
    """Give a Hijri day, month or year in Gregorian days; None outside the years the tables know (1343 to 1500)."""
    try:
        first = Hijri(year_number, number or 1, day_number or 1)
        if day_number:
            return day(_date(first))
        last = Hijri(year_number, number or 12, 1)
        return days(_date(first), _date(last) + _DAY * (last.month_length() - 1))
    except (ValueError, OverflowError):
        return None


def hijri_year(date: datetime.date) -> tuple[int, int] | None:
    """Give the Hijri year and month of a day, if the tables know it."""
    try:
        found = Gregorian(date.year, date.month, date.day).to_hijri()
    except (ValueError, OverflowError):
        return None
    return found.year, found.month


def _date(hijri_day: Hijri) -> datetime.date:
    found = hijri_day.to_gregorian()
    return datetime.date(found.year, found.month, found.day)


def _clipped(year_number: int, number: int, day_number: int) -> datetime.date:
    return datetime.date(year_number, number, min(day_number, calendar.monthrange(year_number, number)[1]))
