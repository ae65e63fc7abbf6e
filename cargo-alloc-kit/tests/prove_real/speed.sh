#!/usr/bin/env bash
# What `cargo alloc-kit prove` costs, by the size of the binary: a table of the companion's own figures, best of three, files in the
# page cache.
#
#   prove_real/speed.sh PROGRAM FILE..
#
# PROGRAM is the companion's release binary. Each FILE is judged twice: what is annotated in it, if anything is, and all of its
# functions (`--function '*'`). With INSTRUCTIONS=1 and valgrind the instructions that the processor executes are counted as well, once:
# they are the same on a machine under load, and take fifty times as long.
set -euo pipefail
[[ $# -ge 2 ]] || { echo "speed.sh PROGRAM FILE.." >&2; exit 2; }
program=$(realpath "$1"); shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
counts=
if [[ -n ${INSTRUCTIONS-} ]]; then
  command -v valgrind >/dev/null && counts=1 || echo "not counted: valgrind is not installed" >&2
fi

# The line of the command's `-v` that says what it cost. Exit statuses are of verdicts.
cost() {
  "$program" alloc-kit prove "$@" -v >"$work/out" 2>"$work/err" || true
  sed -n 's/.*; \([0-9,]* functions*, [0-9,]* instructions* (.*\)/\1/p' "$work/out" | tail -1
}

# A number of it: what stands before a word.
number() {
  sed -n "s/.*[^0-9,]\([0-9,]*\) $1.*/\1/p" <<<" $2" | tr -d ,
}

row() { # file, what is judged, options..
  local file=$1 what=$2 best= line took
  shift 2
  for _ in 1 2 3; do
    line=$(cost "$file" "$@")
    if [[ -z $line ]]; then return; fi
    took=$(number 'ms to judge' "$line")
    if [[ -z $best ]] || ((took < $(number 'ms to judge' "$best"))); then best=$line; fi
  done
  local functions instructions
  functions=$(number 'functions*,' "$best")
  instructions=$(number 'instructions* (' "$best")
  took=$(number 'ms to judge' "$best")
  local rate=$((instructions / (took > 0 ? took : 1)))
  local executed=
  if [[ -n $counts ]]; then
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" alloc-kit prove "$file" "$@" >/dev/null 2>"$work/err" || true
    executed=" $(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/err" | awk '{ printf "%.2f", $1 / 1e9 }') |"
  fi
  printf '| %s | %.1f | %s | %s | %s | %s | %s | %s | %s | %s |%s\n' "$(basename "$file")" \
    "$(echo "$(stat -c %s "$file") / 1000000" | bc -l)" "$what" "$functions" "$instructions" \
    "$(number 'ms to read' "$best")" "$took" "$(number 'ms to describe' "$best")" "$rate" "$(number 'MB of memory' "$best")" "$executed"
}

echo "$(uname -m), $(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
echo
echo "| binary | MB | judged | functions | instructions | read ms | judge ms | describe ms | instructions a ms | peak MB |${counts:+ executed, 10^9 |}"
echo "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|${counts:+---:|}"
for file in "$@"; do
  row "$file" annotated
  row "$file" all --function '*'
done
