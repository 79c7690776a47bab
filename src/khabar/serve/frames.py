"""What the server and its workers say to each other: a letter, a length, and so many bytes.

Server to worker: one `ASK` with a job as JSON, again and again. Worker to server: `READY` once; then for each job
either `WHOLE` (a head as JSON, then the body in one `DATA`), or `START` (a head), `DATA` as it comes, and `END`;
or `FAULT` (a head with status and message) in the place of whatever would have come next.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

READY, ASK, WHOLE, START, DATA, END, FAULT = b"R", b"A", b"W", b"S", b"D", b"E", b"F"

HEAD = struct.Struct("!cI")

Head = dict[str, Any]


class Channel(Protocol):
    """A blocking socket, as far as it is needed."""

    def sendall(self, data: bytes, /) -> None: ...  # noqa: D102
    def recv(self, size: int, /) -> bytes: ...  # noqa: D102


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    r"""The bytes of one frame.

    >>> frame(DATA, b"abc")
    b'D\x00\x00\x00\x03abc'
    """
    return HEAD.pack(kind, len(payload)) + payload


def headed(kind: bytes, head: Head) -> bytes:
    """The bytes of a frame that holds JSON."""
    return frame(kind, json.dumps(head).encode())


def receive(channel: Channel) -> tuple[bytes, bytes] | None:
    """The next frame of a blocking socket; None when the other side has closed it."""
    head = _exactly(channel, HEAD.size)
    if head is None:
        return None
    kind, length = HEAD.unpack(head)
    payload = _exactly(channel, length)
    return None if payload is None else (kind, payload)


def _exactly(channel: Channel, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1 << 16))
        if not part:
            return None
        parts += part
    return bytes(parts)
