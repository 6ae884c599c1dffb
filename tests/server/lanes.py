"""Tests branches, missing runs and comparisons on the running server, each with a project of its own.

    lanes.py SERVER_BINARY

Prints one line for each test; exit status 1 with the reason where one fails. docs/branches.md states the rules.
"""
import json
import sys

from served_project import FAILED, ago, call, report, run_tests


def metrics_of(findings):
    return [(finding["metric"], finding["verdict"]) for finding in findings]


def test_ended_branches_are_quiet(project):
    project.nightly(15)
    for branch in range(5):
        for push in range(4):
            project.upload({"decode": 100}, branch=f"feature/{branch}", commit=f"p{push}",
                           started_at=ago(20 + branch, minutes=-30 * push))
    project.upload({"decode": FAILED}, branch="feature/broken", commit="x", started_at=ago(40))
    state = project.get()
    assert [lane["branch"] for lane in state["lanes"]] == ["main"], state["lanes"]
    assert (state["failed_cases"], state["overdue_runs"], state["lanes_ended"]) == (0, 0, 6), state
    assert project.lane("feature/broken")["ended"]
    ended = project.get("/lanes?state=ended")
    assert ended["total"] == 6 and not any(lane["overdue"] for lane in ended["lanes"]), ended


def test_a_living_branch_is_not_the_headline(project):
    project.nightly(10)
    project.upload({"decode": FAILED}, branch="feature/broken", commit="x", started_at=ago(1))
    state = project.get()
    assert state["failed_cases"] == 0 and len(state["lanes"]) == 2, state


def test_a_retired_testbed_ends(project):
    project.nightly(10, until=30, testbed="old")
    project.nightly(10)
    assert project.lane(testbed="old")["ended"] and not project.lane()["overdue"]
    assert project.get()["overdue_runs"] == 0


def test_shards_are_one_run(project):
    for day in range(6, -1, -1):
        for shard in range(20):
            project.upload({f"bench{shard}": project.level()}, commit=f"c{day}",
                           started_at=ago(day, hours=3, seconds=-20 * shard))
    lane = project.lane()
    assert not lane["overdue"] and 80_000 < lane["usual_gap_seconds"] < 93_000, lane


def test_a_missing_run_is_overdue(project):
    project.nightly(11, until=9)
    lane = project.lane()
    assert lane["overdue"] and lane["missing_runs"] == 8, lane
    assert project.get()["overdue_runs"] == 1
    projects = call("GET", "/projects")[1]["projects"]
    assert [p["overdue_runs"] for p in projects if p["name"] == project.name] == [1]


def test_a_policy_declares_the_rhythm(project):
    project.nightly(1, until=3)
    assert project.lane()["rhythm"] == "none"
    put = lambda toml: call("PUT", f"/projects/{project.name}/policies", json.dumps({"toml": toml}).encode(),
                            {"Content-Type": "application/json"})
    assert put("[[lanes]]\nexpect_every = \"daily\"\n")[0] == 400
    assert put("[[lanes]]\nbranch = \"main\"\nexpect_every = \"1d\"\n")[0] == 200
    assert project.lane()["overdue"] and project.lane()["rhythm"] == "declared"
    assert put("[[lanes]]\nexpect_every = \"never\"\n")[0] == 200
    assert not project.lane()["overdue"]


