"""Checks every answer of the running server against schema/openapi/; undocumented properties are errors.

    rest_answers.py SERVER_BINARY OPENAPI_YAML

Prints one line for each operation that was checked; exit status 1 with the reason where an answer and the spec differ,
or where an operation of the spec was not checked at all.
"""
import http.client
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
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


def report_of_run(number, value, suspect=""):
    mark = f"<property name='perftrend.suspect' value='{suspect}'/>" if suspect else ""
    return (f"<testsuites><testsuite name='batch' timestamp='2026-01-{number + 1:02d}T02:00:00Z'><properties>{mark}"
            "<property name='environment.cpu_model' value='X'/></properties>"
            "<testcase classname='c' name='performance'><properties>"
            f"<property name='prefill_ms[Prompt 0]' value='{value} {value + 0.1} {value + 0.2}'/></properties>"
            "<system-err>PERF-WARNING: look</system-err></testcase>"
            "<testcase classname='c' name='broken'><failure message='because'/></testcase>"
            "<testcase classname='c' name='left'><skipped/></testcase></testsuite></testsuites>").encode()


def send(checker, method, template, path, status, **members):
    return checker.call(method, template, path, status, json.dumps(members).encode(), {"Content-Type": "application/json"})


def check_request_without_body(base, path):
    """A request with neither Content-Length nor Transfer-Encoding has no body: the server does not wait for one."""
    address = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=5)
    connection.putrequest("POST", address.path + path)
    connection.endheaders()
    assert connection.getresponse().status == 200, path
    connection.close()


def check_life(checker, regression):
    one, steps = "/projects/{project}/regressions/{id}", "/projects/{project}/regressions/{id}/actions"
    where = f"/projects/p/regressions/{regression}"
    assert checker.call("GET", one, where, 200)["id"] == regression
    checker.call("GET", one, "/projects/p/regressions/999", 404)
    send(checker, "POST", steps, where + "/actions", 400, action="forget")
    send(checker, "POST", steps, where + "/actions", 400, action="dismiss", reason="because")
    send(checker, "POST", steps, where + "/actions", 400, action="comment", note="x", colour="red")
    send(checker, "POST", steps, where + "/actions", 400, action="acknowledge", reason="false_alarm")
    send(checker, "POST", steps, where + "/actions", 400, action="assign")
    send(checker, "POST", steps, "/projects/p/regressions/999/actions", 404, action="comment", note="x")
    send(checker, "POST", steps, where + "/actions", 200, action="dismiss", reason="false_alarm", note="a fan")
    send(checker, "POST", steps, where + "/actions", 409, action="acknowledge")
    again = send(checker, "POST", steps, where + "/actions", 200, action="reopen")
    assert again["state"] == "confirmed" and again["decided_by"] == "local", again
    seen = send(checker, "POST", steps, where + "/actions", 200, action="acknowledge", note="seen", assignee="alice",
                link="https://example.org/1")
    assert (seen["state"], seen["assignee"], seen["note"]) == ("acknowledged", "alice", "seen"), seen
    audit = "/projects/{project}/audit"
    page = checker.call("GET", audit, f"/projects/p/audit?subject=regression&subject_id={regression}&limit=2", 200)
    assert [entry["action"] for entry in page["audit"]] == ["acknowledged", "reopened"], page
    assert page["audit"][0]["note"] == "assigned to alice: seen", page
    checker.call("GET", audit, f"/projects/p/audit?before={page['next']}", 200)
    checker.call("GET", audit, "/projects/p/audit?subject=odd", 400)


