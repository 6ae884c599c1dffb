"""A running server and its projects, for tests that speak HTTP."""
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

NOW = datetime.datetime.now(datetime.timezone.utc)
BASE = ""
FAILED = "failed"  # value of a case that failed


def ago(days=0, **rest):
    return (NOW - datetime.timedelta(days=days, **rest)).strftime("%Y-%m-%dT%H:%M:%SZ")


def call(method, path, body=None, headers=None):
    request = urllib.request.Request(BASE + path, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            status, raw = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw.decode()


def report(cases, facts=None):
    """cases: {name: value in ms}, or {name: FAILED}; facts: properties of the suite."""
    stated = "".join(f"<property name='{name}' value='{value}'/>" for name, value in (facts or {}).items())
    text = f"<testsuites><testsuite name='perf'><properties>{stated}</properties>"
    for name, value in cases.items():
        inside = ("<failure message='broken'/>" if value == FAILED else
                  f"<properties><property name='latency_ms' value='{value}'/></properties>")
        text += f"<testcase classname='C' name='{name}'>{inside}</testcase>"
    return (text + "</testsuite></testsuites>").encode()


class Project:
    def __init__(self, name):
        self.name, self.random = name, random.Random(name)

    def level(self, value=100.0):
        return round(value + self.random.gauss(0, .5), 3)

    def upload(self, cases, facts=None, **coordinates):
        query = urllib.parse.urlencode({"testbed": "ci", "branch": "main", **coordinates})
        status, answer = call("POST", f"/projects/{self.name}/runs?{query}", report(cases, facts),
                              {"Content-Type": "application/xml"})
        assert status in (200, 201), (status, answer)
        return answer

    def nightly(self, days, cases=("decode",), value=100.0, until=0, **coordinates):
        answer = None
        for day in range(days + until - 1, until - 1, -1):
            answer = self.upload({name: self.level(value) for name in cases}, commit=f"m{day}",
                                 started_at=ago(day, hours=2), **coordinates)
        return answer

    def get(self, path=""):
        status, answer = call("GET", f"/projects/{self.name}{path}")
        assert status == 200, (status, answer)
        return answer

    def lane(self, branch="main", testbed="ci"):
        return [lane for lane in self.get("/lanes?limit=1000")["lanes"]
                if (lane["branch"], lane["testbed"]) == (branch, testbed)][0]


def start_server(program, folder):
    """A server on a free port: its process, and its address once it listens."""
    server = subprocess.Popen([program, "serve", "--db", os.path.join(folder, "x.db"), "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, text=True)
    return server, server.stdout.readline().split()[-1]


def run_tests(program, namespace):
    """Runs each function of the namespace whose name begins with test_, with a project of its own, on one server.
    Prints a line for each; exits with 1 where one fails."""
    global BASE
    tests = [(name, test) for name, test in namespace.items() if name.startswith("test_")]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        server, address = start_server(program, folder)
        BASE = address + "/api/v1"
        try:
            for name, test in tests:
                try:
                    test(Project(name[5:].replace("_", "-")))
                    print(f"{name}: ok")
                except AssertionError as error:
                    failed += 1
                    print(f"{name}: FAILED: {error}")
        finally:
            server.terminate()
            server.wait(timeout=30)
    sys.exit(1 if failed else 0)
