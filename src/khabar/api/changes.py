"""Changes of a store: documents in and out, with the merges, groups and facts that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from khabar.api.intake import Item, records
from khabar.errors import InputError
from khabar.extractor import RuleExtractor
from khabar.finder import find_document
from khabar.ontology import shipped
from khabar.pipeline import Build, catch_up, take_in
from khabar.store import Store


@dataclass(frozen=True, slots=True)
class Added:
    """What was added: documents `stored` and `skipped` (there already), a line for each problem, and counts."""

    stored: int
    skipped: int
    problems: tuple[str, ...]
    counts: Mapping[str, int]


@cache
def extractor(*, guess_names: bool) -> RuleExtractor:
    """The one extractor of this process, with or without guessed names: its models load once."""
    return RuleExtractor(guess_names=True) if guess_names else RuleExtractor()


def add(
    store: Store,
    items: Item | Iterable[Item],
    *,
    day: str | date | None,
    licence: str | None,
    again: bool,
    guess_names: bool,
    min_confidence: float,
) -> Added:
    """Read items into an open store, as `khabar build` does; whatever cannot be used is told and the rest goes on.

    InputError when nothing could be used.
    """
    problems: list[str] = []
    rules = extractor(guess_names=guess_names)
    store.put_ontology()
    build = Build(store, rules, rules.kb, shipped(), problem=problems.append, again=again, least=min_confidence)
    take_in(build, records(items, day=day, licence=licence, problem=build.report))
    summary = build.summary
    if problems and not summary.stored and not summary.skipped:
        more = f" (and {len(problems) - 1:,} more problems)" if len(problems) > 1 else ""
        raise InputError(problems[0] + more)
    return Added(summary.stored, summary.skipped, tuple(problems), dict(summary.counts))


def forget(store: Store, name: str) -> str:
    """Take out the document that `name` means, with what only it supported; returns its key."""
    key = find_document(store, name)
    store.forget(key)
    catch_up(store)
    return key
