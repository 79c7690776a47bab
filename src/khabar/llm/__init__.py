"""An optional extractor: a language model behind any OpenAI-compatible server; see `docs/llm.md`.

Nothing is sent anywhere unless `open_model` was called with a URL. The model proposes claims with verbatim quotes;
what its words, the ontology and the cues of khabar do not bear out is dropped and counted.
"""

from __future__ import annotations

import os

from khabar.errors import KhabarError
from khabar.extractor import RuleExtractor
from khabar.llm.extractor import ModelExtractor
from khabar.web import Client, Manners, agent, web_address

__all__ = ["ModelExtractor", "open_model"]


def open_model(
    spec: str, rules: RuleExtractor, url: str | None, key_env: str | None = None, timeout: float = 300.0
) -> ModelExtractor:
    """The extractor that `llm:MODEL` asks for; `key_env` names the variable that holds the key.

    Raises KhabarError, one line, for what is missing; no request is sent yet.
    """
    kind, _, model = spec.strip().partition(":")
    if kind != "llm" or not model:
        raise KhabarError(f"no extractor is called {spec!r}; give llm:MODEL, or leave --extractor out for the rules")
    if not url:
        raise KhabarError(f"--extractor {spec} needs --llm-url, the address of an OpenAI-compatible server")
    if "@" in web_address(url).netloc:
        raise KhabarError("--llm-url holds a user or password; give the key by --llm-key-env instead")
    key = os.environ.get(key_env, "") if key_env else ""
    if key_env and not key:
        raise KhabarError(f"the variable {key_env} of --llm-key-env is not set; set it to the key of the server")
    if not key.isascii() or not key.isprintable():
        raise KhabarError(f"the key in {key_env} has letters that no web request can carry")
    client = Client(Manners(agent("", url), pause=0.0, timeout=timeout, retries=3))
    return ModelExtractor(rules, client, url, model, key=key)