def test_a_branch_is_judged_against_its_base(project):
    project.nightly(25, until=1)
    for push in range(13):
        answer = project.upload({"decode": project.level(150)}, branch="feature/slow", commit=f"pr{push}",
                                started_at=ago(0, minutes=20 - push))
        assert metrics_of(answer["findings"]) == [("latency_ms", "regressed")], (push, answer)
        assert answer["base"]["branch"] == "main" and answer["base"]["commit"] == "m1", answer["base"]
    fine = project.upload({"decode": project.level()}, branch="feature/fine", commit="f", started_at=ago(0, minutes=1))
    assert fine["findings"] == [] and fine["judged"] == 1 and fine["warnings"] == [], fine
    state = project.get()
    assert state["open_regressions"] == 0, state
    assert project.get("/regressions?state=all&direction=both")["regressions"] == []
    run = project.get(f"/runs/{answer['id']}")
    assert metrics_of(run["branch_findings"]) == [("latency_ms", "regressed")] and run["findings"] == [], run
    series = project.get("/series?branch=feature/slow")["series"][0]["id"]
    trend = project.get(f"/trends?series={series}")["trends"][0]
    assert trend["base_branch"] == "main" and set(trend["points"]["verdict"]) == {"regressed"}, trend
    assert 99 < trend["points"]["baseline"][0] < 101, trend["points"]


def test_the_merge_base_is_where_the_base_ends(project):
    project.nightly(15, until=15)
    project.nightly(15, value=200)
    old = project.upload({"decode": project.level()}, branch="pull/1", commit="a", base_commit="m20")
    assert old["findings"] == [] and old["base"]["is_merge_base"], old
    new = project.upload({"decode": project.level()}, branch="pull/2", commit="b", base_commit="m1")
    assert metrics_of(new["findings"]) == [("latency_ms", "improved")], new


def test_a_clock_ahead_silences_nothing(project):
    project.nightly(11, until=9)
    answer = project.upload({"decode": 100}, commit="f", started_at="2099-01-01T00:00:00Z")
    assert answer["warnings"], answer
    assert project.lane()["overdue"] and not project.get()["last_run_at"].startswith("2099"), project.lane()


def test_a_branch_without_a_base_says_why(project):
    project.upload({"decode": 100}, commit="m", started_at=ago(1))
    answer = project.upload({"decode": 100}, branch="pull/1", testbed="laptop", commit="a")
    assert answer["judged"] == 0 and "no earlier run on testbed laptop" in " ".join(answer["warnings"]), answer
    answer = project.upload({"decode": 100}, branch="pull/1", commit="a")
    assert answer["judged"] == 0 and "fewer than 8 accepted runs" in " ".join(answer["warnings"]), answer


def test_ci_names_the_default_branch(project):
    text = report({"decode": 100}).replace(b"<testsuite name='perf'>", b"<testsuite name='perf'><properties>"
                                           b"<property name='CI_DEFAULT_BRANCH' value='next'/></properties>")
    call("POST", f"/projects/{project.name}/runs?branch=feature/x", text, {"Content-Type": "application/xml"})
    assert project.get()["default_branch"] == "next", project.get()


def test_a_release_branch_has_its_own_baseline(project):
    project.nightly(10)
    answer = project.nightly(10, branch="release/1", value=150)
    assert not answer["base"] and answer["findings"] == [] and answer["judged"] == 1, answer


def test_a_vanished_case_is_reported_until_it_is_back(project):
    names = [f"b{i}" for i in range(10)]
    assert project.nightly(10, names, until=8)["vanished"]["total"] == 0
    assert project.nightly(2, names[:9], until=6)["vanished"]["total"] == 0
    answer = project.nightly(1, names[:9], until=5)
    assert answer["vanished"]["total"] == 1 and answer["vanished"]["series"][0]["case"]["name"] == "b9", answer
    assert "b9" in " ".join(answer["warnings"]), answer["warnings"]
    assert project.get()["vanished"]["total"] == 1
    project.nightly(1, names, until=4)
    assert project.get()["vanished"]["total"] == 0


def test_a_person_ends_a_vanished_series(project):
    project.nightly(5, ["a", "b", "c"], until=4)
    series = project.nightly(3, ["a", "b"], until=1)["vanished"]["series"][0]["series"]
    end = lambda: call("POST", f"/projects/{project.name}/series/{series}/end", b"{}",
                       {"Content-Type": "application/json"})
    assert end()[0] == 200 and project.get()["vanished"]["total"] == 0


