#!/usr/bin/env python3
"""Broken links: `.ci/links.py target/docs/html/doc`, the folder that rustdoc wrote, from the root of the repository.

Looked at are the pages in that folder, links to each other and to their anchors; and what the repository has in Markdown: relative
links and images, with their anchors, links to the repository's files on GitHub, and links to our pages on docs.rs. Other sites are not
asked. The text that a page has from Markdown of ours is looked at in both forms.
"""

import functools
import glob
import html.parser
import os
import re
import subprocess
import sys
import urllib.parse

# Pages of the docs, which have links that rustdoc resolves: they are looked at as pages.
RUSTDOC = "alloc-kit/src/docs/"
GITHUB = re.compile(
    r"https://(?:github\.com/alloc-kit/alloc-kit/(?:blob|tree|raw)/main|raw\.githubusercontent\.com/alloc-kit/alloc-kit/main)/?(.*)"
)
DOCS_RS = re.compile(r"https://docs\.rs/(alloc-kit(?:-bench|-macros)?)(?:/(?:latest|\d[^/]*)(?:/(.*))?)?/?")

# Links that other crates write into our pages, by what they implement for all types.
FOREIGN = {
    "struct.SeparatorPolicy.html": "`thousands`, which dhat has, says it of its `Separable`",
}

LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)")
TAG = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
BARE = re.compile(r"https://(?:github\.com/alloc-kit|raw\.githubusercontent\.com/alloc-kit|docs\.rs/alloc-kit)[^\s)>\]\"'`]*")
FENCE = re.compile(r"^\s*(```+|~~~+)")


class Page(html.parser.HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.anchors.update(attrs[key] for key in ("id", "name") if attrs.get(key))
        for key in ("href", "src"):
            if attrs.get(key):
                self.links.append((self.getpos()[0], attrs[key]))


@functools.cache
def page(file):
    with open(file, encoding="utf-8") as text:
        return Page(text.read())


def prose(file):
    """The lines of a Markdown file, without code."""
    fence = None
    with open(file, encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            found = FENCE.match(line)
            if found and fence is None:
                fence = found[1]
            elif found and line.strip() == fence:
                fence = None
            elif fence is None:
                yield number, re.sub(r"(`+)(?:(?!\1).)+?\1(?!`)", lambda code: "`" * 2, line), line


@functools.cache
def headings(file):
    """The anchors that GitHub gives the headings of a Markdown file."""
    anchors, seen = set(), {}
    for _, _, line in prose(file):
        found = re.match(r"#{1,6}\s+(.*?)\s*#*\s*$", line)
        anchors.update(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", line))
        if found:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", found[1]).lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            anchors.add(f"{slug}-{count}" if count else slug)
    return anchors


@functools.cache
def in_repository():
    """Files that Git has, or will have, and their folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    files = {file for file in listed if os.path.lexists(file)}
    folders = {"" if not parent else parent for file in files for parent in parents(file)}
    return files | folders


def parents(file):
    while file:
        file = os.path.dirname(file)
        yield file


def wrong_in_repository(path, anchor):
    """What is wrong with a link to a file of the repository, if anything is."""
    path = os.path.normpath(urllib.parse.unquote(path)).removeprefix("./")
    path = "" if path == "." else path
    if path not in in_repository():
        return f"there is no `{path}` in the repository"
    if anchor and path.endswith(".md") and anchor not in headings(path):
        return f"`{path}` has no heading `#{anchor}`"
    return None


def wrong_in_docs(root, file, anchor):
    """What is wrong with a link to a page that rustdoc wrote, if anything is."""
    if os.path.isdir(file):
        file = os.path.join(file, "index.html")
    if not os.path.isfile(file):
        return f"there is no page `{os.path.relpath(file, root)}`"
    if not anchor or not file.endswith(".html"):
        return None
    if "/src/" in file and re.fullmatch(r"\d+(-\d+)?", anchor):
        return None
    # rustdoc's anchors of generic items are themselves encoded; browsers look for both.
    if not {anchor, urllib.parse.unquote(anchor)} & page(file).anchors:
        return f"`{os.path.relpath(file, root)}` has no `#{anchor}`"
    return None


def wrong_elsewhere(root, link):
    """What is wrong with a link to GitHub or docs.rs, if it is to what is ours."""
    address, _, anchor = link.partition("#")
    found = GITHUB.fullmatch(address)
    if found:
        # On GitHub `#L12` is a line.
        return wrong_in_repository(found[1].rstrip("/"), "" if re.fullmatch(r"L\d+(-L\d+)?", anchor) else anchor)
    found = DOCS_RS.fullmatch(address)
    if found:
        crate = found[1].replace("-", "_")
        return wrong_in_docs(root, os.path.join(root, found[2] or f"{crate}/"), anchor)
    return "no page of docs.rs" if re.match(r"https://docs\.rs/alloc-kit(?:-bench|-macros)?(?:/|$)", address) else None


def wrong_in_markdown(root, file, link):
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return wrong_elsewhere(root, link)
    path, _, anchor = link.partition("#")
    return wrong_in_repository(os.path.join(os.path.dirname(file), path) if path else file, anchor)


def wrong_in_page(root, file, link):
    if link in FOREIGN:
        return None
    if re.match(r"[a-z][a-z0-9+.-]*:|//", link):
        return wrong_elsewhere(root, link)
    path, _, anchor = link.partition("#")
    path = urllib.parse.unquote(path.partition("?")[0])
    return wrong_in_docs(root, os.path.normpath(os.path.join(os.path.dirname(file), path)) if path else file, anchor)


def links_of_markdown(file):
    for number, line, _ in prose(file):
        found = {*LINK.findall(line), *REFERENCE.findall(line), *TAG.findall(line), *BARE.findall(line)}
        yield from ((number, link.rstrip(".,;:")) for link in found)


def main():
    root = os.path.abspath(sys.argv[1])
    broken, looked_at = {}, {"docs": 0, "Markdown": 0}
    # rustdoc's own two link to an index of all crates, which it writes only if asked.
    own = {os.path.join(root, name) for name in ("help.html", "settings.html")}
    pages = sorted(set(glob.glob(f"{root}/**/*.html", recursive=True)) - own)
    for file in pages:
        for line, link in page(file).links:
            looked_at["docs"] += 1
            wrong = wrong_in_page(root, file, link)
            if wrong:
                broken.setdefault((os.path.relpath(file), link, wrong), line)
    files = sorted({os.path.realpath(file) for file in in_repository() if file.endswith(".md") and not file.startswith(RUSTDOC)})
    for file in map(os.path.relpath, files):
        for line, link in links_of_markdown(file):
            looked_at["Markdown"] += 1
            # What is included into the docs may have links that rustdoc resolves: it has them as pages above.
            wrong = wrong_in_markdown(root, file, link)
            if wrong:
                broken.setdefault((file, link, wrong), line)
    for (file, link, wrong), line in broken.items():
        print(f"{file}:{line}: {link}: {wrong}", file=sys.stderr)
    print(f"{looked_at['docs']} links of {len(pages)} pages, {looked_at['Markdown']} of {len(files)} Markdown files: {len(broken)} broken")
    if not all(looked_at.values()):
        sys.exit("no links were found")
    sys.exit(1 if broken else 0)


main()
