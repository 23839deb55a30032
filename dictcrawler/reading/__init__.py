"""From the bytes of a page to finished entries, in a process of its own."""
