"""Wikidata: asks it politely what it says of known items, and proposes items for unknown entities. A person decides."""

from khabar.wikidata.cache import Cache
from khabar.wikidata.client import SEARCH, SPARQL, AnswerError, Client, Manners, agent
from khabar.wikidata.items import Item

__all__ = ["SEARCH", "SPARQL", "AnswerError", "Cache", "Client", "Item", "Manners", "agent"]
