"""A pattern that is compiled for each line."""

import re
import sys


def before():
    found = 0
    for n in range(1000):
        if re.compile(r"\d+1").match(str(n)):  # ~
            found += 1
    return found


def after():
    pattern = re.compile(r"\d+1")
    found = 0
    for n in range(1000):
        if pattern.match(str(n)):
            found += 1
    return found


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
