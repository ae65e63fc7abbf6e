"""A template that is copied with all that is in it."""

import copy
import sys

TEMPLATE = {"name": "", "tags": ["a", "b"], "size": 0}


def before():
    made = []
    for n in range(1000):
        one = copy.deepcopy(TEMPLATE)  # ~
        one["size"] = n
        made.append(one)
    return sum(one["size"] for one in made)


def after():
    made = []
    for n in range(1000):
        one = dict(TEMPLATE)
        one["size"] = n
        made.append(one)
    return sum(one["size"] for one in made)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
