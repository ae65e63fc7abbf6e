"""Whether one of many is large."""

import sys


def before():
    found = 0
    for _ in range(100):
        if any([n > 10 for n in range(1000)]):  # ~
            found += 1
    return found


def after():
    found = 0
    for _ in range(100):
        if any(n > 10 for n in range(1000)):
            found += 1
    return found


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
