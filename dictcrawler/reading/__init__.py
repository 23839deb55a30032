"""Parses the bytes of a page into finished entries, in a separate process."""
