"""The canary: a word that is certainly in the dictionary, looked up before a long list.

A wall or a broken parser is noticed at once, and the run is withheld.
"""

from __future__ import annotations

import logging

from dictcrawler.dictionaries import Dictionary
from dictcrawler.model import Lookup
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.runs.run import Run

logger = logging.getLogger(__name__)


class Canary:
    """The canary of one run, which is withheld until the canary is judged."""

    def __init__(self, dictionary: Dictionary, run: Run) -> None:
        text = dictionary.canary
        self.word = KeywordLine(0, text, text, dictionary.slug(text), None)
        self._run = run
        run.reason_to_withhold = f"the canary {text!r} was not answered"

    def judge(self, lookup: Lookup) -> None:
        """Clear the reason to withhold the run if the canary was found, else log it."""
        self._run.reason_to_withhold = None
        if not lookup.status.has_entries:
            problem = f"{lookup.status.value}, {lookup.error}"
            self._run.reason_to_withhold = f"the canary {lookup.keyword!r} cannot be read: {problem}"
            logger.error("%s", self._run.reason_to_withhold)
