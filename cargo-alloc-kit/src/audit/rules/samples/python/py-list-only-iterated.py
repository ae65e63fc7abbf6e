"""A list that is made to be iterated."""

import sys

NUMBERS = {n: n for n in range(1000)}


def before():
    total = 0
    for _ in range(100):
        for n in list(NUMBERS.keys()):  # ~
            total += n
    return total


def after():
    total = 0
    for _ in range(100):
        for n in NUMBERS.keys():
            total += n
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
