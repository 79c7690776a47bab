"""khabar reads Arabic conflict news and builds a graph in which every claim shows its words, source and stance."""

__version__ = "0.1.0"
