"""Checks that every command and option of the two programs that the pages name exists.

    documented_commands.py SOURCE_DIR BIN_DIR

A command is the text after `perftrend-server` or `perftrend-runner` in a line of code or in a code span, up to the end of
the line, a pipe, a comment, or ` -- ` (what `guard` runs). The help of its subcommand must name each of its options.
"""
import functools
import pathlib
import re
import subprocess
import sys

PAGES = ("*.md", "docs/*.md", "docs/development/*.md", "schema/*.md")
COMMAND = re.compile(r"\b(perftrend-(?:server|runner)) ([a-z][^`|#<>]*)")
WORD = re.compile(r"[a-z][a-z-]*")


@functools.cache
def help_of(program, words):
    result = subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=30, check=False)
    return result.stdout if result.returncode == 0 else ""


def subcommands_of(text):
    """The names that a help lists under "Subcommands:"."""
    listed = re.search(r"^Subcommands:\n((?:  .*\n)+)", text, re.MULTILINE)
    return set(re.findall(r"^  ([a-z-]+)", listed.group(1), re.MULTILINE)) if listed else set()


def fault_of(program, rest):
    """What is wrong with a command; None if nothing is."""
    words = rest.split(" -- ")[0].split()
    path = ()
    while subcommands_of(help_of(program, path)):
        word = words[len(path)] if len(path) < len(words) else ""
        if word not in subcommands_of(help_of(program, path)):
            # A command group may be named without a command: "perftrend-server correct may run".
            return None if path else f"'{word}' is not a command"
        path += (word,)
    known = set(re.findall(r"--[a-z][a-z-]*", help_of(program, path)))
    unknown = [option for option in re.findall(r"--[a-z][a-z-]*", " ".join(words)) if option not in known]
    return f"{' '.join(path)} has no {', '.join(unknown)}" if unknown else None


def code_of(page):
    """Lines of code blocks, with continued lines joined, and code spans of the other lines."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def main():
    source, binaries = (pathlib.Path(argument) for argument in sys.argv[1:])
    checked, faults = 0, []
    for page in sorted(path for pattern in PAGES for path in source.glob(pattern)):
        for code in code_of(page):
            for name, rest in COMMAND.findall(code):
                if not WORD.fullmatch(rest.split()[0]):
                    continue
                checked += 1
                fault = fault_of(str(binaries / name), rest)
                if fault:
                    faults.append(f"{page.relative_to(source)}: {name} {rest.strip()}: {fault}")
    assert checked >= 40, f"only {checked} commands were found"
    print("\n".join(faults) or f"{checked} commands are right")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
