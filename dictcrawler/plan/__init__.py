"""Which words a crawl looks up: its arguments, its word list and when a word is due again."""
