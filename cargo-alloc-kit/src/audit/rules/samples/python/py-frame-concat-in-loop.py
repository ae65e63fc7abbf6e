"""A frame that grows by parts. Without pandas it does the same with lists."""

import sys

try:
    import pandas as pd
except ImportError:

    class pd:
        """As much of pandas as is used here."""

        DataFrame = staticmethod(lambda columns: list(columns["x"]))
        concat = staticmethod(lambda frames: [row for frame in frames for row in frame])


PARTS = [pd.DataFrame({"x": [n] * 100}) for n in range(50)]


def before():
    frame = PARTS[0]
    for part in PARTS[1:]:
        frame = pd.concat([frame, part])  # ~
    return len(frame)


def after():
    return len(pd.concat(PARTS))


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
