"""Crawls with several machines: a queue of slices beside the store in PostgreSQL, and the workers that process it."""
