"""Picks the findings that are to be judged: `cargo alloc-kit audit scan | sample_rust.py [N]`, from the folder of fetch_rust.sh.

Tests, benches and examples of the projects are left out. The choice is the same for the same findings: by a hash of each.
"""

import hashlib
import re
import sys

most = int(sys.argv[1]) if len(sys.argv) > 1 else 100
findings = []
for line in sys.stdin:
    match = re.match(r"([^/]+)/(.*?):(\d+):\d+ .* \[(rust-[a-z0-9-]+)\]$", line)
    if match and not re.search(r"(^|/)(tests?|benches|examples|fuzz)(/|\.rs)|build\.rs", match[2]):
        findings.append(match.groups())
findings.sort(key=lambda one: hashlib.sha256(("1 " + " ".join(one)).encode()).hexdigest())
for one in sorted(findings[:most]):
    print("\t".join(one))
print(len(findings), "findings", file=sys.stderr)
