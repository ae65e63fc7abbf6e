#!/usr/bin/env bash
# Lines a second of `audit scan` on folders of sources, beside what else is installed: ast-grep's own command with the same patterns,
# ruff, oxlint, cargo-perf. Each on one core and on all, best of three, files in the page cache.
#
#   audit_real/speed.sh PROGRAM FOLDER..
#
# PROGRAM is the companion's release binary. Others are taken from PATH, and each is named with its version; one that is missing is
# left out. What they do differs: linters parse and run their own rules, and none joins anything.
set -euo pipefail
program=$(realpath "$1"); shift
rules=$(cd "$(dirname "$0")/../../src/audit/rules" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cores=$(nproc)

# Best of three, in seconds; a linter that finds something ends with 1.
best() {
  local best= seconds start
  "$@" >/dev/null 2>&1 || true
  for _ in 1 2 3; do
    start=$(date +%s.%N)
    "$@" >/dev/null 2>&1 || true
    seconds=$(echo "$(date +%s.%N) - $start" | bc)
    if [[ -z $best ]] || (($(echo "$seconds < $best" | bc))); then best=$seconds; fi
  done
  echo "$best"
}

row() { # tool, cores, lines, command..
  local tool=$1 on=$2 lines=$3 seconds
  shift 3
  seconds=$(if [[ $on == 1 ]]; then best taskset -c 0 "$@"; else best "$@"; fi)
  printf '| %s | %s | %.2f | %.0f |\n' "$tool" "$on" "$seconds" "$(echo "$lines / $seconds / 1000" | bc -l)"
}

both() { # tool, lines, command..
  local tool=$1 lines=$2
  shift 2
  row "$tool" 1 "$lines" "$@"
  ((cores == 1)) || row "$tool" "$cores" "$lines" "$@"
}

# The patterns of a file of rules, as ast-grep has them: keys of our own are not known to it, and what rules share is in each. It
# takes Python with PyYAML.
export_rules() { # language, as ast-grep calls it
  python3 - "$rules" "$1" "$2" <<'PYTHON'
import json, re, sys, yaml
folder, language, name = sys.argv[1:]
read = lambda file: open(f"{folder}/{file}.yml", encoding="utf-8")
shared = yaml.load(read("shared"), yaml.BaseLoader).get(language) or {}
for entry in yaml.load_all(read(language), yaml.BaseLoader):
    if entry and "rule" in entry and entry.get("on") != "false":
        kept = {key: entry[key] for key in ("id", "message", "rule", "constraints") if key in entry}
        utils = {**shared, **entry.get("utils", {})}
        text = json.dumps({**kept, "language": name, **({"utils": utils} if utils else {})})
        text = text.replace('"reverse": "true"', '"reverse": true')
        print("---\n" + re.sub(r'"(nthChild|position)": "(\d+)"', r'"\1": \2', text))
PYTHON
}

for folder in "$@"; do
  # JavaScript is read as TSX by the audit, and by ast-grep if it is called so.
  for of in rust:rs:rs:Rust python:py:py:Python javascript:js:tsx:Tsx; do
    IFS=: read -r language from ending name <<<"$of"
    find -L "$folder" -type f -name "*.$from" -size -4096k -print0 >"$work/list"
    files=$(tr -dc '\0' <"$work/list" | wc -c)
    ((files >= 50)) || continue
    # A copy of this language alone, without what would leave files out.
    rm -rf "$work/tree"; mkdir "$work/tree"
    number=0
    while IFS= read -r -d '' file; do cp "$file" "$work/tree/$((number++)).$ending"; done <"$work/list"
    lines=$(cat "$work/tree"/* | wc -l)
    printf '\n%s of %s: %s files, %s lines\n\n| tool | cores | seconds | 1,000 lines/s |\n|---|---:|---:|---:|\n' "$name" "$(basename "$folder")" "$files" "$lines"
    cd "$work/tree"
    both "audit scan" "$lines" "$program" alloc-kit audit scan --linters none -q .
    if command -v ast-grep >/dev/null; then
      export_rules "$language" "$name" >"$work/rules.yml" || true
      if [[ -s $work/rules.yml ]] && ast-grep scan -r "$work/rules.yml" "0.$ending" >/dev/null 2>"$work/error" || [[ $? == 1 ]]; then
        both "$(ast-grep --version), same patterns" "$lines" ast-grep scan -r "$work/rules.yml" --json=stream .
      else
        echo "ast-grep does not take the patterns: $(head -3 "$work/error")" >&2
      fi
    fi
    if [[ $language == rust ]] && command -v cargo-perf >/dev/null; then
      both "$(cargo-perf --version)" "$lines" cargo-perf -p . -f json
    fi
    if [[ $language == python ]] && command -v ruff >/dev/null; then
      both "$(ruff --version), its default" "$lines" ruff check --isolated --no-cache --exit-zero -q .
      both "$(ruff --version), PERF and PLR6201" "$lines" ruff check --isolated --preview --no-cache --exit-zero -q --select PERF,PLR6201 .
    fi
    if [[ $language == javascript ]] && command -v oxlint >/dev/null; then
      both "oxlint $(oxlint --version | sed 's/.* //'), its default" "$lines" oxlint --no-ignore -f json .
    fi
    cd - >/dev/null
  done
done
