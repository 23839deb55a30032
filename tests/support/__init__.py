"""Servers, records, gates and meters that many tests share."""
