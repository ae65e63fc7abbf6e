"""Membership in a list that is written out, which CPython makes a constant of."""

import sys


def before():
    found = 0
    for n in range(10000):
        if n in [1, 2, 3]:  # ~
            found += 1
    return found


def after():
    found = 0
    for n in range(10000):
        if n in {1, 2, 3}:
            found += 1
    return found


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
