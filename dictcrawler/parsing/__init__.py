"""The tools of a parser: pages, typed selections, text rules and text coverage."""
