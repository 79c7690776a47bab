"""Markdown: front matter of simple `key: value` lines is read, the rest is kept as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from khabar.model import Record
from khabar.read.fields import make_record
from khabar.read.source import Problem, Source

_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)(?:[ \t]*\r?\n)*", re.DOTALL)
_FIELD = re.compile(r"(\w+)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)


def read_markdown(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the file as one record. Raises InputError when it is empty, too large or not text."""
    text = source.whole()
    values: dict[str, object] = {}
    if front := _FRONT.match(text):
        values.update((key.lower(), _unquote(value)) for key, value in _FIELD.findall(front[1]))
        text = text[front.end() :]
    record = make_record(source, {**values, "text": text}, problem)
    if record is not None:
        yield record


def _unquote(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
