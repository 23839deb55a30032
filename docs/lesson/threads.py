import asyncio
from concurrent.futures import ThreadPoolExecutor

import requests
from classroom import WORDS, meaning, page, watch


def look_up(word):
    return meaning(requests.get(page(word), timeout=10).text)


async def main():
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(13) as pool:
        futures = [loop.run_in_executor(pool, look_up, word) for word in WORDS]
        return [await future for future in futures]


with watch("threads"):
    meanings = asyncio.run(main())
print(len(meanings), "meanings; banana:", meanings[2])
