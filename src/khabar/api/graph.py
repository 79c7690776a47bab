"""An open store as people of Python use it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from khabar import records
from khabar.api import selections, shapes
from khabar.api.filters import Day, Words
from khabar.api.questions import sparql
from khabar.api.result import Result, Row, of_query, of_records
from khabar.api.selections import Name
from khabar.errors import StoreError
from khabar.finder import find_document, find_entity
from khabar.records import ClaimRow, DocumentRow, EntityRow, EventRow
from khabar.store import Store

if TYPE_CHECKING:
    from khabar.api.changes import Added
    from khabar.api.intake import Item
    from khabar.api.mentions import MentionRow


def open(path: str | PathLike[str], *, write: bool = False) -> Graph:
    """Open a store: to read, or to write, for which an absent or empty folder becomes a new one.

    One process writes, or many read. StoreError when there is no store, when it is in use, or when a newer khabar wrote
    it.

    >>> with khabar.open(folder / "news") as news:
    ...     len(news.documents())
    12
    """
    return Graph(Store.open(Path(path), write=write, create=write))


class Graph:
    """An open store. Use it as a context manager, or `close` it, to let others write.

    What it gives is in memory and stays valid when it is closed. Names of entities may be keys (`haftar`), IRIs,
    Wikidata ids (`Q43`) or labels (`خليفة حفتر`); QueryError, with what is near, for one that means nothing or several.
    """

    def __init__(self, store: Store) -> None:
        self._opened: Store | None = store
        self.path = store.path
        self.writable = store.writable

    @property
    def store(self) -> Store:
        """The store itself, for what is not here; StoreError once it is closed."""
        if self._opened is None:
            raise StoreError(f"{self.path}: the graph is closed; open it again with khabar.open")
        return self._opened

    def close(self) -> None:
        """Write everything to disk and give up the store; a second time does nothing."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._opened is None:
            return f"<closed graph {self.path}>"
        return f"<graph {self.path}: {len(self.store.documents()):,} documents, {self.store.count_facts():,} facts>"

    # Asking --------------------------------------------------------------------------------------------------------

    def query(self, question: str | PathLike[str], /, **values: object) -> Result[Row]:
        """Ask a named query (`khabar queries` lists them), SPARQL, or a file of it (a path), with its parameters.

        The default graph is the union of all graphs, our prefixes are known. SERVICE, LOAD and updates are refused.

        >>> kg.query("backers", entity="haftar")[0].relation
        'supplies'
        >>> bool(kg.query("ASK { entity:ae :supplies entity:haftar }"))
        True
        """
        return of_query(self.store.query(sparql(question, values)))

    def claims(
        self,
        about: Name | None = None,
        *,
        predicate: Words = None,
        facts: bool | None = None,
        modality: Words = None,
        polarity: Words = None,
        certainty: Words = None,
        source: Name | None = None,
        since: Day = None,
        until: Day = None,
        document: str | None = None,
        min_confidence: float | None = None,
    ) -> Result[ClaimRow]:
        """Claims with their words, source and stance, in the order of documents and of their words.

        `about` is an entity: one end of the claim, or with a role in the event it tells. `predicate` takes in
        sub-properties (`supports` also finds `supplies`), `type` is what an event's own claim has. `facts` says whether
        graph/facts holds it. `source` is who says so, `""` the outlet itself. `since` and `until` (day, month or year)
        hold for the date that the text gives, else for the document's. Words may be one or several.

        >>> kg.claims("haftar", predicate="supports", facts=True).column("subject_en")
        ['United Arab Emirates', 'United Arab Emirates', 'Egypt']
        """
        return selections.claims(
            self.store, about, predicate=predicate, facts=facts, modality=modality, polarity=polarity,
            certainty=certainty, source=source, since=since, until=until, document=document,
            min_confidence=min_confidence,
        )  # fmt: skip

    def events(
        self,
        about: Name | None = None,
        *,
        class_: Words = None,
        status: Words = None,
        facts: bool | None = None,
        since: Day = None,
        until: Day = None,
        document: str | None = None,
        min_confidence: float | None = None,
    ) -> Result[EventRow]:
        """Events with their roles, dates, numbers and places; `class_` takes in subclasses.

        `about` is an entity with a role in it, `status` a modality, `Denied` or `Uncertain`; the rest as for `claims`.

        >>> {event.status for event in kg.events(class_="Strike", facts=True)}
        {'Happened'}
        """
        return selections.events(
            self.store, about, class_=class_, status=status, facts=facts, since=since, until=until, document=document,
            min_confidence=min_confidence,
        )  # fmt: skip

    def entities(self, *, class_: Words = None, known: bool | None = None, mentioned: bool = True) -> Result[EntityRow]:
        """Entities: those of the knowledge base, then each document's own; `class_` takes in subclasses.

        `known` tells the knowledge base's from the others. Without `mentioned` also those that no text names: the
        states and forces that the named ones belong to.

        >>> "haftar" in kg.entities(class_="Person", known=True).column("key")
        True
        """
        return selections.entities(self.store, class_=class_, known=known, mentioned=mentioned)

    def entity(self, name: str) -> EntityRow:
        """The one entity that a name means; of a merged group the node that stands for it.

        >>> kg.entity("Q43").label_en, kg.entity("تركيا").key
        ('Turkey', 'tr')
        """
        node = self.store.decisions.group(find_entity(self.store, name))[0]
        return next(row for row in records.entities(self.store) if row.entity == node)

    def documents(self) -> Result[DocumentRow]:
        """The documents, and how much was read out of each.

        >>> len(kg.documents())
        12
        """
        return of_records(DocumentRow, records.documents(self.store), selections.DOCUMENT)

    def mentions(self, document: str) -> Result[MentionRow]:
        """The words of a document (by key, URL or id) that name an entity or tell an event, in the order of its text.

        >>> kg.mentions("libya-1")[0].words
        'طرابلس'
        """
        from khabar.api.mentions import MENTION, MentionRow, mentions

        return of_records(MentionRow, mentions(self.store, find_document(self.store, document)), MENTION)

    def facts(self) -> Result[Row]:
        """The facts, each with its number of outlets, sources and claims, and of claims that deny it (query `facts`).

        >>> kg.facts().columns
        ('subject', 'relation', 'object', 'outlets', 'sources', 'claims', 'denials', 'node')
        """
        return self.query("facts")

    def show(self, name: str, *, limit: int = 20) -> shapes.Page:
        """An entity, document or claim to look at: in a notebook with its words marked in their text, else as text.

        >>> print(kg.show("haftar", limit=1).text.splitlines()[0])
        Khalifa Haftar · خليفة حفتر
        """
        from khabar.api.cards import card

        return card(self.store, name, limit)

    # Changing ------------------------------------------------------------------------------------------------------

    def add(
        self,
        items: Item | Iterable[Item],
        *,
        date: str | date | None = None,
        licence: str | None = None,
        again: bool = False,
        guess_names: bool = False,
        min_confidence: float = 0.0,
    ) -> Added:
        """Read articles into the store: texts, records (mappings with `text`), paths of files and folders, or many.

        `date` and `licence` are for those that state none, the rest as for `khabar build`. Documents that are there
        already are skipped; what cannot be used is told in `problems`, InputError when nothing can. Give many at once:
        merges, groups and facts are derived anew at each call.

        >>> with khabar.open(folder / "mine", write=True) as mine:
        ...     mine.add(["تدعم تركيا حكومة الوفاق.", {"text": "نفت مصر أنها تدعم حفتر.", "date": "2019"}]).stored
        2
        """
        from khabar.api import changes

        return changes.add(
            self._to_write(), items, day=date, licence=licence, again=again, guess_names=guess_names,
            min_confidence=min_confidence,
        )  # fmt: skip

    def forget(self, document: str) -> str:
        """Take out a document (by key, URL or id) and what only it supported; returns its key.

        >>> with khabar.open(folder / "mine", write=True) as mine:
        ...     key = mine.forget(mine.documents()[0].document)
        ...     len(mine.documents())
        1
        """
        from khabar.api import changes

        return changes.forget(self._to_write(), document)

    def export(
        self, form: str, path: str | PathLike[str], *, graph: str | None = None, text: bool = True, sort: bool = True
    ) -> Path:
        """Write the store, or one graph of it, in a format of `khabar export --list`; returns the path.

        Without `text` the articles stay at home. The file is whole or not there: InputError says why.

        >>> kg.export("turtle", folder / "facts.ttl", graph="facts").stat().st_size > 0
        True
        """
        from khabar.api import files

        files.export(self.store, form, Path(path), graph=graph, text=text, sort=sort)
        return Path(path)

    def _to_write(self) -> Store:
        if not self.writable:
            raise StoreError(f"{self.path}: opened to read; open it with khabar.open({str(self.path)!r}, write=True)")
        return self.store
