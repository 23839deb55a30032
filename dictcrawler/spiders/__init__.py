"""The spiders: one generic `KeywordSpider` and one short declaration for each dictionary."""
