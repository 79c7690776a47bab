"""`khabar reconcile`: the knowledge base as a service for OpenRefine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from khabar.errors import ResourceError


def reconcile(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 8421,
    host: Annotated[str, typer.Option(help="The address to listen on; others than this machine's are open to all.")] = (
        "127.0.0.1"
    ),
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="Your own names, as for `khabar build --actors`.")
    ] = None,
) -> None:
    """Serve the names of the knowledge base to OpenRefine.

    Speaks the Reconciliation Service API 0.2: in OpenRefine choose Reconcile, Start reconciling, Add standard service,
    and give the address that is printed. Matches Arabic and English names, whatever the hamza, ta marbuta, ya and
    article; types are the classes of the ontology, and the properties country, class and qid narrow a search down.
    Matched cells can be extended by qid, country, class, lat, long and others.

    Listens on this machine only, until it is stopped with Ctrl-C. The protocol lets pages of any site ask the service.
    """
    try:
        import uvicorn

        from khabar.reconcile.app import application
    except ModuleNotFoundError as missing:
        raise ResourceError(f"{missing.name} is not installed; pip install 'khabar[serve]'") from missing
    from khabar.cli.relink import lay
    from khabar.kb import KnowledgeBase
    from khabar.ontology import Ontology
    from khabar.reconcile import Index, Service

    kb, ontology, english = KnowledgeBase.open(), Ontology.load(), None
    if actors is not None:
        table, kb = lay(actors, kb, ontology)
        english = table.english
    app = application(Service(Index(kb, english), ontology))
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", lifespan="off")
    socket = config.bind_socket()
    sys.stderr.write(f"http://{host}:{socket.getsockname()[1]}/reconcile (stop with Ctrl-C)\n")
    sys.stderr.flush()
    uvicorn.Server(config).run(sockets=[socket])
