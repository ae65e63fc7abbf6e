"""All pairs of two sequences."""

import itertools
import sys


def before():
    count = 0
    for a in range(300):  # ~
        for b in range(300):
            count += a < b
    return count


def after():
    count = 0
    for a, b in itertools.product(range(300), range(300)):
        count += a < b
    return count


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
