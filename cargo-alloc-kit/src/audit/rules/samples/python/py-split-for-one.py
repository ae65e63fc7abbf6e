"""The first field of a line."""

import sys

LINE = ",".join("field %d" % n for n in range(50))


def before():
    total = 0
    for _ in range(100):
        total += len(LINE.split(",")[0])  # ~
    return total


def after():
    total = 0
    for _ in range(100):
        total += len(LINE.split(",", 1)[0])
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
