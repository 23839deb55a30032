"""All data kept between runs: the ledger, the pages and their locks."""
