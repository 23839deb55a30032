import asyncio

from classroom import WORDS, page, watch

from dictcrawler import crawl

MY_OWN_SERVER = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 13, "CONTACT": "mailto:me@example.org"}


async def main():
    return await crawl(WORDS, source="live", base_url=page("{keyword}"), homographs="first", overrides=MY_OWN_SERVER)


with watch("dictcrawler"):
    lookups = asyncio.run(main())
print(len(lookups), "lookups; banana:", lookups[2].entries[0].senses[0].definitions[0].text)
