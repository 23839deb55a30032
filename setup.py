"""Everything is in pyproject.toml; ``scrapyd-deploy`` builds the egg with this file, and would write its own."""

from setuptools import setup

setup()
