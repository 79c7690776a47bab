"""CSV: a header with a `text` column and, if known, id, title, url, date and publisher."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.encoding import lines
from khabar.read.fields import make_record
from khabar.read.source import LIMIT, Problem, Source


def read_table(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the records row by row; a bad row is reported.

    Comma, semicolon and tab are told apart by the header. Raises InputError when the header is missing.
    """
    csv.field_size_limit(LIMIT)
    rows = _text_lines(source, problem)
    first = next(rows, None)
    if first is None:
        raise InputError(f"{source.name}: the file is empty; remove it or fill it")
    try:
        delimiter, header = _header(first)
    except csv.Error as error:
        raise InputError(f"{source.name}:1: broken CSV header ({error}); end its lines as other text does") from None
    if "text" not in header:
        raise InputError(f"{source.name}:1: the header has no 'text' column; name the columns in the first line")
    reader = csv.reader(rows, delimiter=delimiter, strict=True)
    empty = True
    while True:
        number = reader.line_num + 2  # the header is line 1
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            empty = False
            problem(f"{source.name}:{number}: broken CSV row ({error}); close its quotation marks")
            continue
        if not row:
            continue
        empty = False
        if len(row) > len(header):
            problem(f"{source.name}:{number}: the row has more fields than the header; put fields in quotation marks")
            continue
        record = make_record(source, dict(zip(header, row, strict=False)), problem, number)
        if record is not None:
            yield record
    if empty:
        problem(f"{source.name}: the file holds a header only; fill it or remove it")


def _header(line: str) -> tuple[str, list[str]]:
    """Find the delimiter and the column names, lower case."""
    for delimiter in ",;\t":
        names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
        if "text" in names:
            return delimiter, names
    return ",", []


def _text_lines(source: Source, problem: Problem) -> Iterator[str]:
    for number, line in lines(source.stream, LIMIT):
        if isinstance(line, ValueError):
            problem(f"{source.name}:{number}: {line}")
            yield "\n"  # keeps the count of lines
        else:
            yield line
