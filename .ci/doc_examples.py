#!/usr/bin/env python3
"""Public items that have no docs or no example, from rustdoc's JSON: `.ci/doc_examples.py target/doc/alloc_kit.json ..`.

What a user can reach from the crate's root counts: items, also those that come from private modules, their inherent methods,
and the methods of traits. rustdoc's own lint and its coverage see neither inherent methods nor all re-exports. An example is a fenced block that is Rust:
untagged, or tagged with nothing but rustdoc's words for it. `ignore` does not run, so it counts only where the list below says so.
"""

import json
import re
import sys

# Where the page of an item cannot have an example of its own, and why. An entry that is no longer needed is an error, too.
EXCEPTIONS = {
    "alloc_kit::_guide": "an index of pages",
    "alloc_kit::_guide::ci": "a workflow in YAML, and a script in Python, which tests/migrating.rs runs",
    "alloc_kit::_guide::stability": "a policy",
    "alloc_kit::_no_gain": "figures of whole programs, which are in benches/",
    "alloc_kit::_report": "the format of a file, which other programs read",
}

RUNS = {"rust", "no_run", "should_panic", "compile_fail", "standalone_crate"}
FENCE = re.compile(r"^\s*(```+|~~~+)\s*(.*?)\s*$")


def has_example(docs):
    """Whether one of the fenced blocks is compiled by rustdoc."""
    fence = None
    for line in (docs or "").splitlines():
        found = FENCE.match(line)
        if not found:
            continue
        if fence is None:
            fence = found[1]
            words = [word for word in re.split(r"[,\s{}]+", found[2]) if word]
            if all(word in RUNS or re.fullmatch(r"edition20\d\d|E\d{4}|should_panic", word) for word in words):
                return True
        elif line.strip() == fence:
            fence = None
    return False


class Walk:
    """All that is reachable from the root of one crate, by kind and path: a trait and its derive share the path."""

    def __init__(self, crate):
        self.index = crate["index"]
        self.paths = crate["paths"]
        self.items = {}
        self.seen = set()
        root = self.index[str(crate["root"])]
        self.name = root["name"]
        self.item(root, self.name, self.name)

    def item(self, item, path, name, docs=""):
        """Adds an item under the name that it is exported by; `docs` is what the re-export says."""
        if (item["id"], path) in self.seen:
            return
        self.seen.add((item["id"], path))
        (kind, inner), = item["inner"].items()
        docs = docs + "\n\n" + (item["docs"] or "")
        if kind == "module":
            self.add(kind, path, docs, item)
            for child in inner["items"]:
                self.child(child, path)
        elif kind in ("struct", "enum", "union"):
            self.add(kind, path, docs, item)
            for block in inner["impls"]:
                self.block(block, path)
        elif kind == "trait":
            self.add(kind, path, docs, item)
            for child in inner["items"]:
                self.member(child, path)
        elif kind in ("function", "macro", "proc_macro", "type_alias", "constant", "static", "trait_alias"):
            self.add(kind, path, docs, item)
        elif kind not in ("extern_crate", "impl", "primitive"):
            sys.exit(f"{path}: rustdoc's JSON has a kind `{kind}` that this script does not know")

    def child(self, number, path):
        """A member of a module: where it is a `use`, what that leads to, if that is ours."""
        item = self.index.get(str(number))
        if item is None:
            return
        (kind, inner), = item["inner"].items()
        if kind != "use":
            self.item(item, f"{path}::{item['name']}", item["name"])
            return
        target = self.index.get(str(inner["id"]))
        if target is None:
            # Of another crate: if it is ours (an attribute), what is said here is its page.
            source = self.paths.get(str(inner["id"]))
            if source and source["path"][0].startswith(self.name):
                self.add(source["kind"], f"{path}::{inner['name']}", item["docs"], item)
            return
        if inner["is_glob"]:
            if target["crate_id"] == 0:
                for child in next(iter(target["inner"].values()))["items"]:
                    self.child(child, path)
        elif target["crate_id"] == 0:
            self.item(target, f"{path}::{inner['name']}", inner["name"], item["docs"] or "")

    def block(self, number, path):
        """The methods of an inherent `impl`."""
        item = self.index.get(str(number))
        if item is None or item["inner"]["impl"]["trait"] is not None:
            return
        for child in item["inner"]["impl"]["items"]:
            self.member(child, path)

    def member(self, number, path):
        """A method of a type or a trait."""
        item = self.index.get(str(number))
        if item is None or item["visibility"] not in ("public", "default"):
            return
        if "function" in item["inner"]:
            self.add("method", f"{path}::{item['name']}", item["docs"], item)

    def add(self, kind, path, docs, item):
        span = item["span"]
        place = f"{span['filename']}:{span['begin'][0]}" if span else "?"
        self.items[kind, path] = (docs, place)


def main():
    missing = 0
    needed = set()
    for file in sys.argv[1:]:
        with open(file, encoding="utf-8") as text:
            walk = Walk(json.load(text))
        for (kind, path), (docs, place) in sorted(walk.items.items()):
            if has_example(docs):
                continue
            if not (docs or "").strip():
                missing += 1
                print(f"{place}: {kind} `{path}` has no docs", file=sys.stderr)
                continue
            if path in EXCEPTIONS:
                needed.add(path)
                continue
            missing += 1
            print(f"{place}: {kind} `{path}` has no example that is compiled", file=sys.stderr)
        if len(walk.items) < 2:
            sys.exit(f"{file}: nothing was found in it")
        print(f"{walk.name}: {len(walk.items)} public items")
    for path in sorted(set(EXCEPTIONS) - needed):
        missing += 1
        print(f".ci/doc_examples.py: `{path}` is excepted, but has an example or is gone", file=sys.stderr)
    sys.exit(1 if missing else 0)


main()
