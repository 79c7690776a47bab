"""JSON Lines: one object a line with text and, if known, id, title, url, date and publisher."""

from __future__ import annotations

import json
from collections.abc import Iterator

from khabar.model import Record
from khabar.read.encoding import lines
from khabar.read.fields import make_record
from khabar.read.source import LIMIT, Problem, Source


def read_jsonl(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the records line by line, so that a file may be larger than memory; a bad line is reported."""
    empty = True
    for number, line in lines(source.stream, LIMIT):
        where = f"{source.name}:{number}"
        if isinstance(line, ValueError):
            problem(f"{where}: {line}")
        elif line.strip():
            values = _parse(line, where, problem)
            record = make_record(source, values, problem, number) if values is not None else None
            if record is not None:
                yield record
        else:
            continue
        empty = False
    if empty:
        problem(f"{source.name}: the file is empty; remove it or fill it")


def _parse(line: str, where: str, problem: Problem) -> dict[str, object] | None:
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        problem(f"{where}: broken JSON at column {error.colno} ({error.msg}); write one object a line")
    except (RecursionError, ValueError):  # nested too deeply, or a number of too many digits
        problem(f"{where}: the JSON is nested too deeply or holds too long a number; write one flat object a line")
    else:
        if isinstance(values, dict):
            return values
        problem(f'{where}: the line is not a JSON object; write it as {{"text": ...}}')
    return None
