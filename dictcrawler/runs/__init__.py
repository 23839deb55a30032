"""A run, from its word list to its published folder."""
