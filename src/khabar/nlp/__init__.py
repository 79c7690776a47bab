"""Words, clitics, sentences, lemmas and syntax of Arabic text: an `Analyser` reads a record and parses its sentences."""

from khabar.nlp.analyser import Analyser

__all__ = ["Analyser"]
