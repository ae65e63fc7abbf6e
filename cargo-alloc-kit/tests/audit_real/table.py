"""The tables of docs/audit.md's "On real code": `table.py judged`, and `table.py scan COMPANION FOLDER..` of what the fetch scripts made.

`judged` counts right and judged findings by rule from the files beside this one; a held-out set is of projects that the rules were not
made with. `scan` runs `audit scan --linters none --threads 1` on each project: lines, findings, findings for 1,000 lines, user seconds.
"""
import collections
import csv
import json
import os
import resource
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = [
    ("Rust", "judged_rust.tsv", "tuned", {"sample", "more"}),
    ("Rust", "judged_rust.tsv", "held out", {"held", "held-reworked"}),
    ("TypeScript/JavaScript", "judged_javascript.tsv", "tuned", None),
    ("TypeScript/JavaScript", "judged_javascript_held_out.tsv", "held out", None),
    ("Python", "judged_python.tsv", "tuned", None),
    ("Python", "judged_python_held_out.tsv", "held out", None),
    ("Python", "judged_python_held_out_again.tsv", "held out, after rules were reworked", None),
]


def rows(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = file.read().splitlines()
    heads = [line.lstrip("# ") for line in lines if "\tproject\t" in line or line.startswith("project\t")]
    fields = heads[0].split("\t")
    body = [line for line in lines if not line.startswith("#") and not line.startswith("project\t")]
    return list(csv.DictReader(body, fieldnames=fields, delimiter="\t", quoting=csv.QUOTE_NONE))


def judged():
    print("| language | set | right of judged | by rule |\n|---|---|---:|---|")
    for language, name, what, of in SETS:
        by_rule = collections.defaultdict(lambda: [0, 0])
        for row in rows(name):
            if of is None or row["of"] in of:
                by_rule[row["rule"]][0] += row["verdict"] == "right"
                by_rule[row["rule"]][1] += 1
        right, all_of = (sum(counts[part] for counts in by_rule.values()) for part in (0, 1))
        listed = sorted(by_rule.items(), key=lambda item: (-item[1][1], item[0]))
        said = ", ".join(f"{rule} {right_of}/{judged_of}" for rule, (right_of, judged_of) in listed)
        print(f"| {language} | {what} | {right} of {all_of} | {said} |")


def scan(companion, folders):
    print("| project | lines | findings | for 1,000 lines | user seconds |\n|---|---:|---:|---:|---:|")
    total = [0, 0, 0.0]
    for folder in folders:
        for project in sorted(os.listdir(folder)):
            path = os.path.join(folder, project)
            if not os.path.isdir(path):
                continue
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            command = [companion, "alloc-kit", "audit", "scan", "--linters", "none", "--threads", "1"]
            done = subprocess.run([*command, "--message-format", "json", path], capture_output=True, check=True)
            seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            known = json.loads(done.stdout)
            lines = sum(of["lines"] for of in known["scanned"])
            findings = sum(of["findings"] for of in known["scanned"])
            if lines == 0:
                continue
            total = [total[0] + lines, total[1] + findings, total[2] + seconds]
            print(f"| {project} | {lines:,} | {findings} | {1000 * findings / lines:.2f} | {seconds:.2f} |")
    lines, findings, seconds = total
    print(f"| all | {lines:,} | {findings} | {1000 * findings / max(lines, 1):.2f} | {seconds:.2f} |")


if sys.argv[1:] == ["judged"]:
    judged()
elif len(sys.argv) > 3 and sys.argv[1] == "scan":
    scan(sys.argv[2], sys.argv[3:])
else:
    sys.exit(__doc__)
