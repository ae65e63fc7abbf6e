"""The checksums of the blocks of a buffer."""

import sys
import zlib


def before():
    data = bytes(1000000)
    total = 0
    for i in range(0, len(data), 1000):
        total += zlib.crc32(data[i:i + 1000])  # ~
    return total


def after():
    data = bytes(1000000)
    view = memoryview(data)
    total = 0
    for i in range(0, len(view), 1000):
        total += zlib.crc32(view[i:i + 1000])
    return total


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
