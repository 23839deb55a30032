"""Generates the files of a new dictionary."""
