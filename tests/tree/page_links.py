"""Checks that every relative link of a page leads to a file of the repository, and every #anchor to a heading.

    page_links.py SOURCE_DIR
"""
import pathlib
import re
import sys

PAGES = ("*.md", "docs/**/*.md", "schema/**/*.md", "web/*.md", "examples/**/*.md")


def anchors_of(page):
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def faults_of(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            yield f"{link} does not exist"
        elif anchor and target.suffix == ".md" and anchor not in anchors_of(target):
            yield f"{link}: the page has no such heading"


def main():
    source = pathlib.Path(sys.argv[1])
    pages = sorted({page for pattern in PAGES for page in source.glob(pattern)})
    assert len(pages) >= 20, f"only {len(pages)} pages were found"
    faults = [f"{page.relative_to(source)}: {fault}" for page in pages for fault in faults_of(page)]
    print("\n".join(faults) or f"the links of {len(pages)} pages are right")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
