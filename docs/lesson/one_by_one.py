import requests
from classroom import WORDS, meaning, page, watch


def look_up(word):
    return meaning(requests.get(page(word), timeout=10).text)


with watch("one by one"):
    meanings = [look_up(word) for word in WORDS]
print(len(meanings), "meanings; banana:", meanings[2])
