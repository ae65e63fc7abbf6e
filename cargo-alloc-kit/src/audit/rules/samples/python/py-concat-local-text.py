"""A local text that grows, which CPython does in place."""

import sys

LINES = ["line %d" % n for n in range(1000)]


def before():
    text = ""
    for line in LINES:
        text += line  # ~
    return len(text)


def after():
    lines = []
    for line in LINES:
        lines.append(line)
    return len("".join(lines))


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
