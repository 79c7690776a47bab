"""Reads the JSON of an answer: what has the right form, with what hasn't counted by reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from khabar.model import Certainty, Modality, Polarity, Stance

MALFORMED = "malformed"
STANCE = "unknown stance"

_LISTS = ("entities", "events", "relations")
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity of the answer: its own id, the words that name it, its class."""

    id: str
    quote: str
    cls: str


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a claim and their stance; `source` is an id of the answer, or empty."""

    trigger: str
    evidence: str
    stance: Stance
    source: str


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event of the answer, its roles as (role, id)."""

    id: str
    cls: str
    told: Told
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToldRelation:
    """A relation of the answer between two of its ids."""

    subject: str
    relation: str
    object: str
    told: Told


@dataclass(frozen=True, slots=True)
class Answer:
    """What one window's answer holds; items of another form are left out."""

    entities: tuple[NamedEntity, ...] = ()
    events: tuple[ToldEvent, ...] = ()
    relations: tuple[ToldRelation, ...] = ()


def read(text: str, dropped: Counter[str]) -> Answer | None:
    """The answer, or None when the text holds no JSON of this form; items left out are counted in `dropped`."""
    data = _json(text)
    if data is None or not data.keys() & set(_LISTS):
        return None
    entities, events, relations = (data.get(name, []) for name in _LISTS)
    if not (isinstance(entities, list) and isinstance(events, list) and isinstance(relations, list)):
        return None
    return Answer(
        tuple(_entities(entities, dropped)), tuple(_events(events, dropped)), tuple(_relations(relations, dropped))
    )


def _json(text: str) -> dict[str, Any] | None:
    """The JSON object of a text: bare, in a fence, or behind other words."""
    text = _THOUGHTS.sub("", text)
    at = text.find("{")
    if at < 0:
        return None
    try:
        data, _ = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _entities(items: list[Any], dropped: Counter[str]) -> Iterator[NamedEntity]:
    seen: set[str] = set()
    for item in items:
        fields = _texts(item, "id", "quote", "class")
        if fields is None or fields[0] in seen or not fields[0]:
            dropped[MALFORMED] += 1
            continue
        seen.add(fields[0])
        yield NamedEntity(*fields)


def _events(items: list[Any], dropped: Counter[str]) -> Iterator[ToldEvent]:
    for item in items:
        fields, roles = _texts(item, "id", "class"), item.get("roles") if isinstance(item, dict) else None
        if fields is None or not isinstance(roles, list):
            dropped[MALFORMED] += 1
            continue
        pairs = [_texts(role, "role", "filler") for role in roles]
        dropped[MALFORMED] += pairs.count(None)
        if told := _told(item, dropped):
            yield ToldEvent(fields[0], fields[1], told, tuple((p[0], p[1]) for p in pairs if p))


def _relations(items: list[Any], dropped: Counter[str]) -> Iterator[ToldRelation]:
    for item in items:
        fields = _texts(item, "subject", "relation", "object")
        if fields is None:
            dropped[MALFORMED] += 1
        elif told := _told(item, dropped):
            yield ToldRelation(fields[0], fields[1], fields[2], told)


def _told(item: Mapping[str, Any], dropped: Counter[str]) -> Told | None:
    """The words and stance of a claim. A stance that is missing or unknown is never guessed: the claim goes."""
    words = _texts(item, "trigger", "evidence")
    source = item.get("source")
    if words is None or not (source is None or isinstance(source, str)):
        dropped[MALFORMED] += 1
        return None
    stance = tuple(item.get(k) for k in ("modality", "polarity", "certainty"))
    for value, known in zip(stance, (Modality, Polarity, Certainty), strict=True):
        if value not in get_args(known):
            dropped[STANCE] += 1
            return None
    return Told(words[0], words[1], Stance(*stance), source or "")  # type: ignore[arg-type]


def _texts(item: Any, *names: str) -> list[str] | None:
    """The fields of an item, if all are text."""
    values = [item.get(name) for name in names] if isinstance(item, dict) else []
    found = [value.strip() for value in values if isinstance(value, str)]
    return found if len(found) == len(names) else None
