"""Ten thousand texts of a class of their own."""

import sys

class Name(str):  # ~
    def is_short(self):
        return len(self) < 3


class SlotName(str):
    __slots__ = ()

    def is_short(self):
        return len(self) < 3


def before():
    names = [Name("ab") for _ in range(10000)]
    return sum(name.is_short() for name in names)


def after():
    names = [SlotName("ab") for _ in range(10000)]
    return sum(name.is_short() for name in names)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
