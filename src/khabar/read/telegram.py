"""Messages of Telegram Desktop's JSON export: each with a text is a record, its channel the publisher."""

from __future__ import annotations

import re
from collections.abc import Mapping

from khabar.model import Record
from khabar.read.fields import make_record
from khabar.read.source import Problem, Source

_PUBLIC = frozenset(("public_channel", "private_channel", "public_supergroup"))
_NAME = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)


class Export:
    """One export; it counts the messages of private chats, which are nobody's news."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._private: set[object] = set()

    def knows(self, message: object) -> bool:
        """Whether this is a message as Telegram writes one."""
        return isinstance(message, dict) and message.get("type") in ("message", "service", "unsupported")

    def record(self, chat: Mapping[str, object], message: object, problem: Problem, *, whole: bool) -> Record | None:
        """The record of a message of `chat`; None for what has no words, is no message or is private.

        A chat that was exported by itself is read whatever it is; of a `whole` account only channels and public
        groups. Who a message was forwarded from is not kept: the channel published it.
        """
        if not isinstance(message, dict) or message.get("type") != "message":
            return None
        if whole and chat.get("type") not in _PUBLIC:
            self._private.add(chat.get("id"))
            return None
        number, channel = message.get("id"), chat.get("id")
        text = _joined(message.get("text"))
        text = text if text is None or text.strip() else _joined(message.get("text_entities"))
        if text is not None and not text.strip():
            return None
        name = chat.get("username")
        known = isinstance(name, str) and _NAME.fullmatch(name)
        values = {
            "id": f"{channel}/{number}" if channel is not None else number,
            "text": text,
            "date": message.get("date"),
            "url": f"https://t.me/{name}/{number}" if known else None,
            "publisher": chat.get("name"),
        }
        return make_record(self._source, values, problem, f"message {number}")

    def finish(self, problem: Problem) -> None:
        """Say how many chats were passed over."""
        if self._private:
            left = f"{len(self._private):,} private chats and groups are left out"
            problem(f"{self._source.name}: {left}; export one by itself to read it")


def _joined(text: object) -> str | None:
    """The text of a message, a string or a list of strings and of marked-up pieces; None for anything else."""
    if text is None:
        return ""
    pieces = text if isinstance(text, list) else [text]
    plain = [piece.get("text") if isinstance(piece, dict) else piece for piece in pieces]
    if not all(isinstance(piece, str) for piece in plain):
        return None
    return "".join(map(str, plain))
