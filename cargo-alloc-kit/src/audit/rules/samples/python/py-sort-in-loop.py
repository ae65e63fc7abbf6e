"""The scores so far, in order."""

import bisect
import sys

SCORES = [(n * 7919) % 1009 for n in range(1000)]


def before():
    scores = []
    medians = 0
    for score in SCORES:
        scores.append(score)
        scores.sort()  # ~
        medians += scores[len(scores) // 2]
    return medians


def after():
    scores = []
    medians = 0
    for score in SCORES:
        bisect.insort(scores, score)
        medians += scores[len(scores) // 2]
    return medians


def main():
    if sys.argv[1] != "nothing":
        print({"before": before, "after": after}[sys.argv[1]]())


main()
