"""A list that is kept in order."""

import bisect
import sys

SCORES = [(n * 7919) % 1009 for n in range(1000)]


def before():
    scores = []
    for score in SCORES:
        for i, other in enumerate(scores):
            if other > score:
                scores.insert(i, score)  # ~
                break
        else:
            scores.append(score)
    return scores[500]


def after():
    scores = []
    for score in SCORES:
        bisect.insort(scores, score)
    return scores[500]


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
