"""A crawl in Scrapy's engine."""
