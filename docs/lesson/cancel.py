import asyncio

import aiohttp
from classroom import DELAY, WORDS, meaning, page, watch


async def look_up(session, word, tidied):
    try:
        async with session.get(page(word)) as reply:
            return meaning(await reply.text())
    finally:
        tidied.append(word)


async def main():
    tidied = []
    async with aiohttp.ClientSession() as session:
        everything = asyncio.gather(*(look_up(session, word, tidied) for word in WORDS))
        await asyncio.sleep(DELAY / 2)
        everything.cancel()
        print("asked to stop:", len(tidied), "have tidied up")
        try:
            await everything
        except asyncio.CancelledError:
            print("stopped:", len(tidied), "have tidied up")


with watch("cancel"):
    asyncio.run(main())