def check_policies(checker):
    policies = "/projects/{project}/policies"
    strict_policy = "[[policy]]\nminimum_effect = 0.9\n"
    tried = send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 200, toml=strict_policy)
    assert (tried["present"]["suspected"], tried["proposed"]["suspected"]) == (1, 0), tried
    late = send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 200, toml=strict_policy,
                since="2030-01-01T00:00:00Z")
    assert late["present"]["suspected"] == 0 and late["points"] == tried["points"], late
    send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 400, toml="", since="soon")
    send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 400, toml="[[policy]]\nwindow = 3")
    send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 400, toml="[[metrics]]\nleave = ['x']")
    send(checker, "POST", policies + "/dry-run", "/projects/p/policies/dry-run", 400)
    send(checker, "PUT", policies, "/projects/p/policies", 400, note="a body that forgot its text wipes nothing")
    none = checker.call("GET", policies, "/projects/p/policies", 200)
    assert none["version"] == 0 and none["in_force"]["rules"] == [], none
    first = send(checker, "PUT", policies, "/projects/p/policies", 200, toml=strict_policy, note="calm", replaces=0)
    assert first["version"] == 1 and first["author"] == "local", first
    assert first["judged_again"] == {"series": 1, "open_before": 1, "open_after": 1}, "a person reopened it"
    force = checker.call("GET", policies, "/projects/p/policies", 200)["in_force"]
    assert force["rules"] == [{"source": "project", "metric": "*", "sets": {"minimum_effect": 0.9}}], force
    metric = next(each for each in force["metrics"] if each["metric"] == "prefill_ms")
    assert metric["policy"]["minimum_effect"] == 0.9 and metric["series"] == 1 and metric["alerting"], force
    assert send(checker, "PUT", policies, "/projects/p/policies", 200, toml=strict_policy)["version"] == 1
    send(checker, "PUT", policies, "/projects/p/policies", 409, toml="", replaces=0)
    send(checker, "PUT", policies, "/projects/p/policies", 400, toml="[[policy]]\nproject = 'q'")
    assert send(checker, "PUT", policies, "/projects/p/policies", 200, toml="", replaces=1)["version"] == 2
    assert len(checker.call("GET", policies, "/projects/p/policies", 200)["versions"]) == 2
    send(checker, "PUT", policies, "/projects/p/policies", 200, toml="[[policy]]\nmetric = 'absent'\nunit = 'MB/s'\n")
    stated = checker.call("GET", policies, "/projects/p/policies", 200)["in_force"]["rules"]
    assert stated == [{"source": "project", "metric": "absent", "sets": {"unit": "mb_per_s"}}], stated
    send(checker, "PUT", policies, "/projects/p/policies", 400, toml="[[policy]]\nunit = '1 2'")
    send(checker, "PUT", policies, "/projects/p/policies", 200, toml="")
    checker.call("GET", policies, "/projects/absent/policies", 404)


def check_dry_run_command(binary, folder, checker):
    """The command says what the API says."""
    toml = "[[policy]]\nminimum_effect = 0.9\n"
    proposed = os.path.join(folder, "proposed.toml")
    with open(proposed, "w", encoding="utf-8") as handle:
        handle.write(toml)
    command = [binary, "dry-run", "--db", os.path.join(folder, "x.db"), "--project", "p", proposed]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said == send(checker, "POST", "/projects/{project}/policies/dry-run", "/projects/p/policies/dry-run", 200,
                        toml=toml), said
    command[5] = "absent"
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


def check_quarantine(checker):
    quarantine, steps = "/projects/{project}/quarantine", "/projects/{project}/quarantine/{id}/actions"
    case = {"suite": "batch", "classname": "c", "name": "performance[Prompt 0]"}
    send(checker, "POST", quarantine, "/projects/p/quarantine", 400, case=case, reason="shaky")
    send(checker, "POST", quarantine, "/projects/p/quarantine", 400, case=case, reason=" ", owner="alice")
    send(checker, "POST", quarantine, "/projects/p/quarantine", 400, case={**case, "name": "x"}, reason="r", owner="o")
    stay = send(checker, "POST", quarantine, "/projects/p/quarantine", 201, case=case, reason="shaky", owner="alice",
                expires_at="2026-02-01")
    assert stay["expired"] and stay["series"][0]["noise"] > 0, stay
    send(checker, "POST", quarantine, "/projects/p/quarantine", 409, case=case, reason="again", owner="alice")
    answer = checker.call("POST", "/projects/{project}/runs", "/projects/p/runs?commit=c18", 201, report_of_run(18, 10))
    assert any("expired" in warning for warning in answer["warnings"]), answer
    where = f"/projects/p/quarantine/{stay['id']}/actions"
    renewed = send(checker, "POST", steps, where, 200, action="renew", reason="still", owner="bob",
                   expires_at="2199-01-01", clean_runs_required=3)
    assert not renewed["expired"] and renewed["owner"] == "bob" and renewed["clean_runs"] == 1, renewed
    send(checker, "POST", steps, where, 400, action="forget")
    send(checker, "POST", steps, "/projects/p/quarantine/99/actions", 404, action="leave")
    send(checker, "POST", steps, where, 200, action="leave", reason="steady now")
    send(checker, "POST", steps, where, 409, action="leave")
    assert not checker.call("GET", quarantine, "/projects/p/quarantine", 200)["quarantine"]
    assert len(checker.call("GET", quarantine, "/projects/p/quarantine?state=all", 200)["quarantine"]) == 1


