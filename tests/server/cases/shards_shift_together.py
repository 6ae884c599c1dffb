"""The shared case of 20 shards that shift together, with the present name of a field (common_shift), and three nightly runs
on the new level: one is only suspected. Needs caselib.py of the shared cases and a running server:
PYTHONPATH=../shared/cases PERFTREND_URL=http://127.0.0.1:8080 python3 tests/server/cases/shards_shift_together.py"""
from caselib import ago, done, expect, level, project, report, status, upload

p = project("shard-moved")
shifts = findings = 0
for day in range(14, -1, -1):
    for shard in range(20):
        value = level(120 if day <= 2 else 100)
        _, answer = upload(p, report({f"bench{shard}": {"latency_ms": value}}), branch="main", testbed="ci",
                           commit=f"c{day}", started_at=ago(day, hours=3, seconds=-20 * shard))
        if day == 0:
            shifts += answer["common_shift"] is not None
            findings += len(answer["findings"])
is_open = status(p)["lanes"][0]["open_regressions"]
expect(is_open == 1, "20 of 20 series shift together and stay: one finding, as when each run is one file",
       {"open": is_open, "findings": findings, "common_shift": shifts})
done()