def test_partial_runs_and_failures_say_nothing_about_absence(project):
    names = [f"b{i}" for i in range(10)]
    project.nightly(10, names, until=10)
    assert project.nightly(2, names[:2], until=8)["vanished"]["total"] == 0
    assert project.nightly(2, names, until=6)["vanished"]["total"] == 0
    for day in range(5, 1, -1):
        cases = {name: project.level() for name in names}
        cases["b3"] = FAILED
        answer = project.upload(cases, commit=f"c{day}", started_at=ago(day))
    assert answer["vanished"]["total"] == 0, answer["vanished"]


def test_most_cases_may_vanish_at_once(project):
    names = [f"b{i}" for i in range(10)]
    project.nightly(10, names, until=3)
    assert project.nightly(3, names[:2])["vanished"]["total"] == 8


def test_names_that_change_with_every_run_are_reported(project):
    for turn, name in enumerate(("alpha", "bravo", "charlie", "delta")):
        answer = project.nightly(1, [name, name + "-b"], until=9 - turn)
    assert any(warning.startswith("2 of 2 series are new") for warning in answer["warnings"]), answer["warnings"]


def test_excluded_runs_are_not_missing(project):
    answer = project.nightly(15, until=0)
    for run in project.get("/runs?limit=3")["runs"]:
        assert call("PATCH", f"/projects/{project.name}/runs/{run['id']}", b'{"excluded": "wrong unit"}',
                    {"Content-Type": "application/json"})[0] == 200
    assert not project.get()["lanes"][0]["overdue"], (answer, project.get()["lanes"])


def test_a_renamed_case_is_recognised(project):
    names = ["decode/8", "prefill", "tokenize"]
    project.nightly(6, names, until=4)
    answer = project.nightly(3, ["decode/batch:8", "prefill", "tokenize"], until=1)
    assert answer["vanished"]["series"][0]["similar_case"]["name"] == "decode/batch:8", answer["vanished"]


def test_two_branches_are_compared(project):
    names = ["a", "b", "old"]
    project.nightly(20, names, until=1)
    project.upload({"a": project.level(150), "b": project.level(), "new": 1}, branch="feature/x", commit="pr1")
    path = "/compare?base=main&head=feature/x"
    found = project.get(path)
    assert (found["regressed"], found["unchanged"]) == (1, 1), found
    row = found["series"][0]
    assert row["case"]["name"] == "a" and row["method"] == "baseline" and row["verdict"] == "regressed", row
    assert row["effect_low"] < .5 < row["effect_high"] + .05 and abs(row["effect"] - .5) < .05, row
    assert [r["case"]["name"] for r in found["only_base"]] == ["old"], found["only_base"]
    assert [r["case"]["name"] for r in found["only_head"]] == ["new"], found["only_head"]
    text = call("GET", f"/projects/{project.name}{path}", headers={"Accept": "text/markdown"})[1]
    assert text.startswith("### perftrend") and "**regressed**" in text and "| a |" in text, text
    by_commit = project.get("/compare?base=m1&head=pr1")
    assert by_commit["base"]["kind"] == "commit" and by_commit["series"][0]["method"] == "none", by_commit
    assert call("GET", f"/projects/{project.name}/compare?base=main&head=absent")[0] == 404
    assert call("GET", f"/projects/{project.name}/compare?base=main")[0] == 400


def test_many_branches_cost_little(project):
    project.nightly(3)
    for branch in range(120):
        project.upload({"decode": 1}, branch=f"bump/{branch}", commit=str(branch), started_at=ago(1))
    state = project.get()
    assert len(state["lanes"]) == 25 and state["lanes"][0]["branch"] == "main", len(state["lanes"])
    assert state["lanes_total"] == 121 and state["runs"] == 123, state["runs"]
    page = project.get("/lanes?after=100&limit=100")
    assert len(page["lanes"]) == 21 and "next" not in page, page["total"]
    assert project.get("/lanes?branch=bump/7&limit=1")["total"] == 11


if __name__ == "__main__":
    run_tests(sys.argv[1], globals())
