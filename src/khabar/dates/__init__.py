"""Finds the dates of an article, absolute and relative to its issue date, as EDTF values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from khabar.dates import absolute, amounts, periods, relative
from khabar.dates.context import Context, Rule
from khabar.dates.periods import Period
from khabar.model import When
from khabar.text import View

__all__ = ["find_dates"]

_MERGE = re.compile(r"\s*(?:الي|حتي|والي|وحتي|[-–])\s*(?:غايه\s+)?")
_AND = re.compile(r"\s*و\s*")
_BEFORE_FROM = re.compile(r"(?<!\w)و?(?:من|ما بين|بين|منذ|الفتره من)\s+(?:يوم\s+)?$")
_BEFORE_BETWEEN = re.compile(r"(?<!\w)و?(?:ما )?بين\s+(?:يومي\s+|عامي\s+)?$")
_SINCE = re.compile(
    r"(?<!\w)[وف]?منذ\s+(?:(?:يوم|نحو|حوالي|ليله|مساء|فجر|صباح)\s+"
    r"|(?:اندلاع|بدء|بدايه|انطلاق|نشوب)\s+(?:[^\W\d]+\s+){1,5})?$"
)
_GOES_ON = re.compile(r"(?<!\w)(?:بدات?|اندلعت?|انطلقت?|نشبت?|(?:ال)?(?:مستمر|داير|متواصل)ه?)\s+$")


@dataclass(frozen=True, slots=True)
class _Found:
    begin: int
    end: int
    period: Period
    pointed: bool


def find_dates(view: View, issued: str | None) -> list[When]:
    """Find the dates of a text, in order and without overlap, in raw offsets.

    `issued` is the ISO day, month or year that relative dates count from; what needs more of it than is known is
    left out. A date after منذ is an interval that lasts (2013-12/..), known to last until the issue date.
    """
    context = Context(view.fold, periods.anchor(issued))
    found = sorted(_scan(context), key=lambda f: f.begin)
    return [f.period.when(*view.raw(f.begin, f.end)) for f in _open(context, _merge(context.text, found))]


def _scan(context: Context) -> Iterator[_Found]:
    """Apply the rules in order; text that one rule has used is closed to the next, and so is what comes again."""
    taken = bytearray(len(context.text))
    for begin, end, *_ in amounts.repeated(context.text):
        taken[begin:end] = b"\1" * (end - begin)
    for rule in _rules():
        for match in rule.pattern.finditer(context.text):
            begin, end = match.span("date") if "date" in rule.pattern.groupindex else match.span()
            if any(taken[begin:end]):
                continue
            period = rule.read(match, context)
            if period is not None:
                taken[begin:end] = b"\1" * (end - begin)
            if period is not None and period is not periods.NOTHING:
                yield _Found(begin, end, period, rule.pointed)


@cache
def _rules() -> tuple[Rule, ...]:
    return (*absolute.rules(), *relative.rules())


def _merge(text: str, found: list[_Found]) -> list[_Found]:
    """Join two dates to an interval where the words say so: من ... إلى, بين ... و."""
    done: list[_Found] = []
    for item in found:
        if done and (both := _both(text, done[-1], item)):
            done[-1] = both
        else:
            done.append(item)
    return done


def _both(text: str, one: _Found, two: _Found) -> _Found | None:
    between, before = text[one.end : two.begin], text[max(0, one.begin - 20) : one.begin]
    ranged = _MERGE.fullmatch(between) and (_BEFORE_FROM.search(before) or between.strip() in "-–")
    if not ranged and not (_AND.fullmatch(between) and _BEFORE_BETWEEN.search(before)):
        return None
    period = periods.joined(one.period, two.period)
    return _Found(one.begin, two.end, period, True) if period else None


def _open(context: Context, found: list[_Found]) -> Iterator[_Found]:
    """Make intervals that last of the dates after منذ."""
    until = context.anchor.last if context.anchor else None
    for item in found:
        before = context.text[max(0, item.begin - 70) : item.begin]
        lasting = _SINCE.search(before) if item.pointed else _GOES_ON.search(before)
        if lasting and "/" not in item.period.edtf:
            yield replace(item, period=periods.since(item.period, until))
        else:
            yield item
