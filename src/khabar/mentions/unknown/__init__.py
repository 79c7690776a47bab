"""The statistical finder of names that no list knows: features, a linear-chain model, spans added to the mentions."""

from khabar.mentions.unknown.adding import add
from khabar.mentions.unknown.finder import Finder, Span, load

__all__ = ["Finder", "Span", "add", "load"]
