#!/bin/sh
# The walk-through of docs/audit-real-javascript.md: `program_javascript.sh FOLDER`, with `cargo alloc-kit` and node installed.
# marked is TypeScript in one minified script with a source map, which has the sources.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder to work in}
mkdir -p "$folder"
cd "$folder"
rm -rf marked report-*.txt
tar xzf "$(npm pack --silent marked@18.2.1)"
mv package marked
npm install --silent --no-audit --no-fund --prefix . esbuild@0.28.2
node --input-type=module -e '
    import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
    const { sources, sourcesContent } = JSON.parse(readFileSync("marked/lib/marked.esm.js.map", "utf8"));
    mkdirSync("marked/src");
    sources.forEach((name, at) => writeFileSync(new URL(name, `file://${process.cwd()}/marked/lib/`), sourcesContent[at]));
'
for turn in $(seq 400); do
    cat marked/README.md marked/man/marked.1.md
done >large.md
cd marked
build() {
    ../node_modules/.bin/esbuild src/marked.ts --bundle --format=esm --minify --sourcemap --outfile=lib/marked.esm.js --log-level=error
}
measure() { # before or after
    build
    cargo alloc-kit audit capture -o "../profile-$1" -- node bin/marked.js -i ../large.md -o "../$1.html"
    cargo alloc-kit audit report --linters none --top 40 --profile "../profile-$1" src bin | tee "../report-$1.txt"
}
measure before
patch -p1 <"$here/program_javascript.patch"
measure after
cmp ../before.html ../after.html
