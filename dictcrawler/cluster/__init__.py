"""Several machines on one run: a queue of slices beside the store in PostgreSQL, and the workers that serve it."""