def check_accuracy(checker):
    accuracy = "/projects/{project}/accuracy"
    assert checker.call("GET", accuracy, "/projects/p/accuracy", 200)["reported"] == 1
    for number in range(60):
        day = f"2026-0{3 + number // 28}-{number % 28 + 1:02d}T02:00:00Z"
        checker.call("POST", "/projects/{project}/runs", f"/projects/q/runs?started_at={day}", 201,
                     report_of_run(0, 10 + 0.03 * (number * 7 % 11)))
    asked = checker.call("GET", accuracy, "/projects/q/accuracy", 200)
    assert asked["noise"]["judged"] > 100 and asked["recall"][-1]["recall"] == 1, asked
    checker.call("GET", accuracy, "/projects/absent/accuracy", 404)


def check_run_corrections(checker):
    runs, one = "/projects/{project}/runs", "/projects/{project}/runs/{id}"
    newest = checker.call("GET", runs, "/projects/c/runs?limit=1", 200)["runs"][0]["id"]
    where = f"/projects/c/runs/{newest}"
    assert send(checker, "PATCH", one, where, 200, excluded="wrong unit")["excluded"] == "wrong unit"
    assert send(checker, "PATCH", one, where, 200, excluded=None)["excluded"] == ""
    assert send(checker, "PATCH", one, where, 200, suspect="a build ran")["suspect_by"] == "local"
    assert send(checker, "PATCH", one, where, 200, suspect=None)["suspect"] == ""
    send(checker, "PATCH", one, where, 400)
    send(checker, "PATCH", one, where, 400, excluded="")
    send(checker, "PATCH", one, where, 400, colour="red")
    send(checker, "PATCH", one, "/projects/c/runs/999", 404, excluded="x")
    redact = one + "/redact"
    assert send(checker, "POST", redact, where + "/redact", 200, case=1)["messages"] == 1
    assert send(checker, "POST", redact, where + "/redact", 200, everything=True)["documents"] == 1
    send(checker, "POST", redact, where + "/redact", 400)
    send(checker, "POST", redact, where + "/redact", 404, document=9)
    checker.call("GET", one + "/junit", where + "/junit", 410)
    assert checker.call("DELETE", one, where + "?note=wrong", 200)["cases"] == 3
    checker.call("DELETE", one, where, 404)
    checker.call("DELETE", runs, "/projects/c/runs", 400)
    checker.call("DELETE", runs, "/projects/c/runs?branch=absent", 404)
    checker.call("POST", runs, "/projects/c/runs?branch=old", 201, report_of_run(3, 10))
    assert checker.call("DELETE", runs, "/projects/c/runs?branch=old", 200)["runs"] == 1


def check_series_corrections(checker):
    one, restarts = "/projects/{project}/series/{id}", "/projects/{project}/restarts"
    found = checker.call("GET", "/projects/{project}/series", "/projects/c/series?metric=prefill_ms", 200)["series"][0]
    where = f"/projects/c/series/{found['id']}"
    assert send(checker, "PATCH", one, where, 200, unit="us", better="higher") == {"series": 1, "points": 5}
    send(checker, "PATCH", one, where, 200, unit="ms", values_were="us", whole_metric=True)
    send(checker, "PATCH", one, where, 400)
    send(checker, "PATCH", one, where, 400, unit="bytes")
    send(checker, "PATCH", one, where, 400, better="up")
    send(checker, "PATCH", one, "/projects/c/series/999", 404, unit="ms")
    run = found["last_run"]
    assert send(checker, "POST", restarts, "/projects/c/restarts", 200, run=run, note="a new model")["series"] > 0
    send(checker, "POST", restarts, "/projects/c/restarts", 400)
    send(checker, "POST", restarts, "/projects/c/restarts", 404, run=999)
    assert checker.call("GET", restarts, "/projects/c/restarts", 200)["restarts"][0]["run"] == run
    checker.call("DELETE", restarts, f"/projects/c/restarts?run={run}", 200)
    assert not checker.call("GET", restarts, "/projects/c/restarts", 200)["restarts"]
    assert checker.call("DELETE", one, where, 200)["points"] == 5
    checker.call("DELETE", one, where, 404)


