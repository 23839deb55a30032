import asyncio

import aiohttp
from classroom import DELAY, WORDS, meaning, page, watch


async def look_up(session, word):
    if word == "2+2":
        await asyncio.sleep(DELAY / 2)
        raise ValueError("2+2 is not a word")
    async with session.get(page(word)) as reply:
        return meaning(await reply.text())


async def main():
    words = [*WORDS, "2+2"]
    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.create_task(look_up(session, word)) for word in words]
        try:
            await asyncio.gather(*tasks)
        except ValueError as error:
            print("gather raises:", error, "|", sum(not task.done() for task in tasks), "tasks still running")

        results = await asyncio.gather(*tasks, return_exceptions=True)
        print("return_exceptions:", len(results), "results, the last one is", repr(results[-1]))

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(look_up(session, word)) for word in words]
        except* ValueError as errors:
            cancelled = sum(task.cancelled() for task in tasks)
            print("TaskGroup raises:", errors.exceptions, "|", cancelled, "tasks cancelled")


with watch("exceptions"):
    asyncio.run(main())
