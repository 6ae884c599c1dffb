"""Tests on the running server that suspicions and regressions are apart, and that what people decided stays.

    regression_classes.py SERVER_BINARY

Prints one line for each test; exit status 1 with the reason where one fails. docs/regressions.md states the rules.
"""
import json
import sys

from served_project import Project, ago, call, run_tests

RUNS_MAX = 40


class NightlyRuns:
    """Nightly runs of one project, one after the other, all of them in the past."""

    def __init__(self, project, cases=("decode",)):
        self.project, self.cases, self.number = project, cases, 0

    def run(self, factor=1.0, facts=None, **coordinates):
        self.number += 1
        coordinates = {"commit": f"c{self.number}", "started_at": ago(RUNS_MAX - self.number), **coordinates}
        return self.project.upload({name: self.project.level(100 * factor) for name in self.cases}, facts, **coordinates)

    def usual(self, count, **rest):
        return [self.run(**rest) for _ in range(count)][-1]

    def slow(self, count, factor=1.3, **rest):
        return [self.run(factor, **rest) for _ in range(count)]


def listed(project, state, direction="worse"):
    return project.get(f"/regressions?state={state}&direction={direction}")["regressions"]


def send(method, path, **body):
    status, answer = call(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert status in (200, 201), (status, answer)
    return answer


def act(project, record, **action):
    return send("POST", f"/projects/{project.name}/regressions/{record['id']}/actions", **action)


def put_policy(project, toml):
    send("PUT", f"/projects/{project.name}/policies", toml=toml)


def expect_quiet(project, run):
    """Nothing that people or scripts look at first counts a suspicion."""
    state = project.get()
    assert state["open_regressions"] == 0 and project.lane()["open_regressions"] == 0, state
    projects = call("GET", "/projects")[1]["projects"]
    assert [p["open_regressions"] for p in projects if p["name"] == project.name] == [0]
    assert listed(project, "open") == [] and project.get("/regressions")["regressions"] == []
    assert [series["open_regression"] for series in project.get("/series")["series"]] == [None]
    assert all(each["regressed"] == each["improved"] == 0 for each in project.get("/runs")["runs"])
    assert project.get(f"/runs/{run}")["findings"] == []


def test_a_lone_spike_is_only_a_mark_on_its_point(project):
    nightly = NightlyRuns(project)
    nightly.usual(20)
    answer = nightly.run(1.5)
    assert answer["findings"] == [] and [f["state"] for f in answer["suspected"]] == ["suspected"], answer
    expect_quiet(project, answer["id"])
    assert [r["state"] for r in listed(project, "suspected")] == ["suspected"]
    assert len(project.get(f"/runs/{answer['id']}")["suspicions"]) == 1
    later = nightly.usual(4)
    assert later["findings"] == later["suspected"] == [], later
    expect_quiet(project, answer["id"])
    assert listed(project, "suspected") == [] and listed(project, "dismissed") == []
    closed, = listed(project, "closed")
    assert (closed["reason"], closed["confirmed_at"]) == ("not_confirmed", None) and closed["reason_text"], closed
    assert closed["decided_by"] == "perftrend"
    series = project.get("/series")["series"][0]["id"]
    trend = project.get(f"/trends?series={series}")["trends"][0]
    assert trend["points"]["verdict"].count("regressed") == 1 and trend["change_points"] == [], trend
    points = project.get(f"/runs/{answer['id']}/points?judge=1")["points"]
    assert points[0]["finding"]["state"] == "closed", points


def test_a_step_is_open_as_soon_as_it_is_confirmed(project):
    nightly = NightlyRuns(project)
    nightly.usual(20)
    slow = nightly.slow(3)
    assert [f["state"] for answer in slow for f in answer["findings"]] == ["confirmed"], slow
    assert [len(answer["suspected"]) for answer in slow] == [1, 1, 0], slow
    record, = listed(project, "open")
    assert record["state"] == "confirmed" and record["confirmed_at"], record
    assert (record["first_run"], record["last_good_commit"]) == (slow[0]["id"], "c20"), record
    assert project.get()["open_regressions"] == 1 and listed(project, "suspected") == []
    first = project.get(f"/runs/{slow[0]['id']}")
    assert len(first["findings"]) == 1 and first["suspicions"] == [] and first["regressed"] == 1, first
    again = project.get(f"/runs/{slow[0]['id']}/points?judge=1")["points"]
    assert again[0]["finding"]["state"] == "confirmed", again
    nightly.usual(4)
    assert [r["state"] for r in listed(project, "all")] == ["fixed"] and project.get()["open_regressions"] == 0


def test_suspicions_are_a_group_of_their_own(project):
    nightly = NightlyRuns(project, ("a", "b"))
    nightly.usual(20)
    project.upload({"a": 150, "b": 100}, commit="x", started_at=ago(19))
    nightly.number = 21
    for day in (18, 17):
        project.upload({"a": 150, "b": 100}, commit=f"x{day}", started_at=ago(day))
    project.upload({"a": 150, "b": 150}, commit="y", started_at=ago(16))
    groups = project.get("/regressions?state=all")["groups"]
    assert sorted(len(group["regressions"]) for group in groups) == [1, 1], groups


def test_a_common_shift_says_whether_it_is_confirmed(project):
    nightly = NightlyRuns(project, [f"b{i}" for i in range(10)])
    nightly.usual(20)
    first, *_ = nightly.slow(1)
    assert first["common_shift"]["state"] == "suspected" and first["findings"] == [], first
    assert project.get()["open_regressions"] == 0
    nightly.slow(2)
    assert project.get(f"/runs/{first['id']}")["common_shift"]["state"] == "confirmed"
    assert project.get()["open_regressions"] == 1, "one finding"


def test_one_run_of_a_short_lived_branch_is_compared(project):
    nightly = NightlyRuns(project)
    nightly.usual(20)
    answer = project.upload({"decode": 150}, branch="feature/slow", commit="pr1")
    assert [f["state"] for f in answer["findings"]] == ["compared"] and answer["suspected"] == [], answer
    assert listed(project, "all", "both") == []


def test_a_person_opens_a_suspicion(project):
    nightly = NightlyRuns(project)
    nightly.usual(20)
    nightly.slow(1)
    record, = listed(project, "suspected")
    act(project, record, action="acknowledge")
    assert [r["state"] for r in listed(project, "open")] == ["acknowledged"] and project.get()["open_regressions"] == 1


def test_a_policy_does_not_close_what_a_person_reopened(project):
    nightly = NightlyRuns(project)
    nightly.usual(15)
    nightly.slow(4)
    record, = listed(project, "open")
    act(project, record, action="dismiss", reason="false_alarm")
    act(project, record, action="reopen")
    put_policy(project, "[[policy]]\nminimum_effect = 0.9\n")
    assert [r["reason"] for r in listed(project, "open")] == ["reopened"], listed(project, "all")
    nightly.slow(1)
    assert [r["reason"] for r in listed(project, "open")] == ["reopened"], listed(project, "all")
    put_policy(project, "")
    nightly.usual(4)
    assert [(r["state"], r["reason"]) for r in listed(project, "all")] == [("fixed", "returned")], "its level returned"


def test_what_returned_before_a_person_reopened_it_stays_open(project):
    nightly = NightlyRuns(project)
    nightly.usual(15)
    nightly.slow(4)
    nightly.usual(4)
    record, = listed(project, "fixed")
    act(project, record, action="reopen")
    nightly.usual(2)
    put_policy(project, "[[policy]]\nsignificance = 0.002\n")
    assert [r["reason"] for r in listed(project, "open")] == ["reopened"], listed(project, "all")
    act(project, record, action="dismiss", reason="wont_fix")
    assert listed(project, "open") == []


def test_perftrend_closes_and_people_dismiss(project):
    nightly = NightlyRuns(project)
    nightly.usual(15)
    nightly.slow(4)
    put_policy(project, "[[policy]]\nminimum_effect = 0.9\n")
    closed, = listed(project, "closed")
    assert closed["reason"] == "withdrawn" and closed["confirmed_at"], closed
    states = {(entry["actor"], entry["to_state"]) for entry in project.get("/audit?subject=regression")["audit"]}
    assert ("perftrend", "dismissed") not in states and ("perftrend", "closed") in states, states
    status, _ = call("GET", f"/projects/{project.name}/regressions?state=over")
    assert status == 400


def test_other_lanes_do_not_end_a_quarantine(project):
    stated = {"perftrend.quarantine": "new timing", "perftrend.quarantine.owner": "bob"}
    cases = {"decode": 100}
    quarantined = lambda: len(project.get("/quarantine")["quarantine"])
    project.upload(cases, stated, commit="m1", started_at=ago(9))
    assert quarantined() == 1
    for day, (branch, testbed) in enumerate([("feature/x", "ci"), ("pull/7", "ci"), ("release/1", "ci"), ("main", "arm")]):
        project.upload(cases, branch=branch, testbed=testbed, commit=f"o{day}", started_at=ago(8 - day))
        assert quarantined() == 1, f"{branch} on {testbed} ended what main on ci states"
    project.upload(cases, stated, branch="feature/y", commit="y", started_at=ago(3))
    project.upload(cases, commit="m2", started_at=ago(2))
    assert quarantined() == 0, "main on ci no longer states it"
    project.upload(cases, stated, branch="feature/y", commit="y2", started_at=ago(1))
    assert quarantined() == 0, "a short-lived branch does not begin one"


def test_accuracy_counts_what_people_reviewed(project):
    nightly = NightlyRuns(project, ("a", "b"))
    nightly.usual(20)
    for day in (19, 18, 17):
        project.upload({"a": project.level(150), "b": project.level(150)}, commit=f"x{day}", started_at=ago(day))
    accuracy = project.get("/accuracy")
    assert (accuracy["reported"], accuracy["reviewed"], accuracy["precision"]) == (2, 0, None), accuracy
    first, second = listed(project, "open")
    act(project, first, action="acknowledge")
    accuracy = project.get("/accuracy")
    assert (accuracy["reported"], accuracy["reviewed"], accuracy["precision"]) == (2, 1, 1.0), accuracy
    act(project, second, action="dismiss", reason="false_alarm")
    accuracy = project.get("/accuracy")
    assert (accuracy["reviewed"], accuracy["false_alarms"], accuracy["precision"]) == (2, 1, 0.5), accuracy


def test_environments_that_take_turns_have_an_accuracy(project):
    for number in range(60):
        cpu = number % 3
        project.upload({"decode": project.level(100 + 20 * cpu)}, {"environment.cpu_model": f"cpu {cpu}"},
                       commit=f"c{number}", started_at=ago(70 - number))
    noise = project.get("/accuracy")["noise"]
    assert noise["series"] == 1 and noise["judged"] > 100, noise


def test_a_record_names_the_builds_and_the_configuration(project):
    for number in range(24):
        for engine, level, hour in (("vllm", 100, 2), ("sglang", 130 if number >= 20 else 100, 3)):
            facts = {"engine": engine, "environment.engine_build": f"b{1000 + number}"}
            project.upload({"serve": project.level(level)}, facts, commit="bench1", started_at=ago(30 - number, hours=-hour))
    record, = listed(project, "open")
    assert record["series"]["configuration"] == {"engine": "sglang"}, record["series"]
    assert record["subject_changes"] == ["engine_build b1019 → b1020"], record["subject_changes"]
    assert "b1019 → b1020" in record["explanation"] and "No commit" not in record["explanation"], record["explanation"]


SUSPECT = {"perftrend.suspect": "load 9.8 on 4 cores"}


def on_cpu(number, **facts):
    return {"environment.cpu_model": f"cpu {number}", **facts}


def points_of(*stretches):
    """(count, level, facts) each."""
    return [(level, facts[0] if facts else None) for count, level, *facts in stretches for _ in range(count)]


# Histories with one step for the worse, and the index of its first point that is not suspect.
STEPS = {
    "plain": (points_of((20, 100), (10, 130)), 20),
    "small": (points_of((20, 100), (15, 107)), 20),
    "suspect first": (points_of((20, 100), (2, 130, SUSPECT), (10, 130)), 22),
    "suspect in between": (points_of((20, 100), (1, 130), (2, 130, SUSPECT), (10, 130)), 20),
    "suspect before": (points_of((18, 100), (3, 100, SUSPECT), (10, 130)), 21),
    "just learned": (points_of((9, 100), (15, 130)), 9),
    "spike two runs before": (points_of((20, 100), (1, 130), (1, 100), (10, 130)), 22),
    "spike three runs before": (points_of((20, 100), (1, 130), (2, 100), (10, 130)), 23),
    "first run on another machine": (points_of((20, 100, on_cpu(0)), (1, 130, on_cpu(1)), (10, 130, on_cpu(0))), 20),
    "last run before another machine": (points_of((20, 100, on_cpu(0)), (1, 130, on_cpu(0)), (10, 130, on_cpu(1))), 20),
    "machines that take turns": ([((100 + 8 * (i % 2)) * (1.2 if i >= 24 else 1), on_cpu(i % 2)) for i in range(36)], 24),
}


def test_the_change_point_lies_in_the_range_of_the_regression(project):
    for number, (what, (nightly, step)) in enumerate(STEPS.items()):
        of_step = Project(f"{project.name}-{number}")
        for i, (level, facts) in enumerate(nightly):
            of_step.upload({"decode": of_step.level(level)}, facts, commit=f"c{i}", started_at=ago(len(nightly) - i))
        record, = [r for r in listed(of_step, "open") if r["kind"] == "level"]
        trend = of_step.get(f"/trends?last=1000&series={record['series']['id']}")["trends"][0]
        place = trend["points"]["run"].index
        last_good, first = place(record["last_good_run"]), place(record["first_run"])
        assert trend["change_points"] == [step], (what, trend["change_points"])
        assert last_good < step <= first, (what, last_good, step, first)
        assert trend["points"]["verdict"][last_good] in ("ok", "too_few"), (what, "the last good run was flagged")


if __name__ == "__main__":
    run_tests(sys.argv[1], globals())
