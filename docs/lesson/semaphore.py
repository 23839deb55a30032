import asyncio

import aiohttp
from classroom import WORDS, meaning, page, watch


async def look_up(session, limit, word):
    async with limit, session.get(page(word)) as reply:
        return word, meaning(await reply.text())


async def main():
    limit = asyncio.Semaphore(4)
    async with aiohttp.ClientSession() as session:
        lookups = [look_up(session, limit, word) for word in WORDS]
        for earliest in asyncio.as_completed(lookups):
            word, _ = await earliest
            print(word, end=" ", flush=True)
    print()


with watch("semaphore"):
    asyncio.run(main())
