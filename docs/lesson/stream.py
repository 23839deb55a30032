import asyncio

from classroom import WORDS

from dictcrawler import stream


async def main():
    async for lookup in stream(WORDS, source="sample"):
        print(lookup.keyword, len(lookup.entries), end="; ")
    print()


asyncio.run(main())