def check_names(checker):
    aliases = "/projects/{project}/aliases"
    case = {"suite": "batch", "classname": "c", "name": "performance"}
    renamed = send(checker, "POST", aliases, "/projects/c/aliases", 200, case={**case, "name": "speed"}, was=case)
    assert renamed["cases"] == 2, renamed
    send(checker, "POST", aliases, "/projects/c/aliases", 404, case=case, was={**case, "name": "absent"})
    send(checker, "POST", aliases, "/projects/c/aliases", 400, case=case, was=case)
    send(checker, "POST", aliases, "/projects/c/aliases", 400, was="x")
    send(checker, "POST", aliases, "/projects/c/aliases", 200, branch="trunk", was="main")
    testbeds = "/projects/{project}/testbeds/{testbed}"
    assert send(checker, "PUT", testbeds, "/projects/c/testbeds/runner-2", 200, was="default")["joined"] == 0
    send(checker, "PUT", testbeds, "/projects/c/testbeds/runner-2", 404, was="absent")
    listed = checker.call("GET", aliases, "/projects/c/aliases", 200)["aliases"]
    assert [each["kind"] for each in listed] == ["testbed", "branch", "case", "case"], listed
    answer = checker.call("POST", "/projects/{project}/runs", "/projects/c/runs?branch=main", 201, report_of_run(9, 10))
    run = checker.call("GET", "/projects/{project}/runs/{id}", f"/projects/c/runs/{answer['id']}", 200)
    assert (run["branch"], run["testbed"]) == ("trunk", "runner-2"), run


def check_corrections(checker):
    project = "/projects/{project}"
    for number in range(6):
        checker.call("POST", project + "/runs", f"/projects/c/runs?commit=c{number}", 201, report_of_run(number, 10))
    check_run_corrections(checker)
    check_series_corrections(checker)
    check_names(checker)
    subjects = {entry["subject"] for entry in checker.call("GET", project + "/audit", "/projects/c/audit", 200)["audit"]}
    assert {"run", "series", "case", "branch", "testbed"} <= subjects, subjects
    send(checker, "PATCH", project, "/projects/c", 409, name="p")
    send(checker, "PATCH", project, "/projects/c", 400, name="/")
    send(checker, "PATCH", project, "/projects/absent", 404, name="d")
    send(checker, "PATCH", project, "/projects/c", 400)
    send(checker, "PATCH", project, "/projects/c", 200, default_branch="trunk")
    lanes = project + "/lanes"
    send(checker, "PATCH", lanes, "/projects/c/lanes", 200, testbed="runner-2", branch="trunk", ended=True)
    send(checker, "PATCH", lanes, "/projects/c/lanes", 404, testbed="absent", branch="trunk", ended=True)
    send(checker, "PATCH", lanes, "/projects/c/lanes", 400, testbed="runner-2", branch="trunk")
    assert send(checker, "PATCH", project, "/projects/c", 200, name="d")["name"] == "d"
    assert checker.call("DELETE", project, "/projects/d?note=a+typo", 200)["runs"] > 0
    checker.call("DELETE", project, "/projects/d", 404)
    assert checker.call("GET", "/audit", "/audit", 200)["audit"][0]["subject"] == "project"


