"""How much one server gives, to one question, to one client, and in all."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes.

    Of `workers` processes each answers one question at a time. One that has not answered within `brief` stands back
    behind the others from then on, and a fresh one takes its place; one that goes on for `patience` needs one of
    the `long` places, and is ended when there is none. `timeout` ends it in any case. `memory` is for one worker,
    `memory_in_all` for those that work. A client has at most `per_client` questions under way or waiting, and all
    clients together `waiting`.
    """

    timeout: float = 30.0
    memory: int = 1024 * MEGABYTE
    memory_in_all: int = 4096 * MEGABYTE
    most_rows: int = 1_000_000
    most_bytes: int = 256 * MEGABYTE
    most_query: int = 100_000
    most_body: int = 64 * MEGABYTE
    workers: int = 4
    brief: float = 0.1
    patience: float = 2.0
    long: int = 4
    per_client: int = 64
    waiting: int = 256
    connections: int = 512
    request: float = 10.0
    """Seconds that a client may take to send its request."""
