"""A list from its end."""

import sys

NUMBERS = list(range(1000))


def before():
    total = 0
    for _ in range(100):
        for n in NUMBERS[::-1]:  # ~
            total += n
    return total


def after():
    total = 0
    for _ in range(100):
        for n in reversed(NUMBERS):
            total += n
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
