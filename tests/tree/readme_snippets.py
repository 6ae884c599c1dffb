"""Runs every shell snippet of README.md unchanged, against a server of its own.

    readme_snippets.py SOURCE_DIR BIN_DIR

The measuring snippet runs first, because it writes the report that the uploading one sends.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    source, binaries = (pathlib.Path(argument) for argument in sys.argv[1:])
    text = (source / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(snippets) >= 4, "README.md has lost its snippets"
    snippets.sort(key=lambda snippet: "perftrend-runner run" not in snippet)
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
