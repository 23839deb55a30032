import asyncio

import aiohttp
from classroom import WORDS, meaning, page, watch


async def look_up(session, word):
    async with session.get(page(word)) as reply:
        return meaning(await reply.text())


async def main():
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(look_up(session, word) for word in WORDS))


with watch("gather"):
    meanings = asyncio.run(main())
print(len(meanings), "meanings; banana:", meanings[2])
