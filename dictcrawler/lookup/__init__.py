"""Looks up one word: where its pages come from and how its outcome is decided."""
