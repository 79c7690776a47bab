"""Talks to a server of the OpenAI-compatible kind: one question, one answer, and what it cost."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from khabar.errors import ServiceError
from khabar.web import Client, RefusedError, web_address

LONGEST_ANSWER = 8192
"""How many tokens an answer may have; a window whose answer is longer is asked for in two parts."""

_STEADY = {"temperature": 0, "seed": 7, "max_tokens": LONGEST_ANSWER}
_UNKNOWN = (400, 415, 422, 501)  # what servers answer to a field or a form that they don't know
Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """The words of an answer; `whole` unless the server cut them off."""

    text: str
    whole: bool


@dataclass(slots=True)
class Usage:
    """What the server says that its answers cost: tokens in and out; `silent` counts answers that say nothing of it."""

    tokens_in: int = 0
    tokens_out: int = 0
    silent: int = 0

    def add(self, answer: Mapping[str, Any]) -> None:
        """Take in the `usage` of an answer."""
        usage = answer.get("usage")
        counts = (usage.get("prompt_tokens"), usage.get("completion_tokens")) if isinstance(usage, dict) else ()
        known = [n for n in counts if isinstance(n, int) and n >= 0]
        if len(known) < 2:
            self.silent += 1
            return
        self.tokens_in += known[0]
        self.tokens_out += known[1]


@dataclass(slots=True)
class Chat:
    """A model behind a URL (`.../v1`, or the whole `.../chat/completions`).

    The first question tries the strictest form, then those that fewer servers refuse; the form that was taken stays.
    """

    client: Client
    url: str
    model: str
    schema: Mapping[str, Any]
    key: str = ""
    usage: Usage = field(default_factory=Usage)
    _form: int = 0
    _settled: bool = False

    def __post_init__(self) -> None:
        web_address(self.url)
        base = self.url.rstrip("/")
        self.url = base if base.endswith("/chat/completions") else f"{base}/chat/completions"

    @property
    def host(self) -> str:
        """The host of the server, with its port if one is given."""
        parts = urllib.parse.urlsplit(self.url)
        return parts.netloc.rpartition("@")[2]

    @property
    def requests(self) -> int:
        """How many requests were sent, those that failed included."""
        return self.client.requests

    def ask(self, messages: Messages) -> Reply:
        """The model's answer.

        Raises AnswerError when it never comes whole, RefusedError for a question that the server refuses though it
        took others, ServiceError when it refuses all or is not there.
        """
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        first: RefusedError | None = None
        while True:
            message = {"model": self.model, "messages": list(messages), **self._forms()[self._form]}
            try:
                answer = self.client.post(self.url, message, headers)
                break
            except RefusedError as error:
                if error.status in (401, 403):
                    raise ServiceError(
                        f"{self.url}: HTTP {error.status}, the key is {'not accepted' if self.key else 'missing'}; "
                        "name the variable that holds a valid one with --llm-key-env"
                    ) from None
                if self._settled:
                    raise
                first = first or error
                if error.status not in _UNKNOWN or self._form + 1 == len(self._forms()):
                    raise ServiceError(f"{first}; see --llm-url and the name of the model") from None
                self._form += 1
        self._settled = True
        self.usage.add(answer)
        return _reply(answer, self.url)

    def _forms(self) -> tuple[dict[str, Any], ...]:
        schema = {"name": "claims", "strict": True, "schema": self.schema}
        return (
            {**_STEADY, "response_format": {"type": "json_schema", "json_schema": schema}},
            {**_STEADY, "response_format": {"type": "json_object"}},
            _STEADY,
            {},
        )


def _reply(answer: Mapping[str, Any], url: str) -> Reply:
    """The first choice; a model that refuses or says nothing gives an empty text."""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ServiceError(f"{url}: the answer is JSON but no chat completion; give the address of such a server")
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return Reply(content if isinstance(content, str) else "", choice.get("finish_reason") != "length")
