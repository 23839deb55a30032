"""The version of the package; every package may import it."""

__version__ = "0.2.0"
