"""Web pages over published feeds: look words up, and see how a run went.

Reads feeds only; it does not use Scrapy and changes nothing. ``site`` serves the pages on loopback, ``run_report``
gathers the content of a run's page, ``rendering`` fills the templates.
"""
