"""Tells the encodings of Arabic text apart: UTF-8 and UTF-16 with or without a byte order mark, Windows-1256."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_FOREIGN = re.compile("[^\\W\\d_a-zA-Z\u0600-\u06ff]")
_UTF8_LEADS = re.compile(rb"[\xd8\xd9]")
_BINARY = "it is binary data or an unknown encoding, not text; save it as UTF-8"


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode a whole document; a byte order mark is dropped, nothing else is changed.

    What the bytes look like counts for more than the encoding that a file says it is in, if `declared` is given: it is
    often wrong. Raises ValueError, with a message for the user, when the bytes are not text in a known encoding.
    """
    try:
        encoding, skip = detect(data)
    except ValueError:
        if (text := _as_declared(data, declared)) is None:
            raise
        return text
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + skip} is not valid {encoding}; save it as UTF-8") from None
    return text


def _as_declared(data: bytes, declared: str | None) -> str | None:
    try:
        text = data.decode(declared) if declared and not _CONTROL.search(data) else None
    except (LookupError, ValueError):
        return None
    return text if isinstance(text, str) else None


def detect(data: bytes) -> tuple[str, int]:
    """Name the encoding of `data` and the length of its byte order mark.

    Raises ValueError, with a message for the user, for what looks like no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    if b"\0" in data or b"\x06" in data:
        # U+06xx and ASCII make every second byte of Arabic UTF-16 a 6 or a 0; no other text holds these bytes
        low, high = _wide(data[1::2]), _wide(data[0::2])
        if max(low, high) >= 0.8 and min(low, high) < 0.5:
            return ("utf-16-le", 0) if low > high else ("utf-16-be", 0)
        raise ValueError(_BINARY)
    if len(_CONTROL.findall(data)) * 100 > len(data):
        raise ValueError(_BINARY)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not _plausible(data):
            # nearly all of its letters are UTF-8: let the decoder name the bad byte
            if len(_UTF8_LEADS.findall(data)) * 4 > len(_HIGH.findall(data)):
                return "utf-8", 0
            raise ValueError(_BINARY) from None
        return "cp1256", 0
    return "utf-8", 0


def lines(stream: io.BufferedReader, limit: int) -> Iterator[tuple[int, str | ValueError]]:
    r"""Read a stream line by line (split at \n only, line ends kept) with line numbers from 1.

    A line that is not text or has more than `limit` bytes comes as a ValueError with a message for the user.
    """
    start = stream.peek(4096)[:4096]
    if b"\0" in start:
        try:
            encoding, _ = detect(start)
        except ValueError as error:
            yield 1, error
            return
        if encoding.startswith("utf-16"):
            yield from _wide_lines(stream, encoding)
            return
    number = 0
    while line := stream.readline(limit):
        number += 1
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield number, ValueError(f"the line is over {limit // 1_000_000} MB, too large for one document; split it")
            continue
        try:
            yield number, decode(line)
        except ValueError as error:
            yield number, error


def _wide_lines(stream: io.BufferedReader, encoding: str) -> Iterator[tuple[int, str | ValueError]]:
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")
    try:
        for number, line in enumerate(text, 1):
            yield number, line.removeprefix("\ufeff") if number == 1 else line
    finally:
        if not stream.closed:
            text.detach()  # it is the caller's to close


def _wide(half: bytes) -> float:
    """Share of the bytes that are 0 or 6."""
    return (half.count(0) + half.count(6)) / max(1, len(half))


def _plausible(data: bytes) -> bool:
    """Whether Windows-1256 makes Arabic of the bytes; UTF-8 read so would be full of its lead bytes."""
    text = data.decode("cp1256")
    arabic, foreign = len(_ARABIC.findall(text)), len(_FOREIGN.findall(text))
    high = len(_HIGH.findall(data))
    return arabic >= max(6 * foreign, high // 2) and len(_UTF8_LEADS.findall(data)) <= 0.25 * high
