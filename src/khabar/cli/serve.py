"""`khabar serve`: a SPARQL endpoint, and the graph by its own addresses."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def serve(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="The store.")],
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 for any free one.")] = 8080,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name by which clients may call the server; needed beyond this machine."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="A web origin whose pages may read answers; * for all of them."),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable with the token that lets a client write."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="With the articles, or with offsets and short quotes only.")
    ] = True,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="How long one question may take.")] = 30.0,
    memory: Annotated[int, typer.Option(metavar="MB", min=64, help="How much memory one question may take.")] = 1024,
    max_rows: Annotated[int, typer.Option(metavar="N", min=1, help="How many rows an answer may have.")] = 1_000_000,
    max_bytes: Annotated[int, typer.Option(metavar="MB", min=1, help="How long an answer may be.")] = 256,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Brief questions at a time.")] = 4,
    long: Annotated[int, typer.Option(metavar="N", min=0, help="Questions of over 2 seconds at a time.")] = 4,
    per_client: Annotated[
        int, typer.Option(metavar="N", min=1, help="Questions of one address under way or waiting.")
    ] = 64,
    request_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="How long a client may take to send its request.")
    ] = 10.0,
    log: Annotated[bool, typer.Option("--log", help="A line on standard error for each request.")] = False,
) -> None:
    """Serve the store over HTTP, for reading.

    /sparql is a SPARQL 1.1 endpoint; /graphs gives the named graphs (Graph Store Protocol); /queries/NAME answers the
    named queries, as in /queries/backers?entity=haftar&format=csv; /entity/KEY, /event/KEY, /claim/KEY and /doc/KEY say
    what the graph holds of one thing, for people or as RDF. /openapi.json describes it all, /metrics is for Prometheus.

    Nothing outside this machine can ask, unless --host and --allow-host say so. SERVICE and LOAD are refused. Each
    question runs in a process of its own that is ended when its time or memory is up, or its client hangs up; one that
    takes long stands back behind the others. What `khabar build` and other commands change meanwhile is served within
    seconds, whole documents at a time.

    With --token-env clients that send `Authorization: Bearer TOKEN` may write: POST an article to /ingest, PUT or
    DELETE the graph of a document.

        khabar serve news

        curl 'localhost:8080/queries/backers?entity=haftar&format=csv'
    """
    from khabar.errors import KhabarError
    from khabar.serve.limits import MEGABYTE, Limits
    from khabar.serve.settings import LOOPBACK, Settings
    from khabar.store import Store

    try:
        from khabar.serve.app import application
        from khabar.serve.server import bind, run
    except ImportError as error:
        raise KhabarError(f"serving needs {error.name}; install it with: pip install 'khabar[serve]'") from error
    token = os.environ.get(token_env, "") if token_env else None
    if token is not None and len(token) < 16:
        raise KhabarError(f"the environment variable {token_env} holds no token of at least 16 letters; set it")
    limits = Limits(
        timeout=timeout,
        memory=memory * MEGABYTE,
        memory_in_all=4 * memory * MEGABYTE,
        most_rows=max_rows,
        most_bytes=max_bytes * MEGABYTE,
        workers=workers,
        long=long,
        per_client=per_client,
        request=request_timeout,
    )
    names = tuple(name.lower() for name in allow_host or ())
    hosts = (*LOOPBACK, *names) if names or host in ("127.0.0.1", "::1", "localhost") else (*LOOPBACK, host)
    settings = Settings(store, host, port, hosts, tuple(cors or ()), token, text, log, limits)
    Store.check(store)
    with bind(settings) as sock:
        address = sock.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        sys.stderr.write(f"serving {store} at http://{shown}:{address[1]}/ (Ctrl-C ends it)\n")
        run(application(settings), settings, sock)
