"""All pairs of a list."""

import itertools
import sys

NUMBERS = list(range(300))


def before():
    count = 0
    for i, a in enumerate(NUMBERS):
        for b in NUMBERS[i + 1:]:  # ~
            count += a < b
    return count


def after():
    count = 0
    for a, b in itertools.combinations(NUMBERS, 2):
        count += a < b
    return count


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
