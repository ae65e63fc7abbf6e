#!/bin/sh
# Puts the Rust projects on which the rules were judged into the folder that is named: by version, from the registry that Cargo uses.
set -eu
into=${1:?usage: fetch_rust.sh FOLDER}
mkdir -p "$into"
home=${CARGO_HOME:-$HOME/.cargo}
while read -r name version; do
    test -d "$into/$name-$version" && continue
    # `cargo info` fetches the package, and nothing that it depends on.
    (cd "$into" && cargo info --quiet "$name@$version" >/dev/null)
    cp -R "$home"/registry/src/*/"$name-$version" "$into/"
done <<'LIST'
bat 0.25.0
comrak 0.39.0
handlebars 6.3.2
hyperfine 1.19.0
just 1.40.0
mdbook 0.4.48
nu-command 0.103.0
pulldown-cmark 0.13.0
ripgrep 14.1.1
starship 1.22.1
tera 1.20.0
tokei 12.1.2
cargo 0.86.0
naga 24.0.0
rhai 1.21.0
sqlparser 0.54.0
syntect 5.2.0
xsv 0.13.0
LIST
