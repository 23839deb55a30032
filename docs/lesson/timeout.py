import asyncio

import aiohttp
from classroom import DELAY, WORDS, meaning, page, watch


async def look_up(session, limit, word, meanings):
    async with limit, session.get(page(word)) as reply:
        meanings[word] = meaning(await reply.text())


async def main():
    limit, meanings = asyncio.Semaphore(4), {}
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(2.5 * DELAY), asyncio.TaskGroup() as group:
                for word in WORDS:
                    group.create_task(look_up(session, limit, word, meanings))
        except TimeoutError:
            print("time is up:", len(meanings), "of", len(WORDS), "words")


with watch("timeout"):
    asyncio.run(main())
