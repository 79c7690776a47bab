"""What goes first and what last, and what to do when something does not get there.

A reader of the external store may come at any time. So facts that rest on a document which is to change are taken out
before anything else, and come back at the very end; what is gone goes before what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyoxigraph import Triple

from khabar import iri
from khabar.errors import ServiceError
from khabar.push import checking
from khabar.push.ledger import Ledger, Sent
from khabar.push.remote import Remote
from khabar.push.source import Source, is_document
from khabar.web import RefusedError

_PATIENCE = 3
"""Graphs in a row that the store may refuse before the run ends."""

_DERIVED = (iri.FACTS, iri.ENTITIES, iri.LINKS, iri.ONTOLOGY, iri.RUNS)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do: `here` are all graphs in order but graph/facts, which is `all_facts`.

    `rows` is what the ledger says is there, `only` are the graphs to look at, None for all.
    """

    here: dict[str, Sent]
    all_facts: Sent
    rows: dict[str, Sent]
    only: Collection[str] | None = None

    def wants(self, name: str) -> bool:
        """Whether the user asked for this graph."""
        return self.only is None or name in self.only

    @property
    def changed(self) -> list[str]:
        """Graphs to send, in order."""
        return [name for name, sent in self.here.items() if self.wants(name) and self.rows.get(name) != sent]

    @property
    def gone(self) -> list[str]:
        """Graphs to delete."""
        return [name for name in self.rows if self.wants(name) and name not in self.here and name != iri.FACTS]

    @property
    def facts(self) -> bool:
        """Whether graph/facts is to be kept right: it was asked for, or it is there."""
        return self.wants(iri.FACTS) or iri.FACTS in self.rows

    def waiting(self, rows: dict[str, Sent]) -> list[str]:
        """Documents that are not there as they are here, if the ledger says this."""
        return [name for name, sent in self.here.items() if is_document(name) and rows.get(name) != sent]

    def there(self, rows: dict[str, Sent]) -> tuple[int, int]:
        """How many of the wanted graphs are there as they are here, of how many, if the ledger says this."""
        wanted = {name: sent for name, sent in self.here.items() if self.wants(name)}
        if self.all_facts.triples and self.wants(iri.FACTS):
            wanted[iri.FACTS] = self.all_facts
        return sum(rows.get(name) == sent for name, sent in wanted.items()), len(wanted)


@dataclass(slots=True)
class Outcome:
    """What a run did, in graphs, with a line for each problem; `triples` is how many the ledger now says are there."""

    sent: int = 0
    deleted: int = 0
    there: int = 0
    total: int = 0
    triples: int = 0
    counted: int = 0
    compared: int = 0
    problems: list[str] = field(default_factory=list)


def plan(
    source: Source, rows: dict[str, Sent], only: Collection[str] | None = None, progress: Progress = lambda *_: None
) -> Plan:
    """Measure every graph of the store against the ledger."""
    names = source.names()
    here = {}
    for number, name in enumerate(names):
        progress(number, len(names), f"reading {iri.shorten(name)}")
        here[name] = source.measure(name)
    return Plan(here, source.measure(iri.FACTS), rows, only)


