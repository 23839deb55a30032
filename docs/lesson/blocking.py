import asyncio

import requests
from classroom import WORDS, meaning, page, watch


async def look_up(word):
    return meaning(requests.get(page(word), timeout=10).text)


async def main():
    return await asyncio.gather(*(look_up(word) for word in WORDS))


with watch("blocking"):
    meanings = asyncio.run(main())
