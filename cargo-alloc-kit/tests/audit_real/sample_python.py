"""A random sample of a scan's Python findings, with their code: sample_python.py SCAN FOLDER [COUNT [SEED [CONTEXT]]] [proportional]

SCAN is what `cargo alloc-kit audit scan .` printed in FOLDER. The first half is drawn from all findings, so that it has the
proportions of the scan; the second goes round the rules, so that rare ones are judged, too. `proportional` draws all of them from all findings: so, with
seed 10, judged_python_held_out.tsv was drawn, of what commit 56512cc found.
"""

import random
import re
import sys


def main():
    is_proportional = sys.argv[-1] == "proportional"
    if is_proportional:
        sys.argv.pop()
    scan, folder = sys.argv[1:3]
    count, seed, context = [int(word) for word in sys.argv[3:]] + [100, 9, 4][len(sys.argv) - 3 :]
    with open(scan, encoding="utf-8") as file:
        lines = [re.match(r"(.*?):(\d+):\d+ (.*) \[(py-[a-z-]+)\]$", line) for line in file]
    findings = sorted({(m[1], int(m[2]), m[4]) for m in lines if m})
    draw = random.Random(seed)
    draw.shuffle(findings)
    drawn = count if is_proportional else count // 2
    taken = findings[:drawn]
    rest = findings[drawn:]
    by_rule = {}
    for finding in rest:
        by_rule.setdefault(finding[2], []).append(finding)
    while len(taken) < min(count, len(findings)):
        for rule in sorted(by_rule):
            if by_rule[rule] and len(taken) < count:
                taken.append(by_rule[rule].pop())
    for path, line, rule in sorted(taken, key=lambda one: (one[2], one[0], one[1])):
        print("=== %s\t%d\t%s" % (path, line, rule))
        with open(folder + "/" + path, encoding="utf-8") as file:
            source = file.read().splitlines()
        for number in range(max(1, line - context), min(len(source), line + context) + 1):
            print("%s%5d %s" % (">" if number == line else " ", number, source[number - 1]))


if __name__ == "__main__":
    main()
