"""What khabar knows before it reads: states, places, actors, people, wars, weapons, and how the press writes them."""

from khabar.kb.base import KnowledgeBase
from khabar.kb.records import Candidate, Entry, Hit

__all__ = ["Candidate", "Entry", "Hit", "KnowledgeBase"]
