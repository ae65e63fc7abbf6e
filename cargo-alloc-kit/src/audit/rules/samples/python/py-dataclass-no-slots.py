"""Ten thousand points, kept at the same time, of a dataclass (with `slots=True` from Python 3.10 on)."""

import sys
from dataclasses import dataclass

@dataclass
class Point:  # ~
    x: int
    y: int


if sys.version_info >= (3, 10):

    @dataclass(slots=True)
    class SlotPoint:
        x: int
        y: int


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
