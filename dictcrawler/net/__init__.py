"""HTTP: connections, codings, character sets and addresses; knows neither Scrapy nor dictionaries."""
