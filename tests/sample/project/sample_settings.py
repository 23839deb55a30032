"""The least that Scrapy needs to find our commands."""

BOT_NAME = "dictcrawler"
COMMANDS_MODULE = "dictcrawler.commands"
