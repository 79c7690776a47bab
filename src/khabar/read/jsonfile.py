"""JSON files (.json): Telegram's export, an array of records, or one record; read piece by piece by ijson."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from khabar.errors import InputError
from khabar.model import Record
from khabar.read.fields import make_record
from khabar.read.source import LIMIT, Problem, Source, needed
from khabar.read.telegram import Export

_DEPTH = 60
_ITEM = ""
"""Stands in a path for the place in an array; keys are led by a dot."""

Path = tuple[str, ...]
_ARRAY: Path = (_ITEM,)
_CHATS: tuple[Path, ...] = ((), (".chats", ".list", _ITEM), (".left_chats", ".list", _ITEM))
_MESSAGES = {(*chat, ".messages", _ITEM): chat for chat in _CHATS}


def read_json(source: Source, problem: Problem) -> Iterator[Record]:
    """Read the records of the file, which may be larger than memory; a bad one is reported.

    Raises InputError when the file is no JSON or holds neither messages nor records; what stands before the place
    where it breaks is given all the same.
    """
    export = Export(source)
    heads: dict[Path, dict[str, object]] = {chat: {} for chat in _CHATS}
    found = number = 0
    for path, value in _values(source):
        if path in _MESSAGES:
            chat = _MESSAGES[path]
            found += export.knows(value)
            record = export.record(heads[chat], value, problem, whole=chat != ())
        elif path == _ARRAY:
            number += 1
            found += 1
            if not isinstance(value, dict):
                problem(f'{source.name}:record {number}: it is not a JSON object; write it as {{"text": ...}}')
                continue
            record = make_record(source, value, problem, f"record {number}")
        elif path in heads:
            heads[path] = {}
            continue
        else:
            heads[path[:-1]][path[-1].removeprefix(".")] = value
            continue
        if record is not None:
            yield record
    if not found and "text" in heads[()]:
        found = 1
        record = make_record(source, heads[()], problem)
        if record is not None:
            yield record
    if not found:
        fault = "holds neither records with a text nor the messages of a Telegram export"
        raise InputError(f"{source.name}: the file {fault}; write one record a line in a .jsonl file")
    export.finish(problem)


def _values(source: Source) -> Iterator[tuple[Path, Any]]:
    """Whole items of the arrays that hold records, single values of the objects around them, and where these begin."""
    ijson = needed("ijson", "JSON files")
    if source.stream.peek(3)[:3] == b"\xef\xbb\xbf":
        source.stream.read(3)
    stream = _Metered(source.stream, source.name)
    path: list[str] = []
    builder, inside = None, 0
    try:
        for event, value in ijson.basic_parse(stream):
            if builder is not None:
                builder.event(event, value)
                inside += event.startswith("start_")
                inside -= event.startswith("end_")
                if inside == 0:
                    yield tuple(path), builder.value
                    builder, stream.taken = None, 0
            elif event == "map_key":
                path[-1] = f".{value}"
            elif event.startswith("end_"):
                path.pop()
            else:
                here = tuple(path)
                if event == "start_map" and (here == _ARRAY or here in _MESSAGES):
                    builder, inside = ijson.ObjectBuilder(), 1
                    builder.event(event, value)
                elif event.startswith("start_"):
                    if event == "start_map" and here in _CHATS:
                        yield here, None
                    if len(path) >= _DEPTH:
                        raise InputError(f"{source.name}: the JSON is nested too deeply; write flat records")
                    path.append(_ITEM if event == "start_array" else ".")
                elif here == _ARRAY or here in _MESSAGES or (here and here[:-1] in _CHATS):
                    yield here, value
    except ijson.IncompleteJSONError as error:
        raise InputError(f"{source.name}: {_broken(error, 'the JSON is cut off or broken')}") from None
    except (ijson.JSONError, ValueError, SystemError) as error:  # the last for a number of thousands of digits
        raise InputError(f"{source.name}: {_broken(error, 'broken JSON')}") from None


def _broken(error: Exception, fault: str) -> str:
    reason = " ".join(str(error).split())[:80]
    return f"{fault} ({reason}); what stands before it was read; one object a line is a .jsonl file"


class _Metered:
    """A stream that refuses to go on when one record takes more than LIMIT bytes."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.taken = 0
        self._stream = stream
        self._name = name

    def read(self, size: int = -1) -> bytes:
        self.taken += max(size, 0)
        if self.taken > LIMIT:
            raise InputError(f"{self._name}: a record is over {LIMIT // 1_000_000} MB, too large; split it")
        return self._stream.read(size)
