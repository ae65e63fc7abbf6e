"""Which of many words are in another list."""

import sys

WORDS = [str(n) for n in range(1000)]


def before():
    known = list(WORDS)
    found = 0
    for word in WORDS:
        if word in known:  # ~
            found += 1
    return found


def after():
    known = set(WORDS)
    found = 0
    for word in WORDS:
        if word in known:
            found += 1
    return found


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
