"""Reads articles by asking a language model, window by window, and keeps an account of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from khabar.errors import KhabarError, ServiceError
from khabar.extractor import RuleExtractor
from khabar.finders import About
from khabar.llm import answer as answers
from khabar.llm.answer import Answer
from khabar.llm.chat import Chat, Messages, Reply
from khabar.llm.checking import Checker, Window
from khabar.llm.prompt import Prompt
from khabar.llm.windows import cut, halves
from khabar.model import Extraction, Record
from khabar.web import AnswerError, Client, RefusedError

ROOM = 4000
"""The code points of a window."""

PATIENCE = 3
"""So many documents in a row without an answer end the run."""

_AGAIN = "That was not JSON of the form asked for. Answer again with the JSON object alone."
_SHORTEST = 500  # code points of a window that is not cut further


class _Unread(Exception):  # noqa: N818 (never leaves this module)
    """A document came to nothing: `reason` is counted, `words` say it."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


class ModelExtractor:
    """Reads with a model behind an OpenAI-compatible server; names, links, dates and numbers are khabar's own.

    A document that gets no usable answer raises KhabarError, and nothing of it is kept; ServiceError means that
    there is no sense in going on.
    """

    def __init__(
        self, rules: RuleExtractor, client: Client, url: str, model: str, *, key: str = "", room: int = ROOM
    ) -> None:
        self.rules, self.room = rules, room
        self.prompt = Prompt(rules.ontology)
        self.chat = Chat(client, url, model, self.prompt.schema, key)
        self.dropped: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.softened = 0
        self._in_a_row = 0

    @property
    def about(self) -> About:
        """Which model it is, and where, for graph/runs."""
        return About(f"llm at {self.chat.host}", self.chat.model, f"prompt {self.prompt.version}")

    @property
    def version(self) -> str:
        """What tells readings by this model from others, wherever it runs."""
        return f"llm:{self.chat.model}, prompt {self.prompt.version}"

    def account(self) -> dict[str, int]:
        """What was asked, what it cost, what failed and what was dropped, by name."""
        usage = self.chat.usage
        return {
            "requests": self.chat.requests,
            "tokens in": usage.tokens_in,
            "tokens out": usage.tokens_out,
            **({"answers without a count of tokens": usage.silent} if usage.silent else {}),
            **{f"failed ({reason})": count for reason, count in sorted(self.failed.items())},
            **{f"dropped ({reason})": count for reason, count in sorted(self.dropped.items()) if count},
            **({"stances weakened by cues": self.softened} if self.softened else {}),
        }

    def extract(self, record: Record) -> Extraction:
        """All that the model says of the record's text and the text bears out."""
        page = self.rules.page(record)
        dropped: Counter[str] = Counter()
        try:
            windows = [w for begin, end in cut(record.text, self.room) for w in self._read(record, begin, end, dropped)]
        except _Unread as error:
            self.failed[error.reason] += 1
            self._in_a_row = self._in_a_row + 1 if error.reason == "no answer" else 0
            if self._in_a_row >= PATIENCE:
                raise ServiceError(f"{PATIENCE} documents in a row got no answer; {error.words}") from None
            raise KhabarError(f"{record.where}: {error.words}; not stored, run it again to retry") from None
        self._in_a_row = 0
        checker = Checker(page, self.rules, f"llm:{self.chat.model}", dropped)
        extraction = checker.extraction(windows)
        self.dropped.update(dropped)
        self.softened += checker.softened
        return extraction

    def _read(self, record: Record, begin: int, end: int, dropped: Counter[str]) -> Iterator[Window]:
        """The answer of a window, of its halves where the whole is too much."""
        messages = self.prompt.messages(record, begin, end)
        try:
            reply = self._ask(messages)
            if reply.whole:
                yield (begin, end), self._understood(messages, reply, dropped)
                return
            failure = _Unread("answer cut off", "the model's answer is too long and was cut off")
        except AnswerError as error:
            failure = _Unread("no answer", str(error))
        parts = halves(record.text, begin, end) if failure.reason != "no answer" and end - begin > _SHORTEST else None
        if parts is None:
            raise failure
        for part in parts:
            yield from self._read(record, *part, dropped)

    def _understood(self, messages: Messages, reply: Reply, dropped: Counter[str]) -> Answer:
        """What a reply says; a reply of another form is sent back once."""
        if (found := answers.read(reply.text, dropped)) is not None:
            return found
        said = [{"role": "assistant", "content": reply.text or "{}"}, {"role": "user", "content": _AGAIN}]
        second = self._ask([*messages, *said])
        if second.whole and (found := answers.read(second.text, dropped)) is not None:
            return found
        raise _Unread("not JSON", "the model's answer is not JSON of the form asked for, twice")

    def _ask(self, messages: Messages) -> Reply:
        try:
            return self.chat.ask(messages)
        except RefusedError as error:
            raise _Unread("refused", str(error)) from None
