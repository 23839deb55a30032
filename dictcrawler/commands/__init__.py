"""What a person types besides ``scrapy crawl``. Scrapy takes a command's name from its module's."""
