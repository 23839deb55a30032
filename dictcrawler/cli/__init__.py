"""The ``dictcrawler`` command, one module a command."""
