"""Plain text: the file is the article."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.model import Record
from khabar.read.fields import make_record
from khabar.read.source import Problem, Source


def read_plain(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the file as one record. Raises InputError when it is empty, too large or not text."""
    record = make_record(source, {"text": source.whole()}, problem)
    if record is not None:
        yield record
