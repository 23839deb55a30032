import asyncio
import warnings


async def look_up(word):
    print("looking up", word)


async def main():
    look_up("hi")
    await look_up("apple")


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    asyncio.run(main())
print(caught[0].message)
