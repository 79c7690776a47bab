"""The user's own names: a table that is checked row by row and laid over the knowledge base.

The table is a UTF-8 TSV with a header; `key`, `class` and `name_ar` are required, the other columns may be left out.
A row whose key the knowledge base has changes that entry: empty cells keep what is there, `-` takes it away, aliases
are added. Any other row is a new entry. What the table names means what the table says, and not what the knowledge
base says; in a row with `country` in the column `context`, only where the text speaks of that country.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from khabar import iri
from khabar.errors import InputError
from khabar.kb import Candidate, Entry, KnowledgeBase
from khabar.kb.matcher import split
from khabar.kb.records import COUNTRY, SURE
from khabar.mentions.words import load
from khabar.text import fold, normalise

REQUIRED = ("key", "class", "name_ar")
COLUMNS = (
    *REQUIRED, "name_en", "aliases_ar", "aliases_en", "country", "part_of", "active_from", "active_to", "qid",
    "qid_source", "context",
)  # fmt: skip
FREQUENT = 85
"""Log frequency (tenths, of the segmenter's newswire) from which a name of one word is worth a warning."""

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_QID = re.compile(r"Q[1-9][0-9]*")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_NOTHING = "-"
_WEIGHT = 99
_SPELLINGS = (
    ("عبد ال", "عبدال"), ("امريك", "اميرك"), ("ميليشي", "مليشي"), (" بن ", " ابن "), ("ديمقراط", "ديموقراط"),
)  # fmt: skip


class Classes(Protocol):
    """What a table asks of the ontology."""

    @property
    def classes(self) -> frozenset[str]:
        """Local names of all classes."""

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether the class is the ancestor or below it."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A table that was read: entries, what its folded names mean, and what is to be said of it.

    `problems` has one line for each bad row, `notes` one for each thing that is allowed but may not be meant; `english`
    maps keys to English aliases, which serve `khabar reconcile`; `digest` is the SHA-256 of the file.
    """

    name: str
    digest: str
    entries: tuple[Entry, ...] = ()
    names: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    english: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """The name of this very table in graph/runs."""
        return f"{iri.BASE}table/{self.digest[:16]}"

    def over(self, kb: KnowledgeBase) -> KnowledgeBase:
        """The knowledge base with the table laid over it."""
        return kb.lay(self.entries, self.names, _blocked(self.names))


def read_overlay(path: Path, kb: KnowledgeBase, ontology: Classes) -> Overlay:
    """Read and check a table; InputError when it is no such table at all, `problems` for rows that are bad."""
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a TSV file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8 text") from error
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if not rows:
        raise InputError(f"{path}: is empty; give it a header with the columns {', '.join(REQUIRED)}")
    header = [cell.strip() for cell in rows[0][1]]
    _check_header(path, header)
    table = _Table(path, kb, ontology)
    for number, cells in rows[1:]:
        table.take(number, header, [cell.strip() for cell in cells])
    table.tie()
    digest = hashlib.sha256(data).hexdigest()
    entries = tuple(row.entry for row in table.rows.values())
    english = {row.entry.key: row.english for row in table.rows.values() if row.english}
    return Overlay(path.name, digest, entries, table.names(), english, tuple(table.problems), tuple(table.notes))


def used(run: NamedNode, table: Overlay) -> list[Quad]:
    """Quads of graph/runs: the run used a table of this file name and SHA-256."""
    node, graph = NamedNode(table.iri), NamedNode(iri.RUNS)
    return [
        Quad(run, NamedNode(iri.PROV + "used"), node, graph),
        Quad(node, NamedNode(iri.DCT + "title"), Literal(table.name), graph),
        Quad(node, NamedNode(iri.DCT + "identifier"), Literal(f"sha256:{table.digest}"), graph),
    ]


def _check_header(path: Path, header: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in header]:
        raise InputError(f"{path}:1: the header lacks the column {missing[0]}; columns are parted by tabs")
    for name in header:
        if name not in COLUMNS or header.count(name) > 1:
            what = "is there twice" if name in COLUMNS else "is unknown"
            raise InputError(f"{path}:1: column {name!r} {what}; the columns are {', '.join(COLUMNS)}")


@dataclass(slots=True)
class _Row:
    number: int
    entry: Entry
    context: str
    own: tuple[str, ...]
    english: tuple[str, ...]


class _Bad(Exception):  # noqa: N818
    """What is wrong with a row and what to do."""


class _Table:
    """Takes in rows one by one; `tie` then checks what needs all of them."""

    def __init__(self, path: Path, kb: KnowledgeBase, ontology: Classes) -> None:
        self.path, self.kb, self.ontology = path, kb, ontology
        self.rows: dict[str, _Row] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._forms: dict[str, list[_Row]] = {}
        self._qids: dict[str, str] | None = None

    def take(self, number: int, header: list[str], cells: list[str]) -> None:
        """Check a row by itself and keep it, or report it."""
        try:
            if len(cells) > len(header) and any(cells[len(header) :]):
                raise _Bad(f"has {len(cells)} cells, the header {len(header)}; remove a tab")
            row = self._row(number, dict(zip(header, cells, strict=False)))
            if earlier := self.rows.get(row.entry.key):
                raise _Bad(f"key {row.entry.key!r} stands in line {earlier.number} too; join the rows or rename one")
            for form in _forms(row.own):
                rivals = self._forms.get(form, [])
                if rivals and any(r.context != "country" for r in (row, *rivals)):
                    raise _Bad(
                        f"name {form!r} is given to {rivals[0].entry.key!r} in line {rivals[0].number} too; take it"
                        " from one of them, or write country in the column context of both"
                    )
        except _Bad as bad:
            self.problems.append(f"{self.path}:{number}: {bad}")
            return
        self.rows[row.entry.key] = row
        for form in _forms(row.own):
            self._forms.setdefault(form, []).append(row)

    def _row(self, number: int, cell: dict[str, str]) -> _Row:
        for name in REQUIRED:
            if cell.get(name, "") in ("", _NOTHING):
                raise _Bad(f"{name} is empty; fill it in")
        key = cell["key"]
        if not _KEY.fullmatch(key) or key.startswith(("nil-", "redacted-")):
            says = "take small Latin letters, digits, - and _, and no nil- or redacted- in front"
            raise _Bad(f"key {key!r} is not usable; {says}")
        cls = self._cls(cell["class"])
        old = self._known(key)
        entry = old or Entry(key, cls, cell["name_ar"], "")
        aliases = tuple(dict.fromkeys(a.strip() for a in cell.get("aliases_ar", "").split("|") if a.strip()))
        own = (cell["name_ar"], *(a for a in aliases if a != _NOTHING))
        for name in own:
            if len(_words(name)) < 2 or not _ARABIC.search(name):
                raise _Bad(f"name {name!r} cannot be looked for; write at least two Arabic letters")
        kept = () if aliases == (_NOTHING,) else (*entry.aliases_ar, entry.name_ar, *aliases)
        entry = replace(
            entry,
            cls=cls,
            name_ar=cell["name_ar"],
            name_en=_kept(cell.get("name_en", ""), entry.name_en) or "",
            aliases_ar=tuple(dict.fromkeys(a for a in kept if a != cell["name_ar"])),
            country=_kept(cell.get("country", "").lower(), entry.country),
            part_of=_kept(cell.get("part_of", ""), entry.part_of),
            active_from=_kept(self._date(cell, "active_from"), entry.active_from),
            active_to=_kept(self._date(cell, "active_to"), entry.active_to),
        )
        if entry.active_from and entry.active_to and entry.active_from > entry.active_to:
            raise _Bad(f"active_from {entry.active_from} is after active_to {entry.active_to}; exchange them")
        context = cell.get("context", "")
        if context not in ("", "sure", "country"):
            raise _Bad(f"context {context!r} is unknown; write sure, country or nothing")
        if context == "country" and not entry.country:
            raise _Bad("context country needs a country; fill in the column country")
        english = tuple(a.strip() for a in cell.get("aliases_en", "").split("|") if a.strip())
        return _Row(number, self._linked(number, cell, entry), context, own, english)

    def _known(self, key: str) -> Entry | None:
        try:
            return self.kb.entry(key)
        except KeyError:
            return None

    def _cls(self, cls: str) -> str:
        allowed = [c for c in self.ontology.classes if self.ontology.is_a(c, "Entity") or c == "Conflict"]
        if cls not in allowed:
            near = difflib.get_close_matches(cls, allowed, 1)
            hint = f"did you mean {near[0]}?" if near else f"take one of {', '.join(sorted(allowed))}"
            raise _Bad(f"class {cls!r} is no class of entities; {hint}")
        return cls

    @staticmethod
    def _date(cell: dict[str, str], name: str) -> str:
        value = cell.get(name, "")
        if value not in ("", _NOTHING) and not _DATE.fullmatch(value):
            raise _Bad(f"{name} {value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    def _linked(self, number: int, cell: dict[str, str], entry: Entry) -> Entry:
        """The entry with its QID: written as such, with a source, and nobody else's."""
        qid, source = cell.get("qid", ""), cell.get("qid_source", "")
        if not qid:
            if source:
                self.notes.append(f"{self.path}:{number}: qid_source without a qid is not used")
            return entry
        if qid == _NOTHING:
            return replace(entry, qid=None, qid_source=None)
        if not _QID.fullmatch(qid):
            raise _Bad(f"qid {qid!r} is not Q and a number (Q43); correct it or leave it empty")
        if not source:
            raise _Bad(f"qid {qid} has no qid_source; say who states it (an address, a file, a person and a day)")
        if self._qids is None:
            self._qids = {e.qid: e.key for e in self.kb.entries() if e.qid}
        holders = [r.entry.key for r in self.rows.values() if r.entry.qid == qid and r.entry.key != entry.key]
        known = self._qids.get(qid)
        if known is not None and known != entry.key and known not in self.rows:
            holders.append(known)
        if holders:
            raise _Bad(f"qid {qid} is that of {holders[0]!r}; use that key, or take the qid from one of them")
        if entry.qid and entry.qid != qid:
            where = f"{self.path}:{number}"
            self.notes.append(f"{where}: {entry.key} was {entry.qid} in the knowledge base, and is {qid} now")
        return replace(entry, qid=qid, qid_source=source)

    def tie(self) -> None:
        """Check that countries and parents exist and are of the right kind, and note what names hide."""
        for key, row in list(self.rows.items()):
            try:
                country = self._key(row.entry.country, "country", "Country")
                part_of = self._key(row.entry.part_of, "part_of", "")
                if part_of == key:
                    raise _Bad("part_of is the row's own key; leave it empty")
            except _Bad as bad:
                self.problems.append(f"{self.path}:{row.number}: {bad}")
                continue
            row.entry = replace(row.entry, country=country, part_of=part_of)
            self._hidden(row)
        self.problems.sort(key=lambda line: int(line.removeprefix(f"{self.path}:").partition(":")[0]))

    def _key(self, key: str | None, column: str, cls: str) -> str | None:
        if not key:
            return None
        row = self.rows.get(key)
        entry = row.entry if row else self._known(key)
        if entry is None:
            what = "a code like ly, or the key of a Country row" if cls else "the key of a row or of the knowledge base"
            raise _Bad(f"{column} {key!r} is unknown; give {what}")
        if cls and entry.cls != cls:
            raise _Bad(f"{column} {key!r} is of class {entry.cls}; give the key of a {cls}")
        return entry.key

    def _hidden(self, row: _Row) -> None:
        """Note names that the knowledge base gives to others, and names that are frequent words."""
        where = f"{self.path}:{row.number}"
        for name in row.own:
            others = [c.key for c in self.kb.meanings(_words(name)) if c.key != row.entry.key]
            if others:
                said = ", ".join(f"{k} ({self.kb.entry(k).name_ar}, {self.kb.entry(k).cls})" for k in others[:3])
                more = f" and {len(others) - 3} more" if len(others) > 3 else ""
                means = f"means {row.entry.key} only; write country in the column context to keep the others"
                if row.context == "country":
                    means = f"means {row.entry.key} first where the text speaks of {row.entry.country}"
                self.notes.append(f"{where}: {name!r} is also {said}{more} in the knowledge base; it now {means}")
            elif row.context != "country" and load().common.get(_words(name), 0) >= FREQUENT:
                self.notes.append(f"{where}: {name!r} is a frequent word; if not always a name, context country")

    def names(self) -> dict[str, tuple[Candidate, ...]]:
        """What each folded name of the table means."""
        found: dict[str, list[Candidate]] = {}
        for row in self.rows.values():
            entry = row.entry
            tier = COUNTRY if row.context == "country" else SURE
            for form in _forms(row.own):
                one = Candidate(entry.key, tier, entry.cls, entry.country or "", _WEIGHT, entry.located_in or "")
                found.setdefault(form, []).append(one)
        for form, candidates in found.items():
            if candidates[0].tier == COUNTRY:
                keys = {c.key for c in candidates}
                candidates += [c for c in self.kb.meanings(form) if c.key not in keys]
                candidates.sort(key=lambda c: c.tier)
        return {form: tuple(candidates) for form, candidates in found.items()}


def _kept(cell: str, old: str | None) -> str | None:
    """The cell, what was there when it is empty, nothing when it says so."""
    return old if not cell else None if cell == _NOTHING else cell


def _words(name: str) -> str:
    """The folded form that the matcher compares: words joined by one space."""
    return " ".join(split(fold(normalise(name).text)).text)


def _forms(names: tuple[str, ...]) -> list[str]:
    """The folded names with other press spellings of them, each once."""
    forms = dict.fromkeys(_words(name) for name in names)
    for pair in _SPELLINGS:
        for form in list(forms):
            for old, new in (pair, pair[::-1]):
                if old in form and (new not in form or len(new) < len(old)):
                    forms.setdefault(form.replace(old, new))
    return list(forms)


def _blocked(names: Mapping[str, object]) -> frozenset[str]:
    """Words that begin like a proclitic and a name of the table but are frequent words of their own."""
    return frozenset(_joined(names))


def _joined(names: Mapping[str, object]) -> Iterator[str]:
    common = load().common
    for name in names:
        for clitic in ("و", "ف", "ب", "ل", "ك") if " " not in name else ():
            frequent = common.get(clitic + name, 0)
            if frequent >= 60 and frequent > common.get(name, 0):
                yield clitic + name
