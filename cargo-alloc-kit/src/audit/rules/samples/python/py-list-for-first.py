"""The first of many."""

import sys

NUMBERS = {n: n for n in range(1000)}


def before():
    total = 0
    for _ in range(100):
        total += list(NUMBERS)[0]  # ~
    return total


def after():
    total = 0
    for _ in range(100):
        total += next(iter(NUMBERS))
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
