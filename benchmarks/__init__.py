"""Programs that measure the crawler; `benchmarks.bench` runs them all."""
