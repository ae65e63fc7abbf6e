"""A random sample of findings: `cargo alloc-kit audit scan . | sample_javascript.py [NUMBER]`, in the folder that was fetched.

Reads lines `FILE:LINE:COLUMN MESSAGE [RULE]`, leaves test files out, and prints project, file, line and rule.
"""
import random
import re
import sys

FINDING = re.compile(r"([^/\s]+)/(\S+?):(\d+):\d+ .* \[(js-[a-z-]+)\]$")
found = [match.groups() for match in map(FINDING.match, sys.stdin) if match]
found = sorted(one for one in found if not re.search(r"(^|/)(tests?|__tests__)/|\.test\.|benchmarks", one[1]))
number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
sample = random.Random(9).sample(found, min(number, len(found)))
for project, file, line, rule in sorted(sample):
    print(project, file, line, rule, sep="\t")
