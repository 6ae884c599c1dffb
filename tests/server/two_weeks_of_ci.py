#!/usr/bin/python3
"""Two weeks of a simulated CI against a running server: a nightly run in four shards on a pool of two CPU models, a new
engine build each day, pull requests, a kernel update, one planted regression, and one wrong upload that is taken back.
Prints what the project says after each day and whether that was right.

usage: two_weeks_of_ci.py SERVER_PROGRAM [SEED]   with a seed, the CPU model of each run is drawn at random"""
import datetime
import json
import random
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from served_project import start_server

PROJECT = "engine"
HISTORY_DAYS = 24
DAYS = 14
SHARDS = 4
CASES = [f"prompt_{length}" for length in (16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)]
CPUS = {"AMD EPYC 7763": 1.0, "Intel Xeon 8370C": 1.08}
KERNEL_DAY, REGRESSION_DAY, WRONG_UPLOAD_DAY, SLOW_PULL_DAY, MISSING_SHARD_DAY = 4, 7, 10, 3, 12
SLOWER_CASES = {"prompt_1024": 1.12, "prompt_2048": 1.12}
CONFIRMED_WITHIN_DAYS = 3

chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
problems = []


def call(method, path, body=None, content_type="application/xml"):
    request = urllib.request.Request(URL + path, data=body, method=method, headers={"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def report(cases, facts):
    properties = "".join(f'<property name="{name}" value="{value}"/>' for name, value in facts.items())
    inside = "".join(
        f'<testcase classname="prefill" name="{name}"><properties><property name="prefill_ms" value="{prefill:.4f}"/>'
        f'<property name="tokens_per_second" value="{rate:.4f}"/></properties></testcase>'
        for name, (prefill, rate) in cases.items())
    return f'<testsuites><testsuite name="perf"><properties>{properties}</properties>{inside}</testsuite></testsuites>'.encode()


def measure(cpu, slower, cases):
    measured = {}
    for name in cases:
        length = int(name.split("_")[1])
        prefill = 0.5 * length ** 0.9 * CPUS[cpu] * slower.get(name, 1.0) * chance.gauss(1, 0.008)
        measured[name] = (prefill, 1000 * length / prefill)
    return measured


def upload(body, **parameters):
    status, answer = call("POST", f"/api/v1/projects/{PROJECT}/runs?{urllib.parse.urlencode(parameters)}", body)
    if status != 201:
        sys.exit(f"upload refused: {status} {answer}")
    return answer


def at(day, hour):
    """`hour` o'clock, counted from the newest day, 3 hours ago."""
    return (now - datetime.timedelta(days=DAYS - 1 - day, hours=3 - hour)).strftime("%Y-%m-%dT%H:%M:%SZ")


def facts_of(day, cpu):
    kernel = "6.1.0-18" if day < KERNEL_DAY else "6.1.0-22"
    return {"environment.cpu_model": cpu, "environment.kernel": kernel, "environment.engine": "llama-server",
            "environment.engine_build": f"b{10000 + day}", "perftrend.testbed": "pool"}


def nightly(day):
    cpu = chance.choice(list(CPUS)) if len(sys.argv) > 2 else list(CPUS)[day % 2]
    slower = SLOWER_CASES if day >= REGRESSION_DAY else {}
    shards = [CASES[shard::SHARDS] for shard in range(SHARDS)]
    if day == MISSING_SHARD_DAY:
        shards = shards[:-1]
    for shard in shards:
        answer = upload(report(measure(cpu, slower, shard), facts_of(day, cpu)), branch="main", commit=f"main{day}",
                        run_key=f"day{day}", parts=SHARDS, started_at=at(day, 0))
    return answer


def pull_request(day, number, slower):
    cpu = chance.choice(list(CPUS))
    base = min(day, DAYS - 1)
    slower = {**(SLOWER_CASES if day >= REGRESSION_DAY else {}), **slower}
    return upload(report(measure(cpu, slower, CASES), facts_of(day, cpu)), branch=f"pull/{number}",
                  commit=f"pull{number}", base_branch="main", base_commit=f"main{base}", started_at=at(day, 2))


def project_says():
    _, project = call("GET", f"/api/v1/projects/{PROJECT}")
    _, found = call("GET", f"/api/v1/projects/{PROJECT}/regressions?state=open&direction=worse")
    _, suspected = call("GET", f"/api/v1/projects/{PROJECT}/regressions?state=suspected&direction=worse")
    main = [lane for lane in project["lanes"] if lane["branch"] == "main"]
    return {"open": sorted({record["series"]["case"]["name"] + " " + record["series"]["metric"]
                            for record in found["regressions"]}),
            "suspected": len(suspected["regressions"]),
            "overdue": [lane["branch"] for lane in project["lanes"] if lane["overdue"]],
            "cases": main[0]["last_run"]["cases"]}


def expect(day, ok, what, seen):
    if not ok:
        problems.append(f"day {day}: {what}: {seen}")
    return "right" if ok else f"WRONG: {what}"


def main():
    print(f"{'day':>5}  {'what happens':<58} {'open':>4} {'suspected':>9}  said")
    for day in range(-HISTORY_DAYS, 0):
        nightly(day)
    slower_series = {f"{name} {metric}" for name in SLOWER_CASES for metric in ("prefill_ms", "tokens_per_second")}
    for day in range(DAYS):
        happened = [what for at_day, what in ((KERNEL_DAY, "kernel update"), (REGRESSION_DAY, "two cases 12 % slower"),
                                                (WRONG_UPLOAD_DAY, "an upload in microseconds, taken back"),
                                                (SLOW_PULL_DAY, "a pull request that is 20 % slower"),
                                                (MISSING_SHARD_DAY, "one shard missing")) if at_day == day]
        nightly(day)
        says = project_says()
        found = set(says["open"])
        if day < REGRESSION_DAY:
            verdict = expect(day, not found, "nothing is wrong, but regressions are open", found)
        elif day < REGRESSION_DAY + CONFIRMED_WITHIN_DAYS:
            verdict = expect(day, found <= slower_series, "more than the slower cases is open", found - slower_series)
        else:
            verdict = expect(day, found == slower_series, "not exactly the slower cases are open", found)
        measured = len(CASES) * (SHARDS - 1) // SHARDS if day == MISSING_SHARD_DAY else len(CASES)
        if says["cases"] != measured:
            verdict = expect(day, False, f"the newest run has not {measured} cases", says["cases"])
        # The server's clock is at the last day: until then, the later runs are missing indeed.
        if day == DAYS - 1 and says["overdue"]:
            verdict = expect(day, False, "a missing run is reported", says["overdue"])
        pulls = [pull_request(day, 100 + 2 * day + k, {"prompt_512": 1.2} if day == SLOW_PULL_DAY and k else {})
                 for k in range(2)]
        for k, answer in enumerate(pulls):
            reported = {finding["case"]["name"] for finding in answer["findings"] if finding["verdict"] == "regressed"}
            if REGRESSION_DAY <= day < REGRESSION_DAY + CONFIRMED_WITHIN_DAYS:
                reported -= set(SLOWER_CASES)  # their base has the regression, but it is not confirmed yet
            if day == SLOW_PULL_DAY and k:
                verdict = expect(day, "prompt_512" in reported, "the slow pull request is not reported", reported) \
                    if verdict == "right" else verdict
            elif reported:
                verdict = expect(day, False, "a harmless pull request is reported", reported)
        if set(project_says()["open"]) != found:
            verdict = expect(day, False, "pull requests changed what the project says", project_says()["open"])
        if day == WRONG_UPLOAD_DAY:
            wrong = measure("AMD EPYC 7763", SLOWER_CASES, CASES)
            answer = upload(report({name: (ms * 1000, rate) for name, (ms, rate) in wrong.items()},
                                   facts_of(day, "AMD EPYC 7763")), branch="main", commit=f"main{day}b",
                            started_at=at(day, 4))
            status, _ = call("DELETE", f"/api/v1/projects/{PROJECT}/runs/{answer['id']}")
            if not 200 <= status < 300 or set(project_says()["open"]) != found:
                verdict = expect(day, False, "the wrong upload was not taken back", (status, project_says()["open"]))
        print(f"{day + 1:>5}  {'; '.join(happened) or 'a usual day, two pull requests':<58} {len(says['open']):>4} "
              f"{says['suspected']:>9}  {verdict}")
    for problem in problems:
        print(problem)
    print(f"{DAYS - len({p.split(':')[0] for p in problems})} of {DAYS} days right")
    return 1 if problems else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server, URL = start_server(sys.argv[1], folder)
        try:
            code = main()
        finally:
            server.terminate()
            server.wait()
    sys.exit(code)
