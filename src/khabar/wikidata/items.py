"""Items of Wikidata: the one query that asks for them, and what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from khabar import iri
from khabar.errors import ServiceError
from khabar.web import AnswerError, Client
from khabar.wikidata.cache import Cache

QID = re.compile(r"Q[1-9][0-9]{0,11}")
LANGUAGES = ("ar", "en")

_DIRECT = "http://www.wikidata.org/prop/direct/"
_WIKIBASE = "http://wikiba.se/ontology#"
_SCHEMA = "http://schema.org/"
_LABEL, _ALIAS = iri.RDFS + "label", iri.SKOS + "altLabel"
_DESCRIPTION, _VERSION, _SITELINKS = _SCHEMA + "description", _SCHEMA + "version", _WIKIBASE + "sitelinks"
_SAME = iri.OWL + "sameAs"
_TYPE, _PLACE, _STATE, _CITIZEN = (_DIRECT + name for name in ("P31", "P625", "P17", "P27"))
_ASKED = (_SAME, _VERSION, _SITELINKS, _LABEL, _ALIAS, _DESCRIPTION, _TYPE, _PLACE, _STATE, _CITIZEN)
# Two lists and one pattern: the service looks up each pair, and no part multiplies another's rows.
_QUERY = """SELECT ?item ?property ?value WHERE {{
  VALUES ?item {{ {items} }}
  VALUES ?property {{ {properties} }}
  ?item ?property ?value .
  FILTER (!ISLITERAL(?value) || LANG(?value) IN ("", {languages}))
}}"""
_MANY = 10  # an endpoint that knows none of so many items of ours is no copy of Wikidata
_POINT = re.compile(r"POINT\s*\(\s*(-?[0-9.]+(?:E-?[0-9]+)?)\s+(-?[0-9.]+(?:E-?[0-9]+)?)\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """What Wikidata says of one item; labels, descriptions and aliases by language, coordinates as (lat, lon) WGS84.

    `redirect` is the item that took its place, `revision` and `sitelinks` (pages about it in Wikimedia's projects)
    are numbers that every item has that is there.
    """

    qid: str
    redirect: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    coordinates: tuple[tuple[float, float], ...] = ()
    sitelinks: int | None = None
    revision: int | None = None

    @property
    def gone(self) -> bool:
        """Whether Wikidata knows nothing of the item: deleted, or never there."""
        return self.redirect is None and self.revision is None and self.sitelinks is None and not self.labels

    def names(self, language: str) -> tuple[str, ...]:
        """Label and aliases in a language."""
        label = self.labels.get(language)
        return ((label,) if label else ()) + self.aliases.get(language, ())

    def dump(self) -> str:
        """The item as JSON, the same text for the same item."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def load(cls, text: str) -> Item:
        """An item from its JSON."""
        data: dict[str, Any] = json.loads(text)
        data["aliases"] = {language: tuple(names) for language, names in data["aliases"].items()}
        data["coordinates"] = tuple((lat, lon) for lat, lon in data["coordinates"])
        data["types"], data["countries"] = tuple(data["types"]), tuple(data["countries"])
        return cls(**data)


def query(qids: Iterable[str]) -> str:
    """The SPARQL that asks for all we want to know of these items; ServiceError for what is no Wikidata id."""
    return _QUERY.format(
        items=" ".join(f"<{iri.WIKIDATA}{checked(qid)}>" for qid in qids),
        properties=" ".join(f"<{name}>" for name in _ASKED),
        languages=", ".join(f'"{language}"' for language in LANGUAGES),
    )


def checked(qid: str) -> str:
    """The id itself; ServiceError when it is none."""
    if not QID.fullmatch(qid):
        raise ServiceError(f"{qid!r} is no Wikidata id; it looks like Q43")
    return qid


def parse(qids: Sequence[str], rows: Iterable[Mapping[str, Mapping[str, str]]]) -> dict[str, Item]:
    """One item for each id asked for, from the rows of `query`; rows about others, or of no use, count for nothing."""
    found: dict[str, dict[str, set[tuple[str, str]]]] = {qid: {} for qid in qids}
    for row in rows:
        try:
            item, name, value = row["item"]["value"], row["property"]["value"], row["value"]
            told = found.get(item.removeprefix(iri.WIKIDATA))
            if told is not None:
                told.setdefault(name, set()).add((value["value"], value.get("xml:lang", "")))
        except (KeyError, TypeError, AttributeError) as error:
            raise ServiceError(f"the answer's rows are not of the form that was asked for ({error!r})") from error
    return {qid: _item(qid, told) for qid, told in found.items()}


def _item(qid: str, told: Mapping[str, set[tuple[str, str]]]) -> Item:
    def of(*names: str) -> list[tuple[str, str]]:
        return sorted(pair for name in names for pair in told.get(name, ()))

    def ids(*names: str) -> tuple[str, ...]:
        values = (value.removeprefix(iri.WIKIDATA) for value, _ in of(*names))
        return tuple(sorted({v for v in values if QID.fullmatch(v)}, key=lambda v: int(v[1:])))

    def number(name: str) -> int | None:
        return next((int(value) for value, _ in of(name) if value.isdecimal()), None)

    def texts(name: str) -> dict[str, tuple[str, ...]]:
        said: dict[str, list[str]] = {}
        for value, language in of(name):
            if language in LANGUAGES and (clean := tidy(value)):
                said.setdefault(language, []).append(clean)
        return {language: tuple(dict.fromkeys(values)) for language, values in said.items()}

    points = (_POINT.fullmatch(value) for value, _ in of(_PLACE))  # a point on another globe begins with its IRI
    return Item(
        qid,
        redirect=next((other for other in ids(_SAME) if other != qid), None),
        labels={language: names[0] for language, names in texts(_LABEL).items()},
        descriptions={language: names[0] for language, names in texts(_DESCRIPTION).items()},
        aliases=texts(_ALIAS),
        types=ids(_TYPE),
        countries=ids(_STATE, _CITIZEN),
        coordinates=tuple((float(p[2]), float(p[1])) for p in points if p),
        sitelinks=number(_SITELINKS),
        revision=number(_VERSION),
    )


def tidy(name: str) -> str:
    """A name on one line; empty for one that a spreadsheet would take for a formula: anybody may edit Wikidata."""
    name = " ".join("".join(letter for letter in name if letter.isprintable() or letter.isspace()).split())
    return "" if name[:1] in ("=", "+", "-", "@") else name


class Asker:
    """Fetches items in batches and keeps them, so that a run that was stopped goes on where it stopped.

    `problem` receives a line for each item that could not be had; `moved` the number of items done, for a bar.
    """

    def __init__(
        self,
        client: Client,
        cache: Cache,
        endpoint: str,
        *,
        size: int = 100,
        problem: Callable[[str], None] = lambda _: None,
        moved: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._client, self._cache, self._endpoint = client, cache, endpoint
        self._size = max(1, size)
        self._problem, self._moved = problem, moved
        self._knows = False

    def items(self, qids: Iterable[str]) -> dict[str, Item]:
        """The items by the id asked for, those that the cache holds without asking; failed ones are left out."""
        wanted = sorted({checked(qid) for qid in qids}, key=lambda qid: int(qid[1:]))
        found = {qid: Item.load(text) for qid, text in self._cache.items(self._endpoint, wanted).items()}
        self._knows = self._knows or any(not item.gone for item in found.values())
        self._moved(len(found))
        for batch in _batches((qid for qid in wanted if qid not in found), self._size):
            got = self._batch(batch)
            self._cache.put(self._endpoint, {qid: item.dump() for qid, item in got.items()})
            found |= got
            self._moved(len(batch))
        return found

    def previous(self, qid: str) -> Item | None:
        """What the cache held of an item before it changed."""
        text = self._cache.previous(self._endpoint, qid)
        return Item.load(text) if text else None

    def _batch(self, qids: Sequence[str]) -> dict[str, Item]:
        """Ask for some items; when it is too much for the service, for half of them at a time."""
        try:
            rows = self._client.sparql(self._endpoint, query(qids))
        except AnswerError as error:
            if len(qids) == 1:
                self._problem(f"{qids[0]} could not be had: {error}")
                return {}
            half = len(qids) // 2
            return self._batch(qids[:half]) | self._batch(qids[half:])
        got = parse(qids, rows)
        missing = [qid for qid, item in got.items() if item.gone]
        if len(missing) == len(qids) >= _MANY and not self._knows:
            raise ServiceError(f"{self._endpoint} knows none of {', '.join(qids[:3])} ...; give a copy of Wikidata")
        self._knows = self._knows or len(missing) < len(qids)
        if missing:  # that an item is gone is believed when it is said twice
            got |= parse(missing, self._client.sparql(self._endpoint, query(missing)))
        return got

    def labels(self, qids: Iterable[str]) -> dict[str, str]:
        """A name to show for each item: English, else Arabic, else the id."""
        items = self.items(qids)
        return {qid: item.labels.get("en") or item.labels.get("ar") or qid for qid, item in items.items()}


def _batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    it = iter(values)
    while batch := list(islice(it, size)):
        yield batch
