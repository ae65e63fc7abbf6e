"""A global function in a loop, and a local name for it."""

import math
import sys


def before():
    total = 0
    for n in range(10000):
        total += math.floor(n)
    return total


def after():
    floor = math.floor
    total = 0
    for n in range(10000):
        total += floor(n)
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
