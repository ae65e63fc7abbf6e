"""What the sources of the fixtures say of their functions: `// truth: KIND[, FLAG..][: when]`, in a line above each.

Kinds are told in `fixtures/prove/corpus/src/lib.rs`. Flags: `not run` (it never comes back, so that nothing is counted), `unwinding`
(only where panics unwind; elsewhere it is of the kind `panic`), `found` (`may allocate` is the only right verdict).
"""

import os
import re

KINDS = {"never", "panic", "allocates", "depends", "instances", "excepted"}
FLAGS = {"not run", "unwinding", "found"}
LINE = re.compile(r"\s*// truth: ([a-z]+)((?:, [a-z ]+)*)(.*)$")
COUNTS = re.compile(r" never=(\d+) allocates=(\d+)$")


class Truth:
    def __init__(self, file, line, name, kind, flags, counts):
        self.file, self.line, self.name, self.kind, self.flags, self.counts = file, line, name, kind, flags, counts

    def kind_in(self, configuration):
        """A panic that aborts is never caught."""
        return "panic" if configuration == "abort" and "unwinding" in self.flags else self.kind

    def program(self, package):
        """The binary that it is judged in."""
        inner = re.match(r"src/bin/(\w+)\.rs$", self.file)
        return inner[1] if inner else "prove-" + package

    def is_counted(self):
        return self.kind not in ("excepted", "depends") and "not run" not in self.flags

    def counted_names(self):
        """The names of its counts, with the kind of each."""
        if self.kind == "instances":
            return [(self.name + " never", "never"), (self.name + " allocates", "allocates")]
        return [(self.name, self.kind)]


def of_file(path, file):
    with open(path, encoding="utf-8") as opened:
        lines = opened.read().splitlines()
    truths = []
    for at, text in enumerate(lines):
        match = LINE.match(text)
        if not match:
            continue
        function = next((found for found in (re.search(r"\bfn (\w+)", line) for line in lines[at + 1 :]) if found), None)
        flags = {flag for flag in match[2].split(", ") if flag}
        counts = COUNTS.match(match[3])
        if match[1] not in KINDS or flags - FLAGS or function is None or (match[1] == "instances") != bool(counts):
            raise SystemExit(f"{file}:{at + 1}: not a truth that is known: {text.strip()}")
        numbers = (int(counts[1]), int(counts[2])) if counts else None
        truths.append(Truth(file, at + 1, function[1], match[1], flags, numbers))
    return truths


def of_package(folder):
    """All of them, by file and line."""
    truths = []
    for below, _, names in sorted(os.walk(os.path.join(folder, "src"))):
        for name in sorted(names):
            path = os.path.join(below, name)
            truths += of_file(path, os.path.relpath(path, folder))
    names = [name for truth in truths if truth.is_counted() for name, _ in truth.counted_names()]
    if len(set(names)) < len(names):
        raise SystemExit(f"{folder}: of one name: {', '.join(sorted({name for name in names if names.count(name) > 1}))}")
    return truths


def of_site(truths, file, line):
    """The one that stands last above that line: an attribute, a function's name, or an expression within it."""
    above = [truth for truth in truths if (file == truth.file or file.endswith("/" + truth.file)) and truth.line < line]
    return max(above, key=lambda truth: truth.line, default=None)
