"""The shared case of one case in three shards, with the interface that distinguishes them. Without it the first repeated upload
has a warning; with run_key and shard a slowdown of all shards is reported. Needs caselib.py of the shared cases and a
running server: PYTHONPATH=../shared/cases PERFTREND_URL=http://127.0.0.1:8080 python3 tests/server/cases/shards_of_one_case.py"""
from caselib import ago, done, expect, level, project, regressions, report, upload

LEVELS = (100, 60, 30)


def measure(name, day, factor, **parameters):
    """The answers to the three shards of a day."""
    answers = []
    for shard, base in enumerate(LEVELS):
        stated = {key: value(day, shard) for key, value in parameters.items()}
        answers.append(upload(name, report({"suite": {"latency_ms": level(base * factor)}}), commit=f"c{day}",
                              started_at=ago(day, minutes=-shard), **stated)[1])
    return answers


plain = project("same-case-shards")
warnings = [warning for answer in measure(plain, 30, 1) for warning in answer["warnings"]]
expect(any("shard" in warning for warning in warnings), "a repeated case of one commit has a warning that names shard", warnings)

sharded = project("sharded")
stated = {"run_key": lambda day, shard: f"run{day}", "shard": lambda day, shard: str(shard + 1)}
for day in range(30, 6, -1):
    measure(sharded, day, 1, **stated)
reported = [finding for day in range(6, -1, -1) for answer in measure(sharded, day, 1.3, **stated)
            for finding in answer["findings"]]
expect(bool(reported) and len(regressions(sharded, "open", "worse")) == len(LEVELS),
       "with run_key and shard, +30 % of all shards is reported", reported[:3])
done()
