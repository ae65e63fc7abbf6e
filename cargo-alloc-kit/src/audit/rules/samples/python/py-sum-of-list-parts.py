"""One list of several parts. Only ruff finds it."""

import sys

HEAD = list(range(100))
TAIL = list(range(100))


def before():
    total = 0
    for n in range(100):
        total += len(HEAD + [n] + TAIL)
    return total


def after():
    total = 0
    for n in range(100):
        total += len([*HEAD, n, *TAIL])
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
