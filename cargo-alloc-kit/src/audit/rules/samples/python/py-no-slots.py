"""Ten thousand points, kept at the same time."""

import sys

class Point:  # ~
    def __init__(self, x, y):
        self.x = x
        self.y = y


class SlotPoint:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def before():
    points = [Point(0, 1) for _ in range(10000)]
    return sum(point.y for point in points)


def after():
    points = [SlotPoint(0, 1) for _ in range(10000)]
    return sum(point.y for point in points)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
