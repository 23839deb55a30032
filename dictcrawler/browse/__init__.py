"""Web pages over published feeds: look words up, see what became of a run.

Reads feeds only; knows nothing of Scrapy and changes nothing. ``site`` serves the pages on
loopback, ``run_report`` gathers what a run's page shows, ``rendering`` fills the templates.
"""
