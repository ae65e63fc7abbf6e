"""A set of what a comprehension gives."""

import sys


def before():
    total = 0
    for _ in range(100):
        total += len(set([n % 100 for n in range(1000)]))  # ~
    return total


def after():
    total = 0
    for _ in range(100):
        total += len({n % 100 for n in range(1000)})
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
