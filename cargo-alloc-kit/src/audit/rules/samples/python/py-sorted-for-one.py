"""The least of many."""

import sys

NUMBERS = [(n * 7919) % 1009 for n in range(1000)]


def before():
    total = 0
    for _ in range(100):
        total += sorted(NUMBERS)[0]  # ~
    return total


def after():
    total = 0
    for _ in range(100):
        total += min(NUMBERS)
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
