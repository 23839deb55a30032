"""Whether the files of ``-o`` were written completely: if not, Scrapy only logs it and continues."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.extensions.feedexport import FeedExporter

_LOGGERS = ("scrapy.utils.signal", "scrapy.extensions.feedexport")


class OutputWatch(logging.Handler):
    """Notices errors of Scrapy's feed exporter; ``has_failed`` once there was one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.has_failed = False

    def begin(self) -> None:
        """Listen to the loggers that report such errors (Scrapy 2.19.0, utils/signal.py, extensions/feedexport.py)."""
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one error."""
        args: Any = record.args
        receiver = args.get("receiver") if isinstance(args, dict) else None
        is_exporter = isinstance(getattr(receiver, "__self__", None), FeedExporter)
        if is_exporter or record.name == FeedExporter.__module__:
            self.has_failed = True