class Push:
    """One run: `run` does it. `sample` is how many documents are read back and compared."""

    def __init__(
        self,
        source: Source,
        remote: Remote,
        ledger: Ledger,
        *,
        only: Collection[str] | None = None,
        again: bool = False,
        sample: int = 10,
        progress: Progress = lambda *_: None,
    ) -> None:
        self._source, self._remote, self._ledger = source, remote, ledger
        self._again, self._sample, self._progress = again, sample, progress
        if again:
            ledger.strike_all()
        self._plan = plan(source, ledger.rows(), only, progress)
        self._problems: list[str] = []
        self._refusals = 0
        self._touched: set[str] = set()
        self._held: set[Triple] = set()

    def run(self) -> Outcome:
        """Bring the store there and check it. ServiceError, saying what is left, when it cannot go on."""
        todo = self._plan
        with self._saying_what_is_left():
            strange = not todo.rows and not self._again and self._occupied()
        if strange:
            raise ServiceError(
                f"{self._remote.target.gsp}: there are graphs of khabar already, of which this store has no record; "
                "--again replaces them"
            )
        with self._saying_what_is_left():
            if todo.facts and (todo.changed or todo.gone):
                self._withhold_facts()
            for number, name in enumerate(todo.gone):
                self._progress(number, len(todo.gone), f"deleting {iri.shorten(name)}")
                self._delete(name)
            for number, name in enumerate(todo.changed):
                self._progress(number, len(todo.changed), f"sending {iri.shorten(name)}")
                self._put(name, todo.here[name])
            if todo.facts:
                self._bring_facts()
            counted, compared = self._check()
        rows = self._ledger.rows()
        return Outcome(
            len(self._touched & rows.keys()),
            len(todo.rows.keys() - rows.keys()),
            *todo.there(rows),
            sum(row.triples for row in rows.values()),
            counted,
            compared,
            self._problems,
        )

    @contextmanager
    def _saying_what_is_left(self) -> Iterator[None]:
        try:
            yield
        except ServiceError as error:
            there, total = self._plan.there(self._ledger.rows())
            raise ServiceError(
                f"{error}; {there:,} of {total:,} graphs are there: run the same command again to go on"
            ) from error

    def _occupied(self) -> bool:
        """Whether graphs are there that every store of khabar has: another one's would be replaced unnoticed."""
        names = [name for name in _DERIVED if self._plan.wants(name)]
        return any(self._remote.count(names).values()) if names else False

    def _withhold_facts(self) -> None:
        """Take out the facts that some claim of a waiting document is about, if any facts may be there."""
        if iri.FACTS not in self._plan.rows and not self._again:
            return
        waiting = self._plan.waiting(self._plan.rows)
        if len(waiting) == sum(map(is_document, self._plan.here)):
            self._delete(iri.FACTS)
        else:
            self._put_facts(self._source.told(waiting))

    def _bring_facts(self) -> None:
        """Put graph/facts, without those that rest on a document which did not get there."""
        self._put_facts(self._source.told(self._plan.waiting(self._ledger.rows())))

    def _put_facts(self, held: set[Triple]) -> None:
        self._held = held
        sent = self._source.measure(iri.FACTS, held) if held else self._plan.all_facts
        row = self._ledger.rows().get(iri.FACTS)
        if sent.triples and row != sent:
            self._put(iri.FACTS, sent, held)
        elif not sent.triples and row is not None:
            self._delete(iri.FACTS)

    def _put(self, name: str, sent: Sent, without: Collection[Triple] = ()) -> None:
        with self._bearing(name):
            self._ledger.strike(name)
            self._remote.put(name, lambda: self._source.lines(name, without))
            self._ledger.note(name, sent)
            self._touched.add(name)

    def _delete(self, name: str) -> None:
        with self._bearing(name):
            self._ledger.strike(name)
            self._remote.delete(name)
            self._ledger.remove(name)
            self._touched.add(name)

    @contextmanager
    def _bearing(self, name: str) -> Iterator[None]:
        """What is wrong with one graph is a problem to report; with graph after graph it is the end."""
        try:
            yield
        except RefusedError as error:
            self._problems.append(f"{iri.shorten(name)}: {error}")
            self._refusals += 1
            if self._refusals >= _PATIENCE:
                raise ServiceError(f"{error}; so with {_PATIENCE} graphs in a row") from error
        else:
            self._refusals = 0

    def _check(self) -> tuple[int, int]:
        """Count all graphs, compare some, and strike out of the ledger what differs, so that it is sent again.

        Returns how many were counted and how many compared.
        """
        rows = self._ledger.rows()
        known = {name: sent for name, sent in rows.items() if sent.digest}
        expected = {name: sent.triples for name, sent in known.items()}
        expected.update({name: 0 for name in self._touched if name not in rows})
        differing = dict(checking.counts(self._remote, expected))
        chosen = checking.sample(
            self._touched & known.keys() or known, known, self._sample, self._remote.preset.compared
        )
        chosen = [name for name in chosen if name not in differing]
        for number, name in enumerate(chosen):
            self._progress(number, len(chosen), f"comparing {iri.shorten(name)}")
            try:
                line = checking.compare(self._remote, self._source, name, self._held if name == iri.FACTS else ())
            except RefusedError as error:
                line = str(error)
            if line:
                differing[name] = line
        for name, line in differing.items():
            self._ledger.strike(name)
            self._problems.append(f"{iri.shorten(name)}: {line}")
        return len(expected), len(chosen)
