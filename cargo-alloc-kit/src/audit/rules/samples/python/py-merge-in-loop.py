"""A dictionary that grows by a new one."""

import sys


def before():
    counts = {}
    for n in range(300):
        counts = {**counts, n: 1}  # ~
    return len(counts)


def after():
    counts = {}
    for n in range(300):
        counts[n] = 1
    return len(counts)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
