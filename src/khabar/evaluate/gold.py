"""Reads annotated documents: `<id>.json` beside `<id>.txt`, as docs/annotation.md describes them.

An annotator writes a quote and its occurrence number; here it becomes half-open code points of the raw text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from khabar.errors import InputError
from khabar.evaluate import scheme
from khabar.model import Stance

Span = tuple[int, int]
_LISTS = ("entities", "relations", "events")


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """A thing of the document; `qid` is its Wikidata id, "NIL" when it is known to have none, None when not judged."""

    id: str
    cls: str
    name: str
    qid: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class GoldRelation:
    """A tie between two entities, by their ids, with its passage."""

    subject: str
    predicate: str
    object: str
    stance: Stance
    span: Span


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """A happening; `roles` are pairs of role and the id of an entity or event, `span` is that of the trigger."""

    id: str
    cls: str
    stance: Stance
    span: Span
    roles: tuple[tuple[str, str], ...]
    when: str | None


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """An annotated text."""

    id: str
    date: str | None
    text: str
    entities: tuple[GoldEntity, ...]
    relations: tuple[GoldRelation, ...]
    events: tuple[GoldEvent, ...]

    def name(self, ident: str) -> str:
        """What an entity is called or an event's trigger is, by id; an id of neither stands for itself."""
        for entity in self.entities:
            if entity.id == ident:
                return entity.name
        for event in self.events:
            if event.id == ident:
                return self.words(event.span)
        return ident

    def words(self, span: Span) -> str:
        """The text of a span, on one line."""
        return " ".join(self.text[slice(*span)].split())


@dataclass(frozen=True, slots=True)
class Gold:
    """What was read of a folder; `problems` are lines `file:line: what`, and when there are any, documents lack."""

    documents: tuple[GoldDocument, ...]
    problems: tuple[str, ...]


def read_gold(path: Path) -> Gold:
    """Read a folder of annotated documents, or one of them; InputError when there is none."""
    if not path.exists():
        raise InputError(f"{path}: there is no such folder; give one with annotated documents (docs/annotation.md)")
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    files = [file for file in files if not file.name.endswith((".meta.json", "index.json"))]
    if not files:
        raise InputError(f"{path}: no annotated document here; each is a <id>.json beside its <id>.txt")
    documents: list[GoldDocument] = []
    problems: list[str] = []
    for file in files:
        reader = _Reader(file)
        document = reader.read()
        problems += reader.problems
        if document is not None and not reader.problems:
            if any(document.id == other.id for other in documents):
                problems.append(f"{file}:1: the id {document.id!r} is that of another document, too; change one")
            documents.append(document)
    return Gold(tuple(documents), tuple(problems))


def records(documents: Sequence[GoldDocument]) -> Iterator[dict[str, str]]:
    """The documents as `khabar build` reads them: id, text and, where known, date."""
    for one in documents:
        yield {"id": one.id, "text": one.text} | ({"date": one.date} if one.date else {})


def find(text: str, quote: str, occurrence: int = 1) -> Span | None:
    """Where the n-th occurrence of a quote stands; overlapping ones count.

    >>> find("قصف ثم قصف", "قصف", 2), find("قصف", "هدنة")
    ((7, 10), None)
    """
    at = -1
    for _ in range(occurrence):
        at = text.find(quote, at + 1)
        if at < 0:
            return None
    return at, at + len(quote)


@dataclass(slots=True)
class _Item:
    """An object of one of the lists, with the place in the file where it begins."""

    value: dict[str, Any]
    at: int


