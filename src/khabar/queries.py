"""The named queries: readable SPARQL files with a header, and their parameters turned into terms safely.

A query file opens with comments, one fact a line::

    # title: Backers of an actor
    # question (en): Who backs X, and which words say so?
    # question (ar): من يدعم هذه الجهة؟
    # param: entity (entity) = haftar : key, Wikidata id or label

and holds `{{entity}}` wherever the term belongs. A value never reaches the query as text: each kind has one function
that makes an RDF term of it or refuses it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from khabar import iri
from khabar.errors import QueryError
from khabar.resources import folder

_ENTITY = iri.entity("")
_HEADER = re.compile(r"#\s*(title|question \(en\)|question \(ar\)|param):\s*(.*\S)\s*")
_PARAM = re.compile(r"([a-z][a-z_]*) \(([a-z]+)\) = (.*?)\s*: (.+)")
_HOLE = re.compile(r"\{\{([^{}]*)\}\}")
_ESCAPES = {'"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a named query; `kind` (a key of `KINDS`) tells which term its value becomes."""

    name: str
    kind: str
    default: str
    help: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query file: its header as fields, and its whole text with `{{name}}` where a parameter stands."""

    name: str
    title: str
    question_en: str
    question_ar: str
    params: tuple[Param, ...]
    text: str

    def bind(self, values: Mapping[str, str] | None = None) -> str:
        """SPARQL ready to run: every parameter replaced by the term its value means, or its default means.

        Raises QueryError for a parameter that the query does not have and for a value its kind cannot take.
        """
        given = dict(values or {})
        if unknown := sorted(set(given) - {param.name for param in self.params}):
            have = ", ".join(f"{param.name} ({param.kind})" for param in self.params) or "none"
            raise QueryError(f"query {self.name!r} has no parameter {', '.join(unknown)}; it has: {have}")
        terms = {param.name: self._term(param, given.get(param.name, param.default)) for param in self.params}
        # One pass over the text: what a value brings in is never looked at again.
        return _HOLE.sub(lambda hole: terms[hole[1]], self.text)

    def _term(self, param: Param, value: str) -> str:
        try:
            return KINDS[param.kind](value)
        except ValueError as error:
            raise QueryError(f"query {self.name!r}, parameter {param.name}={value!r}: {error}") from error


def list_queries(directory: Path | None = None) -> tuple[NamedQuery, ...]:
    """Read all named queries, sorted by name; `directory` is the shipped `queries` folder unless given.

    Raises QueryError, naming the file, when a header or a placeholder is wrong.
    """
    return tuple(parse(path.stem, path.read_text("utf-8")) for path in sorted(_files(directory)))


def load(name: str, directory: Path | None = None) -> NamedQuery:
    """Read the named query `name`; raises QueryError that lists the names when there is none."""
    files = {path.stem: path for path in _files(directory)}
    if name not in files:
        raise QueryError(f"no query is named {name!r}; there are: {', '.join(sorted(files))}")
    return parse(name, files[name].read_text("utf-8"))


def parse(name: str, text: str) -> NamedQuery:
    """Make a query of a file's text; raises QueryError for a bad header, kind, default or placeholder."""
    fields: dict[str, str] = {}
    params: list[Param] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not (header := _HEADER.fullmatch(line)):
            continue
        if header[1] != "param":
            fields[header[1]] = header[2]
            continue
        if not (found := _PARAM.fullmatch(header[2])) or found[2] not in KINDS:
            kinds = ", ".join(sorted(KINDS))
            raise QueryError(f"query {name!r}: write `# param: name (kind) = default : help`, kinds {kinds}: {line}")
        params.append(Param(*found.groups()))
    if missing := [key for key in ("title", "question (en)", "question (ar)") if key not in fields]:
        raise QueryError(f"query {name!r}: the header lacks {', '.join(missing)}")
    declared, used = {param.name for param in params}, set(_HOLE.findall(text))
    if declared != used:
        raise QueryError(f"query {name!r}: parameters {sorted(declared)} are declared, {sorted(used)} are used")
    query = NamedQuery(name, fields["title"], fields["question (en)"], fields["question (ar)"], tuple(params), text)
    query.bind()
    return query


def fill(label: str, text: str, values: Mapping[str, str]) -> str:
    """SPARQL of somebody's own, named `label` in messages, its parameters filled in where it has some."""
    if "{{" in text:
        return parse(label, text).bind(values)
    if values:
        raise QueryError(f"{label}: this query has no parameters, so {next(iter(values))}=... means nothing")
    return text


def read(path: Path) -> str:
    """The text of a query file; QueryError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: the query cannot be read ({error}); give a UTF-8 file") from error


def _files(directory: Path | None) -> list[Path]:
    return list((directory or folder("queries")).glob("*.rq"))


def _literal(value: str) -> str:
    # A backslash is refused, not escaped: SPARQL turns `\u0022` into a quote before it parses, and some engines
    # do so behind an escaping backslash as well.
    for char in value:
        if char == "\\" or (char < " " and char not in _ESCAPES) or "\ud800" <= char <= "\udfff":
            raise ValueError(f"the character U+{ord(char):04X} is not allowed")
    return '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'


def _entity(value: str) -> str:
    key = value.strip().removeprefix(_ENTITY).removeprefix("entity/")
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", key):
        return f"<{_ENTITY}{key}>"
    if re.fullmatch(r"Q[1-9][0-9]*", key):
        return f"<{iri.WIKIDATA}{key}>"
    if not key:
        raise ValueError("give a key such as haftar, a Wikidata id such as Q43, or a label")
    return _literal(key) + ("@en" if key.isascii() else "@ar")


def _ontology_term(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]+", name := value.strip().removeprefix(iri.NS).removeprefix(":")):
        raise ValueError("give a class or property of the ontology, such as Strike or supports")
    return f"<{iri.NS}{name}>"


def _integer(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,9}", value.strip(), re.ASCII):
        raise ValueError("give a whole number of at most nine digits")
    return str(int(value))


def _bounds(value: str) -> tuple[str, str]:
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", value.strip(), re.ASCII)
    if not found or found[1] == "0000":
        raise ValueError("give a day, month or year: 2019-10-22, 2019-10 or 2019")
    year, first, last = int(found[1]), int(found[2] or 1), int(found[2] or 12)
    if not 1 <= first <= 12:
        raise ValueError("there is no such month")
    days = monthrange(year, last)[1]
    if found[3] and not 1 <= int(found[3]) <= days:
        raise ValueError("there is no such day")
    return f"{found[1]}-{first:02d}-{found[3] or '01'}", f"{found[1]}-{last:02d}-{found[3] or days}"


def _since(value: str) -> str:
    return f'"{_bounds(value)[0]}T00:00:00Z"^^<{iri.XSD}dateTime>'


def _until(value: str) -> str:
    return f'"{_bounds(value)[1]}T23:59:59Z"^^<{iri.XSD}dateTime>'


#: What a value may be. `entity` matches through `(rdfs:label|skos:altLabel|owl:sameAs)?`, so that a key, a Wikidata id
#: and a label all work; `since` and `until` are the first and the last second of a day, month or year.
KINDS: Mapping[str, Callable[[str], str]] = {
    "entity": _entity,
    "integer": _integer,
    "since": _since,
    "term": _ontology_term,
    "text": _literal,
    "until": _until,
}
