#!/bin/sh
# The walk-through of docs/audit-real-rust.md: fetches xsv by version, records `xsv join`, reports, mends what comes first, and does both again.
# Needs valgrind. The program is built twice into the folder that is named, in a few minutes.
set -eu
into=${1:?usage: program_rust.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$into"
cd "$into"
home=${CARGO_HOME:-$HOME/.cargo}
# `cargo info` fetches the package, and nothing that it depends on.
cargo info --quiet xsv@0.13.0 >/dev/null
for copy in before after; do
    test -d "$copy" || cp -R "$home"/registry/src/*/xsv-0.13.0 "$copy"
done
# A folder of an earlier run has it.
if ! grep -q 'self.rdr1.read_byte_record(&mut row)?' after/src/cmd/join.rs; then
    patch -p1 -s -d after <"$here/program_rust.patch"
fi
awk 'BEGIN {
    srand(1)
    n = split("Aberdeen,Bristol,Cardiff,Dundee,Exeter,Falkirk,Glasgow,Hull,Inverness,Jarrow,Kendal,Leeds,Manchester,Norwich,Oxford,Perth,Reading,Swansea,Truro,Ware,York", c, ",")
    print "id,city,region,population,latitude,note" >"places.csv"
    for (i = 1; i <= 5000; i++)
        printf "%d,%s %d,region %d,%d,%.4f,%s\n", i, c[1 + i % n], i, i % 40, int(rand() * 900000), 50 + rand() * 8, (i % 7 ? "" : "a place with a note") >"places.csv"
    print "city,date,visitors" >"visits.csv"
    for (i = 1; i <= 20000; i++) {
        j = 1 + int(rand() * 6000)
        printf "%s %d,2019-%02d-%02d,%d\n", c[1 + j % n], j, 1 + i % 12, 1 + i % 28, int(rand() * 500) >"visits.csv"
    }
}'
cp before/Cargo.lock after/ 2>/dev/null || (cd before && cargo generate-lockfile --quiet && cp Cargo.lock ../after/)
for copy in before after; do
    echo "== $copy"
    (
        cd "$copy"
        cargo alloc-kit audit capture -- cargo run --release --quiet -- join city ../places.csv city ../visits.csv -o ../$copy.csv
        cargo alloc-kit audit report --linters "${LINTERS:-none}" --top 10
    )
done
cmp before.csv after.csv
# The end of a run in valgrind's clock, which counts instructions: what else the machine does is not in it.
end_of() {
    sed -n 's/.*"te":\([0-9]*\).*/\1/p' "$1"/alloc-kit-profile/valgrind-*.json
}
awk -v before="$(end_of before)" -v after="$(end_of after)" 'BEGIN {
    printf "instructions: %d before, %d after, a ratio of %.2f\n", before, after, after / before
}'
