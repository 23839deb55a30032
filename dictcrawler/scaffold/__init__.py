"""The files that a new dictionary begins with."""
