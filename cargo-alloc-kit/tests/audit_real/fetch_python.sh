#!/bin/sh
# The Python projects that the audit is judged on, by version, into the folder that is named: fetch_python.sh FOLDER
# PYTHON names an interpreter with pip.
set -eu
folder=$1
python=${PYTHON:-python3}
mkdir -p "$folder"
for package in requests==2.32.3 flask==3.0.3 rich==13.9.4 black==24.10.0 networkx==3.4.2 pip==24.3.1 sqlglot==25.30.0 \
    jinja2==3.1.4 dulwich==0.22.5 mutagen==1.47.0 pypdf==5.1.0 construct==2.10.70 luigi==3.5.2 asyncssh==2.18.0; do
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" "$package"
done
for file in "$folder"/*.whl; do
    "$python" -m zipfile -e "$file" "$folder/$(basename "$file" | cut -d- -f1,2)"
done
for file in "$folder"/*.tar.gz; do
    [ -e "$file" ] || continue
    "$python" -m tarfile -e "$file" "$folder"
done
