"""Wikidata: asks it politely what it says of known items, and proposes items for unknown entities. A person decides."""

from khabar.web import AnswerError, Client, Manners, agent
from khabar.wikidata.cache import Cache
from khabar.wikidata.items import Item

SPARQL = "https://query.wikidata.org/sparql"
"""The public query service."""
SEARCH = "https://www.wikidata.org/w/api.php"
"""The public search (`wbsearchentities`)."""

__all__ = ["SEARCH", "SPARQL", "AnswerError", "Cache", "Client", "Item", "Manners", "agent"]
