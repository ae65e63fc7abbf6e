"""An array that grows by one. Without numpy it does the same with arrays of the standard library."""

import array
import sys

try:
    import numpy as np
except ImportError:

    class np:
        """As much of numpy as is used here."""

        empty = staticmethod(lambda count: array.array("d", bytes(8 * count)))
        append = staticmethod(lambda values, value: values + array.array("d", [value]))


def before():
    values = np.empty(0)
    for n in range(1000):
        values = np.append(values, n)  # ~
    return float(sum(values))


def after():
    values = np.empty(1000)
    for n in range(1000):
        values[n] = n
    return float(sum(values))


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
