#!/usr/bin/python3
"""A real producer's report, uploaded with curl, against what the API then says.

usage: interop.py PRODUCER SERVER WORK     runs one of the samples of tests/reading/interop; WORK is emptied
       interop.py --list                   names the producers
Exit codes: 0 as expected, 1 not, 77 the producer is not installed (one line says which)."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "interop"
SKIPPED = 77
PRODUCER_SECONDS_MAX = 240


class Missing(Exception):
    """A tool is not on this machine."""


def need(tool):
    found = shutil.which(tool)
    if not found:
        raise Missing(f"{tool} is not installed")
    return found


def run(*command, cwd=None, env=None):
    """Runs a producer; its samples fail on purpose, so its exit code says nothing."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=PRODUCER_SECONDS_MAX)
    return done.stdout.decode(errors="replace")


def compiled(work, source, header, *flags):
    compiler = shutil.which("c++") or need("g++")
    probe = subprocess.run([compiler, "-E", "-x", "c++", "-"], input=f"#if !__has_include(<{header}>)\n#error no\n#endif\n",
                           text=True, capture_output=True)
    if probe.returncode != 0:
        raise Missing(f"<{header}> is not installed")
    program = work / "program"
    words = run(compiler, "-std=c++17", "-O0", HERE / source, "-o", program, *flags)
    if not program.exists():
        raise AssertionError(f"{source} does not compile:\n{words}")
    return program


def googletest(work):
    run(compiled(work, "googletest.cpp", "gtest/gtest.h", "-lgtest", "-lgtest_main", "-pthread"),
        f"--gtest_output=xml:{work}/out.xml")


def catch2(work):
    flags = []
    if pathlib.Path("/usr/include/catch2/catch_test_macros.hpp").exists():  # version 3 is a library
        flags = ["-lCatch2Main", "-lCatch2"]
    header = "catch2/catch_test_macros.hpp" if flags else "catch2/catch.hpp"
    run(compiled(work, "catch2.cpp", header, *flags), "-r", "junit", "-o", work / "out.xml")


def doctest(work):
    run(compiled(work, "doctest.cpp", "doctest/doctest.h"), "-r=junit", f"-o={work}/out.xml")


def boost_test(work):
    run(compiled(work, "boost_test.cpp", "boost/test/included/unit_test.hpp"), f"--logger=JUNIT,all,{work}/out.xml")


def pytest(work):
    if subprocess.run(["/usr/bin/python3", "-c", "import pytest"], capture_output=True).returncode != 0:
        raise Missing("pytest is not installed")
    run("/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={work}/out.xml", HERE / "test_sample.py",
        cwd=work, env={"PYTHONDONTWRITEBYTECODE": "1"})


def bats(work):
    run(need("bats"), "--report-formatter", "junit", "--output", work, HERE / "sample.bats", cwd=work)
    (work / "report.xml").rename(work / "out.xml")


def node_test(work):
    run(need("node"), "--test", "--test-reporter=junit", f"--test-reporter-destination={work}/out.xml",
        HERE / "node.test.mjs")


def ctest_project(work, *arguments):
    need("ctest")
    run("cmake", "-G", "Ninja", "-S", HERE / "ctest", "-B", work / "build")  # a bare machine has no make
    run("ctest", "--test-dir", work / "build", *arguments)


def ctest_junit(work):
    ctest_project(work, "--output-junit", work / "out.xml")


def ctest_test_xml(work):
    ctest_project(work, "-T", "Test", "--no-compress-output")
    (next((work / "build" / "Testing").glob("*/Test.xml"))).rename(work / "out.xml")


