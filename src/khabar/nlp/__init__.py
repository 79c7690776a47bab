"""Words, clitics, sentences, lemmas and syntax of Arabic text: an `Analyser` reads records and parses sentences."""

from khabar.nlp.analyser import Analyser

__all__ = ["Analyser"]
