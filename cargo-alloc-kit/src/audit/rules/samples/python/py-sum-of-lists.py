"""One list of many."""

import itertools
import sys

LISTS = [[n] * 10 for n in range(200)]


def before():
    return len(sum(LISTS, []))  # ~


def after():
    return len(list(itertools.chain.from_iterable(LISTS)))


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
