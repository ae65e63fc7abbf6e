"""A text that is an attribute, and grows."""

import sys

class Page:
    text = ""


def before():
    page = Page()
    for _ in range(1000):
        page.text += "line\n"  # ~
    return len(page.text)


def after():
    page = Page()
    lines = []
    for _ in range(1000):
        lines.append("line\n")
    page.text = "".join(lines)
    return len(page.text)


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
