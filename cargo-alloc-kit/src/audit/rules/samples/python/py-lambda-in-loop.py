"""Rows that are sorted by a column."""

import operator
import sys

ROWS = [[(2, 1), (1, 2)] for _ in range(1000)]


def before():
    total = 0
    for row in ROWS:
        total += min(row, key=lambda pair: pair[1])[0]  # ~
    return total


def after():
    second = operator.itemgetter(1)
    total = 0
    for row in ROWS:
        total += min(row, key=second)[0]
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
