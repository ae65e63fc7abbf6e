#!/bin/sh
# The Python projects that the audit is judged on, by version, into the folder that is named: fetch_python.sh FOLDER
# PYTHON names an interpreter with pip. With `held-out` as a second word it fetches those that no rule was tuned on when they were
# judged (judged_python_held_out.tsv), with `again` those of judged_python_held_out_again.tsv.
set -eu
folder=$1
python=${PYTHON:-python3}
mkdir -p "$folder"
case ${2:-} in
held-out)
    packages="docutils==0.21.2 pygments==2.18.0 mistune==3.0.2 sphinx==8.1.3 paramiko==3.5.0 scrapy==2.12.0 html5lib==1.1
        sqlparse==0.5.2 celery==5.4.0 lark==1.2.2"
    ;;
again)
    packages="markdown==3.7 django==5.1.3 twisted==24.10.0 nltk==3.9.1 babel==2.16.0 mitmproxy==11.0.0 pylint==3.3.1 scapy==2.6.1"
    ;;
*)
    packages="requests==2.32.3 flask==3.0.3 rich==13.9.4 black==24.10.0 networkx==3.4.2 pip==24.3.1 sqlglot==25.30.0 jinja2==3.1.4
        dulwich==0.22.5 mutagen==1.47.0 pypdf==5.1.0 construct==2.10.70 luigi==3.5.2 asyncssh==2.18.0"
    ;;
esac
for package in $packages; do
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" "$package"
done
for file in "$folder"/*.whl; do
    "$python" -m zipfile -e "$file" "$folder/$(basename "$file" | cut -d- -f1,2)"
done
for file in "$folder"/*.tar.gz; do
    [ -e "$file" ] || continue
    "$python" -m tarfile -e "$file" "$folder"
done
