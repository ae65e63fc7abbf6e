"""A list that grows by a new one."""

import sys


def before():
    numbers = []
    for n in range(1000):
        numbers = numbers + [n]  # ~
    return len(numbers)


def after():
    numbers = []
    for n in range(1000):
        numbers.append(n)
    return len(numbers)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
