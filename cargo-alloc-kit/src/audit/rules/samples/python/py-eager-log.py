"""A message that nobody sees."""

import logging
import sys

log = logging.getLogger("sample")


def before():
    for n in range(1000):
        log.debug(f"read line {n} of a thousand lines")  # ~
    return n


def after():
    for n in range(1000):
        log.debug("read line %d of a thousand lines", n)
    return n


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
