"""`khabar push`: bring the graph into a triple store."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.push import Login, Preset, Source, Target
    from khabar.push.sending import Plan

_PASSWORD = "KHABAR_PUSH_PASSWORD"  # noqa: S105 (the name of a variable)


def push(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the triple store is; see below for each kind.")],
    kind: Annotated[
        str,
        typer.Option("--store", metavar="KIND", help="virtuoso, fuseki, graphdb, oxigraph, qlever, neptune, generic."),
    ],
    user: Annotated[str, typer.Option(metavar="NAME", help="Who is pushing; virtuoso's own is dba.")] = "",
    password_env: Annotated[
        str, typer.Option(metavar="VARIABLE", help="The environment variable that holds the password.")
    ] = _PASSWORD,
    token_env: Annotated[
        str, typer.Option(metavar="VARIABLE", help="The environment variable that holds an access token.")
    ] = "",
    auth: Annotated[
        str, typer.Option(metavar="basic|digest", help="How the password is sent, if not as is usual there.")
    ] = "",
    gsp_url: Annotated[str, typer.Option(metavar="URL", help="The address of the Graph Store Protocol.")] = "",
    query_url: Annotated[str, typer.Option(metavar="URL", help="The address of SPARQL queries.")] = "",
    graphs: Annotated[
        list[str] | None,
        typer.Option("--graph", metavar="NAME", help="Only this graph, as for `khabar export`; may be repeated."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="With the articles, or with offsets and short quotes only.")
    ] = True,
    again: Annotated[bool, typer.Option("--again", help="Send everything, whatever was sent before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and ask nobody.")] = False,
    sample: Annotated[int, typer.Option(min=0, help="Documents to read back and compare; 0 counts only.")] = 10,
    timeout: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="The longest wait for one answer.")] = 600.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Bring all graphs into an external triple store.

    URL is, for each kind of store:

        virtuoso   http://HOST:8890 (with --user dba; sends digests)

        fuseki     http://HOST:3030/DATASET

        graphdb    http://HOST:7200/repositories/NAME

        oxigraph   http://HOST:7878

        qlever     http://HOST:7001 (with --token-env)

        neptune    https://HOST:8182 (without IAM: requests are not signed)

        generic    the address of its Graph Store Protocol (with --query-url)

    virtuoso and oxigraph were tried with the real one, the others are made by their documentation.

    DIR/push keeps what was sent where, so only graphs that changed are sent again, and those that are gone are deleted.
    A run that was stopped, or that the store ended, goes on when the same command is run again. The external store is
    one khabar store's alone: two would replace each other's facts. The store may be written to while it is pushed; what
    is sent is its state at the beginning.

    Whoever reads the external store meanwhile sees no fact whose claims are not there: facts that rest on a changed
    document are taken out first and come last. Large graphs go in parts, so they grow before the reader's eyes.

    Then every graph is counted there, and the derived graphs and --sample documents are read back and compared. What a
    store is known to rewrite is accounted for (virtuoso: whole decimals become integers, points get single precision);
    any other difference is a line, and that graph is sent again next time.

    Passwords and tokens come from environment variables, never from the command line. --no-text leaves the articles at
    home: no full text, and of each passage at most its first 160 letters.

        KHABAR_PUSH_PASSWORD=... khabar push news http://localhost:8890 --store virtuoso --user dba

    Exit code 0: all is there, 1: something differs or was refused, 2: it could not go on.
    """
    from khabar.push import Ledger, Push, Remote, preset
    from khabar.push.ledger import UNSURE, rows_of
    from khabar.push.sending import plan
    from khabar.store import Store
    from khabar.web import Manners, agent

    chosen = preset(kind)
    target = chosen.target(url, gsp_url, query_url)
    if dry_run:
        with _source(folder, chosen, text=text) as source:
            rows = rows_of(folder, target.gsp)
            only = source.find(graphs, rows) if graphs else None
            _tell(plan(source, {name: UNSURE for name in rows} if again else rows, only), target)
        return
    login = _login(chosen, user, password_env, token_env, auth)
    Store.open(folder).close()  # before a ledger is made in what is no store
    manners = Manners(agent("", target.gsp), pause=0.0, timeout=timeout)
    with (
        _Progress(show=not quiet) as progress,
        Remote(chosen, target, login, manners, notice=progress.notice) as remote,
        Ledger(folder, target.gsp) as ledger,
        _source(folder, chosen, text=text, snapshot=ledger.path.with_suffix(".snapshot")) as source,
    ):
        only = source.find(graphs, ledger.rows()) if graphs else None
        run = Push(source, remote, ledger, only=only, again=again, sample=sample, progress=progress.show)
        outcome = run.run()
    for problem in outcome.problems:
        typer.echo(problem)
    sys.stderr.write(
        f"{outcome.there:,} of {outcome.total:,} graphs are there: {outcome.sent:,} sent, {outcome.deleted:,} deleted, "
        f"{outcome.triples:,} triples; {outcome.counted:,} counted, {outcome.compared:,} compared, "
        f"{len(outcome.problems):,} problems\n"
    )
    if outcome.problems:
        raise typer.Exit(1)


