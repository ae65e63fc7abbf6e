#!/bin/sh
# A real program, audited: program_python.sh FOLDER. mistune renders the documentation of Markdown; its heap is captured, joined, and
# captured again with program_python.patch. PYTHON names an interpreter with memray, pip and setuptools; AUDIT the command.
set -eu
folder=$1
python=${PYTHON:-python3}
audit=${AUDIT:-cargo alloc-kit audit}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
cd "$folder"
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation --dest . \
    mistune==3.0.2 markdown==3.7
for file in *.tar.gz; do
    "$python" -m tarfile -e "$file" .
done
cat markdown-3.7/docs/changelog.md markdown-3.7/docs/extensions/*.md > docs.md
cd mistune-3.0.2/src
for state in before after; do
    if [ "$state" = after ]; then
        patch -p2 < "$here/program_python.patch"
    fi
    $audit capture --tool memray -o "../../$state" -- "$python" -m mistune -f ../../docs.md -o "../../$state.html"
    $audit report mistune --profile "../../$state" --linters none --all-rules --top 10
done
cmp ../../before.html ../../after.html
