"""dictcrawler: a word list goes in; a clean, complete, citable dictionary data set comes out."""

__version__ = "0.1.0"
