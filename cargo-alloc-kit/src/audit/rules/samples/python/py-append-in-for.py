"""A list that is filled in a loop."""

import sys


def before():
    total = 0
    for _ in range(20):
        numbers = []
        for n in range(10000):  # ~
            numbers.append(n % 7)
        total += len(numbers)
    return total


def after():
    total = 0
    for _ in range(20):
        numbers = [n % 7 for n in range(10000)]
        total += len(numbers)
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
