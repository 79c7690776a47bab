"""The redactions of a store and the file that keeps them: DIR/redactions.json, for its owner's eyes alone.

It holds the key of all hashes and what is needed to redact again when a document is read again, or a new one names
whom a redaction is about. It does not spell out names, but whoever has it can test guesses; no command shows or copies
it. `khabar.json` says that a store has such a file, so that one without it is not written to.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from khabar import iri
from khabar.errors import QueryError, StoreError
from khabar.folders import META
from khabar.redactions.names import MASK, Kind, Names, keyed

FILE = "redactions.json"
NODE = iri.entity("redacted-")
"""What the IRI of every redacted entity begins with."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """One redaction: `id` (16 hex digits, also in the IRI of its node), when, who, why, the class of its node.

    `nodes` are keyed hashes of the IRIs and Wikidata items that it is about, `names` those of its names, as (hash,
    kind, words); `documents` are the keys of the documents that it masks.
    """

    id: str
    at: str
    by: str
    because: str
    cls: str
    nodes: tuple[str, ...]
    names: tuple[tuple[str, Kind, int], ...]
    documents: frozenset[str] = frozenset()

    @property
    def node(self) -> str:
        """The IRI that stands for whom it is about."""
        return NODE + self.id


@dataclass(frozen=True)
class Redactions:
    """All redactions of a store, the earliest first; `texts` are keyed hashes of texts as they were before masking."""

    salt: bytes
    made: tuple[Redaction, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Redactions:
        """The redactions of the store in a folder; StoreError when the file is damaged, or missing from its store."""
        try:
            data = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(bytes.fromhex(data["salt"]), tuple(map(_read, data["made"])), dict(data["texts"]))
        except FileNotFoundError:
            if json.loads((folder / META).read_text(encoding="utf-8")).get("redactions"):
                raise StoreError(
                    f"{folder}: {FILE} is missing, without which names would come back; put it back, or build anew"
                ) from None
            return cls(secrets.token_bytes(32))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{folder / FILE}: damaged; put back a copy, or build the store anew") from error

    @property
    def text(self) -> str:
        """What the file says."""
        made = [{**asdict(one), "documents": sorted(one.documents)} for one in self.made]
        data = {"salt": self.salt.hex(), "made": made, "texts": dict(self.texts)}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

    def write(self, folder: Path) -> None:
        """Write the file in place of the old one."""
        write_private(folder / FILE, self.text)

    def __bool__(self) -> bool:
        return bool(self.made)

    @cached_property
    def names(self) -> Names:
        """The names of all redactions."""
        hashes: dict[str, tuple[tuple[str, Kind], ...]] = {}
        for one in self.made:
            for digest, kind, _ in one.names:
                hashes[digest] = (*hashes.get(digest, ()), (one.id, kind))
        return Names(self.salt, hashes, max((words for one in self.made for *_, words in one.names), default=0))

    def about(self, node: str) -> Redaction | None:
        """The redaction that is about an IRI or a Wikidata item."""
        digest = keyed(self.salt, node)
        return next((one for one in self.made if digest in one.nodes), None)

    def namesake(self, one: str, node: str) -> str:
        """The IRI that stands for another entity of the same name as redaction `one` is about."""
        return NODE + keyed(self.salt, f"{one} {node}")

    def find(self, name: str) -> Redaction:
        """The redaction of an id; QueryError when there is none."""
        id_ = name.strip().removeprefix(NODE).removeprefix("entity/").removeprefix("entity:").removeprefix("redacted-")
        for one in self.made:
            if one.id == id_:
                return one
        raise QueryError(f"there is no redaction {name!r}; `khabar redact DIR --list` lists them")

    def begun(self, nodes: Iterable[str], items: Iterable[str], cls: str, by: str, because: str) -> Redaction:
        """A new redaction about these nodes, the first of which gives it its id, without names yet."""
        first, *others = nodes
        hashes = tuple(sorted(keyed(self.salt, node) for node in (first, *others, *items)))
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Redaction(keyed(self.salt, first), at, by, because, cls, hashes, ())

    def has_text(self, key: str, text: str) -> bool:
        """Whether the document of this key had this text before it was masked."""
        return self.texts.get(key) == keyed(self.salt, text)

    def noted(self, key: str, text: str, touched: Iterable[str]) -> Redactions:
        """The redactions after a document of this text came in that those of the ids `touched` mask."""
        ids = set(touched)
        if MASK in text and key in self.texts:  # it came masked, as from `khabar relink`
            return self._with_document(key, ids.union(one.id for one in self.made if key in one.documents))
        digest = keyed(self.salt, text) if ids else None
        if self.texts.get(key) == digest:
            return self._with_document(key, ids)
        texts = {other: held for other, held in self.texts.items() if other != key}
        if digest is not None:
            texts[key] = digest
        return replace(self._with_document(key, ids), texts=texts)

    def without_document(self, key: str) -> Redactions:
        """The redactions after a document went."""
        return self.noted(key, text="", touched=())

    def lifted(self, one: Redaction) -> Redactions:
        """The redactions without one; the documents that it masked count as changed from now on."""
        texts = {key: digest for key, digest in self.texts.items() if key not in one.documents}
        return replace(self, made=tuple(other for other in self.made if other != one), texts=texts)

    def _with_document(self, key: str, ids: set[str]) -> Redactions:
        if all((one.id in ids) == (key in one.documents) for one in self.made):
            return self
        made = (
            replace(one, documents=one.documents | {key} if one.id in ids else one.documents - {key})
            for one in self.made
        )
        return replace(self, made=tuple(made))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(data: dict[str, Any]) -> Redaction:
    names = tuple((digest, kind, int(words)) for digest, kind, words in data["names"])
    rest = {**data, "nodes": tuple(data["nodes"]), "names": names, "documents": frozenset(data["documents"])}
    return Redaction(**rest)
