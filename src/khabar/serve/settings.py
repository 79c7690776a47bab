"""What one server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from khabar.serve.limits import Limits

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """The store, where to listen, who may ask, and how much.

    `hosts` are the names by which clients may call the server: any other `Host` is refused, so that no page elsewhere
    can make a browser ask it under a name of its own. `origins` are the web origins whose pages may read answers
    (`*` for all). Without a `token` nothing can be written. Without `text` the articles stay at home.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = LOOPBACK
    origins: tuple[str, ...] = ()
    token: str | None = None
    text: bool = True
    log: bool = False
    limits: Limits = field(default_factory=Limits)