def _tell(todo: Plan, target: Target) -> None:
    """Say what a run would do."""
    from khabar import iri

    for name in todo.gone:
        typer.echo(f"delete {iri.shorten(name)}")
    for name in todo.changed:
        typer.echo(f"send {iri.shorten(name)}, {todo.here[name].triples:,} triples")
    if facts := todo.wants(iri.FACTS) and todo.all_facts != todo.rows.get(iri.FACTS):
        typer.echo(f"send {iri.shorten(iri.FACTS)}, {todo.all_facts.triples:,} triples")
    sys.stderr.write(
        f"{len(todo.changed) + facts:,} graphs would be sent to {target.gsp}, {len(todo.gone):,} deleted there\n"
    )


def _login(chosen: Preset, user: str, password_env: str, token_env: str, auth: str) -> Login:
    from khabar.errors import QueryError
    from khabar.push import Login

    if auth not in ("", "basic", "digest"):
        raise QueryError(f"there is no --auth {auth!r}; choose basic or digest")
    if user and token_env:
        raise QueryError("give --user or --token-env, not both")
    name = token_env or (password_env if user else "")
    secret = os.environ.get(name, "") if name else ""
    if name and not secret:
        raise QueryError(
            f"the environment variable {name} is not set; put the {'token' if token_env else 'password'} in it"
        )
    if not secret.isascii() or not user.isascii():
        raise QueryError("a user, password or token with other letters than ASCII is read differently by each store")
    return Login(token=secret) if token_env else Login(user, secret, kind=auth or chosen.auth)


@contextmanager
def _source(folder: Path, chosen: Preset, *, text: bool, snapshot: Path | None = None) -> Iterator[Source]:
    """The store, or a snapshot of it, which leaves the store to others and costs next to nothing."""
    from khabar.errors import StoreError
    from khabar.push import Source
    from khabar.store import Store

    with Store.open(folder) as opened:
        if snapshot is None:
            yield Source(opened, text, chosen.rewritings)
            return
        shutil.rmtree(snapshot, ignore_errors=True)  # of a run that was killed
        try:
            opened.backup(snapshot)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"{snapshot}: no snapshot can be taken ({error}); is the disk full?") from error
    try:
        with Store.open(snapshot) as opened:
            yield Source(opened, text, chosen.rewritings)
    finally:
        shutil.rmtree(snapshot, ignore_errors=True)


class _Progress:
    """A bar on standard error, if that is a terminal."""

    def __init__(self, *, show: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._bar = Progress(
            *columns, console=Console(stderr=True), disable=not (show and sys.stderr.isatty()), transient=True
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, total: int, text: str) -> None:
        self._bar.update(self._task, completed=done, total=total, description=text)

    def notice(self, text: str) -> None:
        self._bar.update(self._task, description=text)
