#!/bin/sh
# The packages on which the rules for TypeScript and JavaScript are judged, by version: `fetch_javascript.sh FOLDER`, and
# `fetch_javascript.sh FOLDER held-out` for those that the rules were not made on.
# Only what people write is kept: no bundles, and nothing that a compiler made.
set -eu
folder=${1:?the folder to put them in}
mkdir -p "$folder"
cd "$folder"
fetch() { # PACKAGE@VERSION, and the folders to keep
    package=$1
    shift
    name=$(echo "$package" | tr -d @ | tr / -)
    [ -d "$name" ] && return
    archive=$(npm pack --silent "$package")
    mkdir "$name.part"
    for kept in "$@"; do
        tar xzf "$archive" -C "$name.part" --strip-components=1 "package/$kept"
    done
    rm "$archive"
    mv "$name.part" "$name"
}
if [ "${2:-}" = held-out ]; then
    fetch undici@8.13.1 lib
    fetch svgo@4.1.0 lib plugins
    fetch mongoose@9.12.1 lib
    fetch stylelint@18.1.0 lib
    fetch svelte@5.57.3 src
    fetch cheerio@1.2.0 src
    fetch @trpc/server@11.25.2 src
    fetch viem@2.57.20 actions utils accounts clients
    exit
fi
fetch eslint@9.39.1 lib
fetch express@4.21.2 lib
fetch fastify@5.6.1 lib
fetch lodash@4.17.21 lodash.js
fetch webpack@5.102.1 lib
fetch ajv@8.17.1 lib
fetch rxjs@7.8.2 src
fetch zod@4.1.12 src
fetch @tanstack/query-core@5.90.5 src
fetch @reduxjs/toolkit@2.9.2 src
# Only for rules that find little in the others.
fetch express@5.1.0 lib
fetch router@2.2.0 index.js lib
fetch mocha@11.7.4 lib
fetch winston@3.18.3 lib
