"""One word in, one Lookup out: where its pages come from and how its outcome is decided."""
