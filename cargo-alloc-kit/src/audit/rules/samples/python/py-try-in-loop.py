"""A `try` in a loop that catches nothing."""

import sys


def before():
    total = 0
    for n in range(10000):
        try:  # ~
            total += n
        except KeyError:
            total = 0
    return total


def after():
    total = 0
    try:
        for n in range(10000):
            total += n
    except KeyError:
        total = 0
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
