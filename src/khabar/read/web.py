"""HTML: trafilatura finds the article in the page, its title, date and site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.fields import make_record
from khabar.read.source import Problem, Source, hush

# lxml refuses a decoded text that still declares an encoding
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")


def read_web(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the page as one record; its text is the article's, paragraphs divided by line ends.

    Raises InputError when the file is empty, too large, not text, or holds no article.
    """
    values = read_page(source.whole())
    if values is None:
        raise InputError(f"{source.name}: no article text was found in the page; save its text as .txt")
    record = make_record(source, values, problem)
    if record is not None:
        yield record


def read_page(page: str) -> dict[str, object] | None:
    """The article of a page as values of a record; None when there is none."""
    import trafilatura  # costs half a second: only those who read pages pay it

    hush("trafilatura")

    def extract(*, recall: bool = False) -> Any:
        return trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, favor_recall=recall)

    page = _DECLARATION.sub("", page, count=1)
    found = extract()
    if found is None or not found.text:
        found = extract(recall=True)
    if found is None or not found.text:
        return None
    return {
        "text": found.text,
        "title": found.title,
        "url": found.url,
        "date": found.date,
        "publisher": found.sitename,
        "licence": found.license,
    }
