"""Runs every shell snippet of README.md and docs/measure.md unchanged, against a server of its own.

    readme_snippets.py SOURCE_DIR BIN_DIR

The measuring snippets of a page run first, because others read their reports and trends.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def snippets_of(page):
    snippets = re.findall(r"^```bash\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(snippets) >= 4, f"{page} has lost its snippets"
    return sorted(snippets, key=lambda snippet: "perftrend-runner run" not in snippet)


def main():
    source, binaries = (pathlib.Path(argument) for argument in sys.argv[1:])
    snippets = snippets_of(source / "README.md") + snippets_of(source / "docs/measure.md")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "runner").symlink_to(source / "runner")
        (folder / "build/release").mkdir(parents=True)
        (folder / "build/release/bin").symlink_to(binaries)
        server = subprocess.Popen([binaries / "perftrend-server", "serve", "--db", folder / "x.db", "--listen",
                                   "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().split()[-1]
            for snippet in snippets:
                result = subprocess.run(["bash", "-euc", snippet], cwd=folder, capture_output=True, text=True,
                                        env={**os.environ, "PERFTREND_URL": url}, timeout=120, check=False)
                assert result.returncode == 0, f"{snippet}: exit {result.returncode}: {result.stdout}{result.stderr}"
                if snippet.startswith("curl"):
                    assert result.stdout.startswith("{"), f"{snippet}: {result.stdout}"
                print(f"ran: {snippet.strip()}")
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
