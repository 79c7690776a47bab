"""From what a caller asks to SPARQL that may be run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from os import PathLike
from pathlib import Path

from khabar import queries
from khabar.guard import refuse_outside

_NAME = re.compile(r"\s*[a-z][a-z0-9-]*\s*")


def sparql(question: str | PathLike[str], values: Mapping[str, object]) -> str:
    """The SPARQL of a named query, of a text, or of a file (a path), its parameters filled in.

    QueryError for an unknown name or parameter, and for what would change the store or ask another server.
    """
    given = {name: _word(value) for name, value in values.items()}
    if isinstance(question, str) and _NAME.fullmatch(question):
        text = queries.load(question.strip()).bind(given)
    else:
        mine = isinstance(question, str)
        label, text = ("the query", str(question)) if mine else (Path(question).stem, queries.read(Path(question)))
        text = queries.fill(label, text, given)
    refuse_outside(text)
    return text


def _word(value: object) -> str:
    """A parameter's value as the command line has it; a row of an entity stands for its IRI."""
    if isinstance(value, date):
        return value.isoformat()[: len("2019-10-28")]
    return str(getattr(value, "entity", value))