@dataclass(slots=True)
class _Reader:
    """Reads one file; what is wrong goes to `problems`, with the line where it stands."""

    path: Path
    problems: list[str] = field(default_factory=list)
    source: str = ""
    text: str = ""
    ids: set[str] = field(default_factory=set)

    def read(self) -> GoldDocument | None:
        """The document, or None when there is none to speak of."""
        text, source = self._file(self.path.with_suffix(".txt")), self._file(self.path)
        if text is None or source is None:
            return None
        self.text, self.source = text, source
        try:
            whole = json.loads(source)
        except json.JSONDecodeError as error:
            self.problems.append(f"{self.path}:{error.lineno}: not JSON ({error.msg.lower()}); correct the file")
            return None
        if not isinstance(whole, dict) or not isinstance(whole.get("id"), str):
            self._problem(0, 'the document has no "id"; give it one')
            return None
        date = whole.get("date")
        if date is not None and not re.fullmatch(r"\d{4}(-\d\d){0,2}", str(date)):
            self._problem(0, f"date {date!r} is not YYYY, YYYY-MM or YYYY-MM-DD", date)
        for name in _LISTS:
            if not isinstance(whole.get(name), list):
                self._problem(0, f'"{name}" is not a list; write [] when there is none')
        if self.problems:
            return None
        entities, relations, events = (list(self._items(name)) for name in _LISTS)
        for item in (*entities, *events):
            self._identify(item)
        return GoldDocument(
            whole["id"],
            date,
            text,
            tuple(map(self._entity, entities)),
            tuple(map(self._relation, relations)),
            tuple(map(self._event, events)),
        )

    def _file(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            self.problems.append(f"{path}:1: cannot be read ({why}); each document is a <id>.json beside its <id>.txt")
            return None

    def _items(self, name: str) -> Iterator[_Item]:
        """The objects of a list of the document with their places, which the JSON reader does not tell."""
        decoder = json.JSONDecoder()
        opening = re.search(rf'"{name}"\s*:\s*\[', self.source)
        at = opening.end() if opening else len(self.source)
        while match := re.compile(r"[\s,]*(?=[^\s,\]])").match(self.source, at):
            value, at = decoder.raw_decode(self.source, match.end())
            if isinstance(value, dict):
                yield _Item(value, match.end())
            else:
                self._problem(match.end(), f"{value!r} under {name} is not an object {{...}}")

    def _problem(self, at: int, what: str, value: object = None) -> None:
        """Note a problem with the line of `value` behind the place `at`, else that of `at` itself."""
        where = self.source.find(json.dumps(value, ensure_ascii=False), at) if value is not None else -1
        line = self.source.count("\n", 0, max(where, at)) + 1
        self.problems.append(f"{self.path}:{line}: {what}")

    def _identify(self, item: _Item) -> None:
        ident = item.value.get("id")
        if not isinstance(ident, str) or not ident:
            self._problem(item.at, 'an entity or event has no "id"; give it one')
        elif ident in self.ids:
            self._problem(item.at, f"the id {ident!r} is used twice; change one", ident)
        else:
            self.ids.add(ident)

    def _entity(self, item: _Item) -> GoldEntity:
        ident, mentions, qid = str(item.value.get("id")), item.value.get("mentions"), item.value.get("qid")
        cls = self._one_of(item, "class", scheme.CLASSES)
        if not isinstance(mentions, list) or not mentions:
            self._problem(item.at, f'entity {ident} has no "mentions"; give at least one ["quote", 1]')
            mentions = []
        if qid is not None and not re.fullmatch(r"Q[1-9][0-9]*|NIL", str(qid)):
            self._problem(item.at, f'qid {qid!r} of {ident} is no Wikidata id; write "Q...", "NIL" or null', qid)
            qid = None
        spans = tuple(self._span(item, pair, f"entity {ident}") for pair in mentions)
        return GoldEntity(ident, cls, str(item.value.get("name") or self.text[slice(*spans[0])]
                                          if spans else ident), qid, spans)  # fmt: skip

    def _relation(self, item: _Item) -> GoldRelation:
        predicate = self._one_of(item, "p", scheme.RELATIONS)
        subject, obj = (self._known(item, item.value.get(end), f"relation {predicate}") for end in "so")
        span = self._span(item, item.value.get("evidence"), f"relation {predicate}")
        return GoldRelation(subject, predicate, obj, self._stance(item, "modality"), span)

    def _event(self, item: _Item) -> GoldEvent:
        ident, when = str(item.value.get("id")), item.value.get("when")
        roles = []
        for role in scheme.ROLES:
            fillers = item.value.get(role) or []
            if not isinstance(fillers, list):
                self._problem(item.at, f"{role} of event {ident} is not a list of ids", fillers)
                continue
            roles += [(role, self._known(item, filler, f"{role} of event {ident}")) for filler in fillers]
        cls = self._one_of(item, "class", scheme.EVENTS)
        span = self._span(item, item.value.get("trigger"), f"event {ident}")
        return GoldEvent(ident, cls, self._stance(item, "status"), span, tuple(roles), str(when) if when else None)

    def _stance(self, item: _Item, key: str) -> Stance:
        key = "modality" if "modality" in item.value else key
        modality: Any = self._one_of(item, key, scheme.MODALITIES)
        polarity: Any = self._one_of(item, "polarity", scheme.POLARITIES)
        certainty: Any = self._one_of(item, "certainty", scheme.CERTAINTIES)
        source = item.value.get("source") or None
        return Stance(modality, polarity, certainty, self._known(item, source, "source") if source else None)

    def _one_of(self, item: _Item, key: str, allowed: Sequence[str] | frozenset[str]) -> str:
        value = item.value.get(key)
        if value not in allowed:
            self._problem(item.at, f"{key} {value!r} is none of {', '.join(sorted(allowed))}", value)
        return str(value)

    def _known(self, item: _Item, ident: object, where: str) -> str:
        if ident not in self.ids:
            self._problem(item.at, f"{where}: no entity or event has the id {ident!r}", ident)
        return str(ident)

    def _span(self, item: _Item, pair: object, where: str) -> Span:
        quote, occurrence = pair if isinstance(pair, list) and len(pair) == 2 else (pair, 1)
        if not isinstance(quote, str) or not quote or not isinstance(occurrence, int) or occurrence < 1:
            self._problem(item.at, f'{where}: {pair!r} is no quotation; write ["the words", 1]')
            return 0, 0
        span = find(self.text, quote, occurrence)
        if span is None:
            times = f"a {occurrence}. time" if occurrence > 1 else "at all"
            self._problem(item.at, f"{where}: {quote!r} does not stand in {self.path.stem}.txt {times}", quote)
        return span or (0, 0)
