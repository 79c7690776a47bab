"""`khabar queries`: the named queries and what they answer."""

from __future__ import annotations

import typer


def queries() -> None:
    """List the named queries with their questions.

    Run one with `khabar query DIR NAME -p KEY=VALUE`; a parameter that is left out takes the value shown here.
    """
    from khabar.queries import list_queries

    for query in list_queries():
        typer.echo(query.name)
        typer.echo(f"    {query.question_en}")
        typer.echo(f"    {query.question_ar}")
        for param in query.params:
            typer.echo(f"    -p {param.name}={param.default}    {param.help}")
        typer.echo("")
