"""The fewest settings with which Scrapy finds our commands."""

BOT_NAME = "dictcrawler"
COMMANDS_MODULE = "dictcrawler.commands"
