"""The answers of the protocol as plain data: manifest, queries, suggestions, previews, properties of entries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import Any

from khabar import __version__, iri
from khabar.kb import Entry
from khabar.ontology import Ontology
from khabar.reconcile.index import BARE, EXACT, Found, Index, bare, form

MOST_QUERIES, MOST_RESULTS, USUAL_RESULTS = 1000, 100, 10
PROPERTIES = {
    "qid": "Wikidata item",
    "country": "country",
    "class": "class",
    "lat": "latitude",
    "long": "longitude",
    "part_of": "part of",
    "located_in": "located in",
    "name_ar": "Arabic name",
    "name_en": "English name",
    "population": "population",
}
_OTHER_TYPE, _OTHER_VALUE, _NO_VALUE = 0.8, 0.6, 0.95
_STRICT = ("any", "all", "should")
_OFFER = ("Person", "Organization", "ArmedForce", "Government", "Settlement", "AdministrativeArea", "Country", "Place")


class BadQuery(ValueError):  # noqa: N818
    """A request that the protocol does not allow; says what is wrong."""


class Service:
    """Answers over one index; holds no state, so threads may share it."""

    def __init__(self, index: Index, ontology: Ontology) -> None:
        self._index, self._ontology = index, ontology
        kinds = (c for c in ontology.classes if ontology.is_a(c, "Entity") or c == "Conflict")
        self._types = sorted(c for c in kinds if c != "Entity")

    def manifest(self, base: str) -> dict[str, Any]:
        """What the service offers; `base` is its own address without a slash at the end."""
        return {
            "versions": ["0.1", "0.2"],
            "name": "khabar: actors and places of Arabic conflict news",
            "identifierSpace": iri.entity(""),
            "schemaSpace": iri.NS,
            "serviceVersion": __version__,
            "view": {"url": base + "/view?id={{id}}"},
            "defaultTypes": [self._type(cls) for cls in _OFFER],
            "preview": {"url": base + "/preview?id={{id}}", "width": 420, "height": 260},
            "suggest": {
                kind: {"service_url": base, "service_path": f"/suggest/{kind}"}
                for kind in ("entity", "type", "property")
            },
            "extend": {
                "propose_properties": {"service_url": base, "service_path": "/extend/propose"},
                "property_settings": [],
            },
        }

    # Queries ---------------------------------------------------------------------------------------------------------

    def reconcile(self, queries: object) -> dict[str, Any]:
        """Candidates for each query of a batch, under the query's own key. BadQuery when it is no batch."""
        if not isinstance(queries, dict):
            raise BadQuery("queries is not a JSON object")
        if len(queries) > MOST_QUERIES:
            raise BadQuery(f"{len(queries)} queries at once; send at most {MOST_QUERIES}")
        return {key: {"result": self.answer(query)} for key, query in queries.items()}

    def answer(self, query: object) -> list[dict[str, Any]]:
        """Candidates for one query, the best first."""
        if not isinstance(query, dict):
            raise BadQuery("a query is not a JSON object")
        text, wanted = query.get("query", ""), query.get("properties") or []
        if not isinstance(text, str) or not isinstance(wanted, list) or not (text.strip() or wanted):
            raise BadQuery("a query needs the text query, or the list properties")
        types, strict = self._asked_types(query)
        limit = _limit(query.get("limit"), USUAL_RESULTS)
        rated = []
        for one in self._candidates(text, wanted):
            if (score := self._typed(one, types, strict)) is not None:
                rated.append(self._weighed(one, score, wanted))
        rated.sort(key=lambda r: -r[1])
        # A match is the only entry of that very name, or the only one of it but for articles.
        sure = [r for r in rated if r[1] >= EXACT] or [r for r in rated if r[1] >= BARE]
        alone = sure[0][0].entry.key if len(sure) == 1 else ""
        return [
            {
                **self._shown(found.entry),
                "type": [self._type(found.entry.cls)],
                "score": round(score, 1),
                "match": found.entry.key == alone,
                "features": features,
            }
            for found, score, features in rated[:limit]
        ]

    def _asked_types(self, query: dict[str, Any]) -> tuple[list[str], str]:
        types = query.get("type") or []
        types = [types] if isinstance(types, str) else types
        if not isinstance(types, list) or not all(isinstance(t, str) for t in types):
            raise BadQuery("type is neither a type nor a list of types")
        strict = query.get("type_strict", "any")
        if strict not in _STRICT:
            raise BadQuery(f"type_strict is none of {', '.join(_STRICT)}")
        return [t.removeprefix(iri.NS) for t in types if t], strict

    def _candidates(self, text: str, wanted: Sequence[Any]) -> list[Found]:
        """What the name finds, and what a Wikidata item among the properties finds."""
        found = {f.entry.key: f for f in self._index.find(text)} if text.strip() else {}
        for pid, values in map(_property, wanted):
            for value in values if pid == "qid" else ():
                for entry in self._index.by_qid(value):
                    found[entry.key] = Found(entry, EXACT)
        return list(found.values())

    def _typed(self, found: Found, types: list[str], strict: str) -> float | None:
        """The score with the types asked for; None for an entry that they rule out."""
        if not types:
            return found.score
        known = [t for t in types if t in self._ontology.classes]
        fits = [self._ontology.is_a(found.entry.cls, t) for t in known]
        good = (all(fits) and len(known) == len(types)) if strict == "all" else any(fits)
        return found.score if good else found.score * _OTHER_TYPE if strict == "should" else None

    def _weighed(self, found: Found, score: float, wanted: Sequence[Any]) -> tuple[Found, float, list[dict[str, Any]]]:
        """The score with the properties asked for, and how each of them compares."""
        features: list[dict[str, Any]] = [{"id": "name", "value": found.score}]
        for pid, values in map(_property, wanted):
            if pid not in PROPERTIES or not values:
                continue
            has = self._written(found.entry, pid)
            good = bool(has & {value for text in values for value in (text, form(text), bare(form(text)))})
            score *= 1.0 if good else _OTHER_VALUE if has else _NO_VALUE
            features.append({"id": pid, "value": good})
        return found, score, features

    def _written(self, entry: Entry, pid: str) -> set[str]:
        """All ways to write a property's value: keys, ISO codes, names, numbers."""
        if pid in ("country", "part_of", "located_in"):
            other = self._index.entry(getattr(entry, pid) or "")
            if other is None:
                return set()
            names = {form(n) for n in (other.name_ar, other.name_en, *other.aliases_ar, other.key) if n}
            return names | {bare(n) for n in names} | {other.key, other.key.upper(), other.qid or other.key}
        if pid == "class":
            names = {self._ontology.label(c, lang) for c in self._above(entry.cls) for lang in ("ar", "en")}
            return {*self._above(entry.cls), *map(form, names)}
        if pid in ("name_ar", "name_en"):
            names = {entry.name_ar, *entry.aliases_ar} if pid == "name_ar" else {entry.name_en}
            return {form(n) for n in names if n}
        value = self._value(entry, pid)
        return set() if value is None else {str(value)}

    def _above(self, cls: str) -> list[str]:
        return [c for c in self._ontology.ancestors(cls) if c in self._types]

    # Suggestions, properties, previews -------------------------------------------------------------------------------

    def suggest_entity(self, prefix: str, cursor: int = 0, limit: int | None = None) -> dict[str, Any]:
        """Entries with a name that begins so; `cursor` leaves out the first ones."""
        most = _limit(limit, USUAL_RESULTS)
        found = islice(self._index.begin(prefix), cursor, cursor + most) if prefix.strip() else ()
        return {"result": [{**self._shown(e), "notable": [self._type(e.cls)]} for e in found]}

    def suggest_type(self, prefix: str) -> dict[str, Any]:
        """Classes whose id, or Arabic or English label, has the prefix at the beginning of a word."""
        return {"result": [t for t in map(self._type, self._types) if _begins(prefix, t["id"], t["name"])]}

    def suggest_property(self, prefix: str) -> dict[str, Any]:
        """Properties whose id or name has the prefix at the beginning of a word."""
        return {"result": [p for p in _properties() if _begins(prefix, p["id"], p["name"])]}

    def propose(self, cls: str, limit: int | None = None) -> dict[str, Any]:
        """The properties that may be fetched for entries of a class."""
        return {"type": cls, "properties": _properties()[: _limit(limit, len(PROPERTIES))]}

    def extend(self, asked: object) -> dict[str, Any]:
        """Values of properties, by entry; what is unknown has none. BadQuery when it is no such request."""
        ids, wanted = (asked.get("ids"), asked.get("properties")) if isinstance(asked, dict) else (None, None)
        if not isinstance(ids, list) or not isinstance(wanted, list):
            raise BadQuery("extend needs the lists ids and properties")
        names = [p.get("id") if isinstance(p, dict) else None for p in wanted]
        if not all(isinstance(name, str) for name in (*names, *ids)):
            raise BadQuery("ids are texts, and each property has an id")
        if len(ids) > MOST_QUERIES:
            raise BadQuery(f"{len(ids)} ids at once; send at most {MOST_QUERIES}")
        meta = [{"id": name, "name": PROPERTIES.get(name, name), **self._kind(name)} for name in map(str, names)]
        return {"meta": meta, "rows": {key: {n: self._cells(key, n) for n in map(str, names)} for key in ids}}

    @staticmethod
    def _kind(name: str) -> dict[str, Any]:
        kinds = {"country": "Country", "part_of": "Organization", "located_in": "Place"}
        return {"type": {"id": kinds[name], "name": kinds[name]}} if name in kinds else {}

    def _cells(self, key: str, name: str) -> list[dict[str, Any]]:
        entry = self._index.entry(key.removeprefix(iri.entity("")))
        if entry is None or name not in PROPERTIES:
            return []
        if name == "class":
            return [self._type(entry.cls)]
        value = self._value(entry, name)
        if value is None or value == "":
            return []
        if name in ("country", "part_of", "located_in"):
            other = self._index.entry(str(value))
            return [{"id": other.key, "name": other.name_ar}] if other else []
        return [{"float" if isinstance(value, float) else "int" if isinstance(value, int) else "str": value}]

    @staticmethod
    def _value(entry: Entry, name: str) -> str | float | int | None:
        value: str | float | int | None = getattr(entry, {"class": "cls", "long": "lon"}.get(name, name))
        return value

    def preview(self, key: str) -> str | None:
        """An HTML page about an entry, or None when there is none."""
        entry = self._index.entry(key.removeprefix(iri.entity("")))
        if entry is None:
            return None
        rows = [("", f"<h1 dir=rtl lang=ar>{escape(entry.name_ar)}</h1>{escape(entry.name_en)}")]
        rows.append(("", escape(self._described(entry))))
        if entry.aliases_ar:
            rows.append(("also", f"<span dir=rtl lang=ar>{escape('، '.join(entry.aliases_ar[:12]))}</span>"))
        if entry.qid:
            rows.append(("Wikidata", f"<a href='{iri.WIKIDATA}{escape(entry.qid)}'>{escape(entry.qid)}</a>"))
        if entry.lat is not None and entry.lon is not None:
            rows.append(("at", f"{entry.lat:.3f}, {entry.lon:.3f}"))
        rows.append(("key", escape(entry.key)))
        body = "".join(f"<p>{head and f'<b>{head}</b> '}{text}</p>" for head, text in rows)
        style = "body{font:14px sans-serif;margin:8px}h1{font-size:18px;margin:0}p{margin:4px 0}"
        return f"<!doctype html><html><head><meta charset=utf-8><style>{style}</style></head><body>{body}</body></html>"

    # What entries and classes look like -------------------------------------------------------------------------------

    def _type(self, cls: str) -> dict[str, str]:
        return {"id": cls, "name": f"{self._ontology.label(cls, 'en')} · {self._ontology.label(cls, 'ar')}"}

    def _shown(self, entry: Entry) -> dict[str, str]:
        return {"id": entry.key, "name": entry.name_ar or entry.name_en, "description": self._described(entry)}

    def _described(self, entry: Entry) -> str:
        place = [self._index.entry(key) for key in (entry.located_in, entry.country) if key]
        names = [e.name_en or e.name_ar for e in place if e and e.key != entry.key]
        years = f"{entry.active_from or ''}-{entry.active_to or ''}".strip("-") and (
            f"{entry.active_from or ''}-{entry.active_to or ''}"
        )
        parts = [self._ontology.label(entry.cls, "en"), *dict.fromkeys(names), years, entry.name_en]
        return ", ".join(part for part in parts if part)


def _property(wanted: Any) -> tuple[str, list[str]]:
    """A property of a query: its id and the values asked for, as texts."""
    if not isinstance(wanted, dict) or not isinstance(wanted.get("pid"), str) or "v" not in wanted:
        raise BadQuery("each of the properties needs pid and v")
    values = wanted["v"] if isinstance(wanted["v"], list) else [wanted["v"]]
    texts = [v.get("id") if isinstance(v, dict) else v for v in values]
    return wanted["pid"].removeprefix(iri.NS), [str(t).removeprefix(iri.entity("")).strip() for t in texts if t]


def _limit(value: object, usual: int) -> int:
    """A number of results: what is asked for, within bounds."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return usual
    return max(1, min(int(value), MOST_RESULTS))


def _begins(prefix: str, *names: str) -> bool:
    text = form(prefix)
    return any(f" {bare(form(name))}".find(f" {bare(text)}") >= 0 or form(name).startswith(text) for name in names)


def _properties() -> list[dict[str, str]]:
    return [{"id": key, "name": name} for key, name in PROPERTIES.items()]


def read_json(text: str, what: str) -> object:
    """JSON, or BadQuery."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadQuery(f"{what} is not JSON ({error})") from error
