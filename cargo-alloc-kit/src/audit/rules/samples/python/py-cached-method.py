"""A cache of a method, which keeps what the method is of. Only ruff finds it."""

import functools
import sys

class Page:
    def __init__(self):
        self.text = bytearray(10000)

    @functools.lru_cache(maxsize=None)
    def size(self):
        return len(self.text)


class CachedPage:
    def __init__(self):
        self.text = bytearray(10000)

    @functools.cached_property
    def size(self):
        return len(self.text)


def before():
    return sum(Page().size() for _ in range(100))


def after():
    return sum(CachedPage().size for _ in range(100))


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
