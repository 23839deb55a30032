import asyncio


async def greet(name):
    print("before the await")
    await asyncio.sleep(0)
    print("after the await")
    return f"hello, {name}"


coroutine = greet("apple")
print("nothing has run yet")
coroutine.send(None)
print("paused")
try:
    coroutine.send(None)
except StopIteration as finished:
    print("returned:", finished.value)
