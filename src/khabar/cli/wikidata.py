"""`khabar wikidata`: what Wikidata says of the knowledge base, and items for entities that it does not know."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.kb import Entry, KnowledgeBase
    from khabar.wikidata import Cache, Client
    from khabar.wikidata.refresh import Refresh

wikidata = typer.Typer(
    help="""Ask Wikidata about known and unknown things.

The only commands that use the network. They send one request at a time, say who asks, wait when they are told to, and
keep every answer, so that a run that was stopped goes on where it stopped. They change nothing by themselves: what
they find is a table for a person to review.""",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Contact = Annotated[
    str,
    typer.Option(
        envvar="KHABAR_CONTACT", help="Your address, for the operators of the service. Wikimedia asks for it."
    ),
]
Endpoint = Annotated[str, typer.Option(metavar="URL", help="A SPARQL endpoint with Wikidata's data.")]
CacheFile = Annotated[Path | None, typer.Option("--cache", metavar="FILE", help="Where answers are kept.")]
Age = Annotated[float, typer.Option("--max-age", min=0, metavar="DAYS", help="Ask again for what is older.")]
Batch = Annotated[int, typer.Option(min=1, max=500, help="Items in one request.")]
Pause = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Time between two requests.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to the screen.")]

_PUBLIC_SPARQL = "https://query.wikidata.org/sparql"
_PUBLIC_SEARCH = "https://www.wikidata.org/w/api.php"


@wikidata.command()
def refresh(
    output: Output = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="KEY|QID", help="Only this entry; may be repeated.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own table of actors, which accepted changes go to.")
    ] = None,
    apply: Annotated[Path | None, typer.Option(metavar="FILE", help="A reviewed table, to put into --table.")] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="With --apply: accept undecided rows of this kind too; may be repeated."),
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="With --apply: who reviewed.")] = "",
    contact: Contact = "",
    endpoint: Endpoint = _PUBLIC_SPARQL,
    cache: CacheFile = None,
    max_age: Age = 30.0,
    batch: Batch = 100,
    pause: Pause = 1.0,
) -> None:
    """Compare every item of the knowledge base with what Wikidata says now.

    Writes a table of changes: ids that are gone or were merged into another, items of the wrong kind or of another
    name, changed labels, new labels, aliases, coordinates and types. Nothing is changed by that.

    Write `yes` in the first column of the rows you accept. Then

        khabar wikidata refresh --apply changes.tsv --table mine.tsv --by NAME

    puts them into your own table, which `khabar build --actors mine.tsv` lays over the knowledge base, and notes them
    in mine.accepted.tsv. With --table a later comparison leaves out what you accepted before.
    """
    if apply is not None:
        _apply(apply, table, by, accept or [])
        return
    from khabar.wikidata.review import news, write_review

    kb = _kb()
    entries = _wanted([entry for entry in kb.entries() if entry.qid], only or [])
    problems: list[str] = []
    with _service(contact, endpoint, cache, max_age, pause) as (client, kept), _counter("items") as moved:
        work = _refresh(client, kept, kb, endpoint, batch, problems.append, moved)
        changes = work.run(entries)
    if table is not None:
        changes = news(changes, table)
    write_review(output, changes)
    _report_problems(problems)
    counts: dict[str, int] = {}
    for change in changes:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    said = ", ".join(f"{number:,} {kind}" for kind, number in counts.items()) or "no change"
    sys.stderr.write(f"{len(entries):,} entries compared with {client.requests:,} requests: {said}\n")
    if problems:
        raise typer.Exit(1)


@wikidata.command()
def candidates(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    output: Output = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Names to look for, the most mentioned first.")
    ] = 50,
    best: Annotated[int, typer.Option(min=1, help="Items to show for each name.")] = 3,
    least: Annotated[float, typer.Option(min=0, max=1, help="Show no item below this score.")] = 0.3,
    contact: Contact = "",
    endpoint: Endpoint = _PUBLIC_SPARQL,
    search: Annotated[str, typer.Option(metavar="URL", help="The api.php of a Wikibase.")] = _PUBLIC_SEARCH,
    cache: CacheFile = None,
    max_age: Age = 30.0,
    pause: Pause = 1.0,
) -> None:
    """Propose Wikidata items for the entities of a store that the knowledge base does not know.

    Sends the names of these entities, and nothing else of the store, to the search of Wikidata. The table has a score
    that orders and is no probability, and its reasons. Nothing is linked: see `khabar wikidata confirm`.
    """
    from khabar.store import Store
    from khabar.wikidata.candidates import Proposer, table, unknown
    from khabar.wikidata.review import write

    kb = _kb()
    states = {entry.key: entry.qid for entry in kb.entries() if entry.cls == "Country" and entry.qid}
    with Store.open(store) as opened:
        wanted = unknown(opened)
        rejected = opened.identities.rejected()
    problems: list[str] = []
    with _service(contact, endpoint, cache, max_age, pause) as (client, kept), _counter("names") as moved:
        work = _refresh(client, kept, kb, endpoint, 50, problems.append, lambda _: None)
        proposer = Proposer(client, kept, search, work, states)
        found = proposer.propose(wanted[:limit], best=best, least=least, rejected=rejected, moved=moved)
    write(output, "".join("\t".join(row) + "\n" for row in table(found)))
    _report_problems(problems)
    named = len({(p.unknown.name, p.unknown.cls) for p in found})
    left = f", {len(wanted) - limit:,} names left" if len(wanted) > limit else ""
    sys.stderr.write(f"{len(found):,} items for {named:,} of {min(limit, len(wanted)):,} names{left}\n")
    if problems:
        raise typer.Exit(1)


@wikidata.command()
def confirm(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="Its key (nil-...), IRI or name.")],
    qid: Annotated[str, typer.Argument(metavar="QID", help="The Wikidata item, like Q43.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides.")],
    because: Annotated[str, typer.Option(metavar="WORDS", help="Why.")] = "",
    other: Annotated[bool, typer.Option("--not", help="It is NOT this item: never propose it again.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take an earlier decision back.")] = False,
    cache: CacheFile = None,
    endpoint: Endpoint = _PUBLIC_SPARQL,
) -> None:
    """Say that an unlinked entity is a Wikidata item, or is not.

    Asks nobody: no network is used. The decision (who, when, why) is kept in graph/decisions, the link in graph/links;
    both survive when documents are read again, and --undo takes the link back.
    """
    from khabar import iri
    from khabar.errors import QueryError
    from khabar.finder import entities
    from khabar.identities import Identity
    from khabar.logged import Verdict
    from khabar.store import Store
    from khabar.wikidata.items import QID

    if not QID.fullmatch(qid):
        raise QueryError(f"{qid!r} is no Wikidata id; it looks like Q43")
    if not by.strip():
        raise QueryError("a decision needs somebody who makes it; give --by NAME")
    if other and undo:
        raise QueryError("--not and --undo exclude each other; give one")
    with Store.open(store, write=True) as opened:
        nodes = entities(opened, entity)
        if len(nodes) != 1:
            keys = ", ".join(iri.shorten(node.value) for node in nodes[:5])
            what = f"{len(nodes)} entities are called {entity!r}; give one of {keys}" if nodes else ""
            raise QueryError(
                what or f"nothing in {store} is called {entity!r}; `khabar wikidata candidates` lists keys"
            )
        verdict: Verdict = "Undecided" if undo else "DifferentEntities" if other else "SameEntity"
        made = Identity.of(nodes[0].value, qid, verdict, by.strip(), because.strip(), _said(cache, endpoint, qid))
        opened.identify(made)
    words = {"SameEntity": "is", "DifferentEntities": "is not", "Undecided": "may or may not be"}[verdict]
    said = f" ({made.said})" if made.said else ""
    sys.stderr.write(f"{iri.shorten(made.entity)} {words} {qid}{said}, decided by {made.by}\n")


def _apply(review: Path, table: Path | None, by: str, kinds: list[str]) -> None:
    """Put the accepted rows of a review into the user's own table."""
    from khabar.errors import InputError
    from khabar.wikidata import review as reviews

    if table is None or not by.strip():
        raise InputError("--apply needs --table FILE, your own table, and --by NAME, who reviewed")
    kb = _kb()
    done = reviews.apply(
        review,
        table,
        kb.entry,
        by=by,
        on=datetime.now(UTC).date().isoformat(),
        kinds=kinds,
        known=_known(kb),
        context=lambda entry, name: reviews.context_of(entry, name, kb),
    )
    _report_problems(list(done.problems))
    log = reviews.log_of(table)
    only = f"; {done.logged:,} of them (coordinates, types) only into {log.name}" if done.logged else ""
    sys.stderr.write(f"{done.taken:,} changes accepted into {table}{only}, {done.left:,} left\n")
    if done.problems:
        raise typer.Exit(1)


