"""Holds every answer of the running server to schema/openapi.yaml, documented properties only.

    rest_answers.py SERVER_BINARY OPENAPI_YAML

Prints one line for each operation that was checked; exit status 1 with the reason where an answer and the spec differ,
or where an operation of the spec was not checked at all.
"""
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import jsonschema
import yaml


def strict(schema, spec):
    """The schema with references resolved, allOf merged, and no property allowed that it does not name."""
    if "$ref" in schema:
        node = spec
        for part in schema["$ref"].lstrip("#/").split("/"):
            node = node[part]
        return strict(node, spec)
    schema = dict(schema)
    if "allOf" in schema:
        merged = {"type": "object", "properties": {}, "required": []}
        for part in schema.pop("allOf"):
            part = strict(part, spec)
            merged["properties"].update(part.get("properties", {}))
            merged["required"] += part.get("required", [])
        schema.update(merged)
    if "properties" in schema:
        schema["properties"] = {k: strict(v, spec) for k, v in schema["properties"].items()}
        schema.setdefault("additionalProperties", False)
    if isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = strict(schema["additionalProperties"], spec)
    if "oneOf" in schema:
        schema["oneOf"] = [strict(each, spec) for each in schema["oneOf"]]
    if "items" in schema:
        schema["items"] = strict(schema["items"], spec)
    return schema


class Checker:
    def __init__(self, base, spec):
        self.base, self.spec, self.checked = base, spec, set()

    def call(self, method, template, path, status, body=None, headers=None):
        """Sends, and holds status, content type and body to the operation's documented answer."""
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers or {})
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        raw = answer.read()
        where = f"{method} {path}: {answer.status}"
        assert answer.status == status, f"{where}, expected {status}: {raw[:300]}"
        operation = self.spec["paths"][template][method.lower()]
        assert str(status) in operation["responses"], f"{where} is not documented"
        documented = operation["responses"][str(status)]
        if "$ref" in documented:
            documented = self.spec["components"]["responses"][documented["$ref"].split("/")[-1]]
        content_type = answer.headers.get_content_type()
        assert content_type in documented["content"], f"{where}: {content_type} is not documented"
        self.checked.add((method, template))
        if not content_type.endswith("json"):
            return raw
        value = json.loads(raw)
        schema = strict(documented["content"][content_type]["schema"], self.spec)
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(value))
        assert not errors, f"{where}: {errors[0].json_path}: {errors[0].message}"
        return value


def night(number, value, suspect=""):
    mark = f"<property name='perftrend.suspect' value='{suspect}'/>" if suspect else ""
    return (f"<testsuites><testsuite name='batch' timestamp='2026-01-{number + 1:02d}T02:00:00Z'><properties>{mark}"
            "<property name='environment.cpu_model' value='X'/></properties>"
            "<testcase classname='c' name='performance'><properties>"
            f"<property name='prefill_ms[Prompt 0]' value='{value} {value + 0.1} {value + 0.2}'/></properties>"
            "<system-err>PERF-WARNING: look</system-err></testcase>"
            "<testcase classname='c' name='broken'><failure message='because'/></testcase>"
            "<testcase classname='c' name='left'><skipped/></testcase></testsuite></testsuites>").encode()


def check(checker):
    runs = "/projects/{project}/runs"
    for number in range(15):
        value = 14 if number == 14 else 10 + 0.03 * (number * 7 % 11)
        answer = checker.call("POST", runs, f"/projects/p/runs?commit=c{number}", 201, night(number, value))
        assert answer["warnings"], "the PERF-WARNING line is missing"
    assert answer["findings"] and answer["findings"][0]["verdict"] == "regressed", answer
    checker.call("POST", runs, "/projects/p/runs?commit=c14", 200, night(14, 14))
    checker.call("POST", runs, "/projects/p/runs", 201, night(15, 12, "load 9 above 3"))
    checker.call("POST", runs, "/projects/p/runs", 400, b"<testsuites>")
    checker.call("POST", runs, "/projects/p/runs", 201, night(16, 10), {"Idempotency-Key": "k"})
    checker.call("POST", runs, "/projects/p/runs", 409, night(17, 10), {"Idempotency-Key": "k"})
    checker.call("GET", "/projects", "/projects", 200)
    checker.call("GET", "/projects/{project}", "/projects/p", 200)
    checker.call("GET", "/projects/{project}", "/projects/absent", 404)
    page = checker.call("GET", runs, "/projects/p/runs?limit=5", 200)
    checker.call("GET", runs, f"/projects/p/runs?limit=50&before={page['next']}", 200)
    checker.call("GET", runs, "/projects/p/runs?limit=x", 400)
    for run in page["runs"]:
        for part in ("", "/cases", "/points", "/documents", "/junit"):
            checker.call("GET", runs + "/{id}" + part, f"/projects/p/runs/{run['id']}{part}", 200)
            checker.call("GET", runs + "/{id}" + part, f"/projects/p/runs/999{part}", 404)
    judged = checker.call("GET", runs + "/{id}/points", "/projects/p/runs/15/points?judge=1", 200)["points"]
    assert [point["finding"]["verdict"] for point in judged if point["finding"]] == ["regressed"], judged
    checker.call("GET", runs + "/{id}/points", "/projects/p/runs/15/points?judge=2", 400)
    checker.call("GET", runs + "/{id}/cases", "/projects/p/runs/1/cases?status=odd", 400)
    series = checker.call("GET", "/projects/{project}/series", "/projects/p/series?metric=*_ms&case=Prompt", 200)
    assert series["total"] == 1, series
    trends = "/projects/{project}/trends"
    trend = checker.call("GET", trends, f"/projects/p/trends?series={series['series'][0]['id']}", 200)["trends"][0]
    lengths = {len(column) for column in trend["points"].values()}
    assert lengths == {17}, lengths
    assert "regressed" in trend["points"]["verdict"] and "suspect" in trend["points"]["verdict"]
    checker.call("GET", trends, "/projects/p/trends?series=0", 400)
    checker.call("GET", trends, "/projects/p/trends?series=99", 404)
    found = checker.call("GET", "/projects/{project}/regressions", "/projects/p/regressions?state=all", 200)
    assert found["regressions"], "the slow night has no record"
    checker.call("GET", "/projects/{project}/regressions", "/projects/p/regressions?state=odd", 400)
    checker.call("GET", "/openapi.yaml", "/openapi.yaml", 200)
    checker.call("GET", "/session", "/session", 200)


def main():
    binary, spec_file = sys.argv[1:]
    with open(spec_file, encoding="utf-8") as handle:
        spec = yaml.safe_load(handle)
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([binary, "serve", "--db", os.path.join(folder, "x.db"), "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, text=True)
        try:
            base = server.stdout.readline().split()[-1] + "/api/v1"
            checker = Checker(base, spec)
            check(checker)
        finally:
            server.terminate()
            server.wait(timeout=30)
    documented = {(method.upper(), path) for path, item in spec["paths"].items() for method in item
                  if method != "parameters"}
    for method, path in sorted(checker.checked):
        print(f"{method} {path}: as documented")
    assert checker.checked == documented, f"not checked: {sorted(documented - checker.checked)}"


if __name__ == "__main__":
    main()