def check(checker):
    runs = "/projects/{project}/runs"
    for number in range(15):
        value = 14 if number == 14 else 10 + 0.03 * (number * 7 % 11)
        answer = checker.call("POST", runs, f"/projects/p/runs?commit=c{number}", 201, report_of_run(number, value))
        assert answer["warnings"], "the PERF-WARNING line is missing"
    assert answer["findings"] == [] and answer["suspected"][0]["verdict"] == "regressed", answer
    checker.call("POST", runs, "/projects/p/runs?commit=c14", 200, report_of_run(14, 14))
    checker.call("POST", runs, "/projects/p/runs", 201, report_of_run(15, 12, "load 9 above 3"))
    checker.call("POST", runs, "/projects/p/runs", 400, b"<testsuites>")
    checker.call("POST", runs, "/projects/p/runs", 201, report_of_run(16, 10), {"Idempotency-Key": "k"})
    checker.call("POST", runs, "/projects/p/runs", 409, report_of_run(17, 10), {"Idempotency-Key": "k"})
    checker.call("GET", "/projects", "/projects", 200)
    checker.call("GET", "/projects/{project}", "/projects/p", 200)
    checker.call("GET", "/projects/{project}", "/projects/absent", 404)
    lanes = checker.call("GET", "/projects/{project}/lanes", "/projects/p/lanes?state=all&limit=1", 200)
    assert lanes["total"] >= 1 and lanes["lanes"][0]["long_lived"], lanes
    checker.call("GET", "/projects/{project}/lanes", "/projects/p/lanes?state=odd", 400)
    compare = "/projects/{project}/compare"
    compared = checker.call("GET", compare, "/projects/p/compare?base=c13&head=c14", 200)
    assert compared["total"] == 1, compared
    checker.call("GET", compare, "/projects/p/compare?base=main&head=c14", 200, headers={"Accept": "text/markdown"})
    checker.call("GET", compare, "/projects/p/compare?base=main", 400)
    checker.call("GET", compare, "/projects/p/compare?base=main&head=absent", 404)
    send(checker, "POST", "/projects/{project}/series/{id}/end", "/projects/p/series/1/end", 404, note="not vanished")
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
    completed = checker.call("POST", runs + "/{id}/complete", "/projects/p/runs/15/complete", 200, body=b"")
    assert completed["complete"] and completed["parts_count"] == 1, completed
    checker.call("POST", runs + "/{id}/complete", "/projects/p/runs/999/complete", 404, body=b"")
    check_request_without_body(checker.base, "/projects/p/runs/15/complete")
    checker.call("GET", runs + "/{id}/cases", "/projects/p/runs/1/cases?status=odd", 400)
    series = checker.call("GET", "/projects/{project}/series", "/projects/p/series?metric=*_ms&case=Prompt", 200)
    assert series["total"] == 1, series
    trends = "/projects/{project}/trends"
    trend = checker.call("GET", trends, f"/projects/p/trends?series={series['series'][0]['id']}", 200)["trends"][0]
    lengths = {len(column) for column in trend["points"].values()}
    assert lengths == {17}, lengths
    assert "regressed" in trend["points"]["verdict"] and "suspect" in trend["points"]["verdict"]
    ids = f"series={series['series'][0]['id']}"
    few = checker.call("GET", trends, f"/projects/p/trends?{ids}&points_max=4", 200)["trends"][0]
    assert few["downsampled"]["points"] == 17 and few["downsampled"]["index"][-1] == 16, few["downsampled"]
    assert "regressed" in few["points"]["verdict"] and "suspect" in few["points"]["verdict"]
    checker.call("GET", trends, "/projects/p/trends?series=0", 400)
    checker.call("GET", trends, "/projects/p/trends?series=1&points_max=3", 400)
    checker.call("GET", trends, "/projects/p/trends?series=99", 404)
    found = checker.call("GET", "/projects/{project}/regressions", "/projects/p/regressions?state=all", 200)
    assert found["regressions"], "the slow run has no regression"
    checker.call("GET", "/projects/{project}/regressions", "/projects/p/regressions?state=odd", 400)
    check_life(checker, found["regressions"][0]["id"])
    check_policies(checker)
    check_quarantine(checker)
    check_accuracy(checker)
    judgement = "/projects/{project}/judgement"
    why = checker.call("GET", judgement, "/projects/p/judgement?series=1&run=15", 200)["judgement"]
    assert why["verdict"] == "regressed" and why["rule"] == "beyond_band" and why["needed"]["above"] < why["value"], why
    assert why["effect_low"] < why["effect"] < why["effect_high"], why
    checker.call("GET", judgement, "/projects/p/judgement?series=1", 400)
    checker.call("GET", judgement, "/projects/p/judgement?series=1&run=999", 404)
    check_corrections(checker)
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
            check_dry_run_command(binary, folder, checker)
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