def _kb() -> KnowledgeBase:
    from khabar.kb import KnowledgeBase

    return KnowledgeBase.open()


def _known(kb: KnowledgeBase) -> dict[str, str]:
    return {entry.qid: entry.key for entry in kb.entries() if entry.qid}


def _wanted(entries: list[Entry], only: list[str]) -> list[Entry]:
    """The entries of these keys or QIDs; all when none is given."""
    from khabar.errors import QueryError

    if not only:
        return entries
    for name in only:
        if not any(name in (entry.key, entry.qid) for entry in entries):
            raise QueryError(
                f"no entry with a Wikidata id has the key or id {name!r}; `khabar show DIR NAME` shows keys"
            )
    return [entry for entry in entries if entry.key in only or entry.qid in only]


def _refresh(
    client: Client,
    cache: Cache,
    kb: KnowledgeBase,
    endpoint: str,
    batch: int,
    problem: Callable[[str], None],
    moved: Callable[[int], None],
) -> Refresh:
    from khabar.ontology import Ontology
    from khabar.wikidata.items import Asker
    from khabar.wikidata.refresh import Refresh

    asker = Asker(client, cache, endpoint, size=batch, problem=problem, moved=moved)
    return Refresh(asker, kb, Ontology.load(), _known(kb))


@contextmanager
def _service(
    contact: str, endpoint: str, cache: Path | None, days: float, pause: float
) -> Iterator[tuple[Client, Cache]]:
    """A client that says who asks, and the cache."""
    from khabar.wikidata import Cache, Client, Manners, agent
    from khabar.wikidata.cache import default_path

    client = Client(Manners(agent(contact, endpoint), pause=pause))
    with Cache(cache or default_path(), days=days) as kept:
        yield client, kept


def _said(cache: Path | None, endpoint: str, qid: str) -> str:
    """What the cache knows the item to be called; empty when it does not, or there is none."""
    from khabar.wikidata import Cache, Item
    from khabar.wikidata.cache import default_path

    path = cache or default_path()
    if not path.is_file():
        return ""
    with Cache(path, days=36_500) as kept:
        text = kept.items(endpoint, [qid]).get(qid)
    item = Item.load(text) if text else None
    return (item.labels.get("ar") or item.labels.get("en") or "") if item else ""


@dataclass(slots=True)
class _Count:
    """Counts on standard error, where that is a terminal."""

    what: str
    number: int = 0

    def __call__(self, more: int) -> None:
        self.number += more
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self.number:,} {self.what} ")
            sys.stderr.flush()


@contextmanager
def _counter(what: str) -> Iterator[_Count]:
    yield _Count(what)
    if sys.stderr.isatty():
        sys.stderr.write("\r")


def _report_problems(problems: list[str]) -> None:
    for line in problems:
        sys.stderr.write(f"problem: {line}\n")