def from_npm(work):
    """A folder with the sample and the producers; installed once for all of them, next to WORK."""
    need("node")
    store = work.parent / "npm"
    lock = (HERE / "package-lock.json").read_text()
    stamp = store / "installed"
    if not stamp.exists() or stamp.read_text() != lock:
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", "sample.test.js"):
            shutil.copy(HERE / name, store)
        words = run(need("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=store)
        if not (store / "node_modules" / ".bin" / "jest").exists():
            raise Missing(f"npm ci could not install the producers: {words.strip().splitlines()[-1:]}")
        stamp.write_text(lock)
    shutil.copy(HERE / "sample.test.js", store)
    return store


def vitest(work):
    program = HERE.parent.parent.parent / "web/node_modules/.bin/vitest"  # the dashboard's own
    if not program.exists():
        raise Missing("web/node_modules is not installed")
    shutil.copy(HERE / "sample.test.js", work)
    run(program, "run", "--api.host=127.0.0.1", "--globals", "--root", work, "--reporter=junit", f"--outputFile={work}/out.xml", cwd=work)


def jest_junit(work):
    store = from_npm(work)
    run(store / "node_modules/.bin/jest", "--ci", "sample.test.js", "--reporters=jest-junit", cwd=store,
        env={"JEST_JUNIT_OUTPUT_FILE": f"{work}/out.xml"})


def mocha_junit_reporter(work):
    store = from_npm(work)
    run(store / "node_modules/.bin/mocha", "--reporter", "mocha-junit-reporter", "--reporter-options",
        f"mochaFile={work}/out.xml,includePending=true", "sample.test.js", cwd=store)


# What the API must say: cases, passed, failed, skipped (errored and notrun are 0), metrics.
THREE = (3, 1, 1, 1)
PRODUCERS = {
    "googletest": (googletest, THREE, {"prefill_ms"}),
    "catch2": (catch2, (2, 1, 1, 0), {"prefill_ms"}),
    "doctest": (doctest, (2, 1, 1, 0), {"duration_ms"}),
    "boost_test": (boost_test, THREE, {"duration_ms"}),
    "pytest": (pytest, THREE, {"prefill_ms"}),
    "bats": (bats, THREE, {"duration_ms"}),
    "node_test": (node_test, THREE, {"duration_ms"}),
    # ctest takes <CTestMeasurement> out of the output and keeps it for Test.xml alone.
    "ctest_junit": (ctest_junit, (4, 2, 1, 1), {"prefill_ms"}),
    "ctest_test_xml": (ctest_test_xml, (4, 2, 1, 1), {"prefill_ms", "tokenize_ms"}),
    "vitest": (vitest, THREE, {"duration_ms"}),
    "jest_junit": (jest_junit, THREE, {"duration_ms"}),
    "mocha_junit_reporter": (mocha_junit_reporter, THREE, {"duration_ms"}),
}


def curl(*arguments):
    done = subprocess.run([need("curl"), "-sS", "--max-time", "60", *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def serve(server, work):
    process = subprocess.Popen([server, "serve", "--db", str(work / "interop.db"), "--listen", "127.0.0.1:0"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    for line in process.stdout:
        said.append(line)
        if "http://" in line:
            return process, line[line.index("http://"):].split()[0].rstrip("/")
    raise AssertionError("the server ended before it listened: " + "".join(said))


def check(name, server, work):
    produce, (cases, passed, failed, skipped), metrics = PRODUCERS[name]
    produce(work)
    report = work / "out.xml"
    assert report.exists(), f"{name} wrote no report"
    process, url = serve(server, work)
    try:
        runs = f"{url}/api/v1/projects/interop/runs"
        asked = "?format=ctest" if name == "ctest_test_xml" else ""
        answer = curl("--data-binary", f"@{report}", "-H", "Content-Type: application/xml", runs + asked)
        assert "id" in answer, f"refused: {answer}"
        seen = curl(f"{runs}/{answer['id']}")
        points = curl(f"{runs}/{answer['id']}/points")["points"]
    finally:
        process.terminate()
        process.wait(30)
    found = {point["metric"] for point in points}
    print(f"{name}: {seen['cases']} cases, {seen['passed']} passed, {seen['failed']} failed, {seen['skipped']} skipped; "
          f"metrics {', '.join(sorted(found))}; {len(answer['warnings'])} warnings")
    expected = {"cases": cases, "passed": passed, "failed": failed, "errored": 0, "skipped": skipped, "notrun": 0}
    said = {key: seen[key] for key in expected}
    assert said == expected, f"{said} is not {expected}; the report: {report}"
    assert {key: answer[key] for key in expected} == expected, f"the upload's answer: {answer}"
    assert metrics <= found, f"{metrics - found} missing; the report: {report}"


def main(arguments):
    if arguments == ["--list"]:
        print("\n".join(PRODUCERS))
        return 0
    name, server, work = arguments[0], arguments[1], pathlib.Path(arguments[2])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        check(name, server, work)
    except Missing as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
