"""The longest line of a file, without its end."""

import sys
import tempfile

def lines():
    """A file of five thousand lines."""
    file = tempfile.TemporaryFile("w+")
    file.writelines("line %d\n" % n for n in range(5000))
    file.seek(0)
    return file


def before():
    longest = 0
    with lines() as file:
        for line in file.read().splitlines():  # ~
            longest = max(longest, len(line))
    return longest


def after():
    longest = 0
    with lines() as file:
        for line in file:
            longest = max(longest, len(line.rstrip("\n")))
    return longest


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
