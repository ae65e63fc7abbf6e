"""Square roots."""

import math
import sys


def before():
    total = 0.0
    for n in range(10000):
        total += n ** 0.5  # ~
    return round(total, 3)


def after():
    total = 0.0
    for n in range(10000):
        total += math.sqrt(n)
    return round(total, 3)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
