#include "server/points/points.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "server/points/blocks.h"
#include "server/points/run_series.h"
#include "tests/support/database_under_test.h"

namespace perftrend::points {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

constexpr std::int64_t day_us = 86'400'000'000;

/// Points next to their expected values in a plain map.
class PointsTest : public ::testing::TestWithParam<db::Dialect> {
 protected:
  using Model = std::map<Id, std::map<std::pair<std::int64_t, Id>, PointValue>>;

  void SetUp() override {
    write([&](db::Connection& connection) {
      connection.execute("INSERT INTO project (id, name, created_us) VALUES (1, 'p', 0)");
      connection.execute("INSERT INTO environment (id, project_id, sha256, parts_json) VALUES (1, 1, 'x', '{}')");
      connection.execute("INSERT INTO configuration (id, project_id, sha256, parts_json) VALUES (1, 1, 'x', '{}')");
      connection.execute("INSERT INTO test_case (id, project_id, suite, classname, name) VALUES (1, 1, '', '', 'c')");
      for (const Id id : all_series) {
        connection.execute(
            "INSERT INTO series (id, project_id, case_id, metric, testbed, branch, configuration_id, purpose, unit, "
            "unit_source, better_lower, better_source, points) VALUES ($1, 1, 1, $2, 't', 'b', 1, 0, 'ms', 0, 1, 0, 0)",
            {id, fmt::format("m{}", id)});
      }
    });
  }

  void write(const db::Database::Work& work) { database_->write(work); }

  /// A run with a point in each of `series`.
  Id add_run(std::int64_t at_us, const std::vector<Id>& series) {
    Id run = 0;
    write([&](db::Connection& connection) {
      run = connection.require_integer(
          "INSERT INTO run (project_id, environment_id, testbed, branch, commit_id, ci_url, at_us, started_us, "
          "received_us, identity, content_sha256, suspect, cases, passed, failed, errored, skipped, notrun, "
          "properties, points, time_seconds, warnings_json, first_part, configuration_id, subject_json, purpose, "
          "run_key, shard, parts_expected, complete, base_branch, base_commit, excluded, clock_ahead) VALUES (1, 1, "
          "'t', 'b', 'c', "
          "'', $1, $1, $1, $2, $2, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', 0, 1, '{}', 0, '', '', 0, 1, '', '', '', 0) "
          "RETURNING id",
          {at_us, fmt::format("run {}", ++runs_)});
      connection.execute("UPDATE run SET first_part = id WHERE id = $1", {run});
      std::vector<SeriesPoint> points;
      for (const Id id : series)
        points.push_back({id, draw()});
      append(connection, 1, run, at_us, sampled(points));
      for (const auto& point : points)
        model_[point.series][{at_us, run}] = point.value;
      places_[run] = {at_us, series};
    });
    return run;
  }

  static std::vector<SampledPoint> sampled(const std::vector<SeriesPoint>& points) {
    std::vector<SampledPoint> made;
    for (const auto& point : points)
      made.push_back({point, {}});
    return made;
  }

  PointValue draw() {
    const double value = static_cast<double>(random_() % 100'000) / 1000;
    if (random_() % 2 == 0) return {value, value, 0, 1};
    return {value, value - 1.0 / 3, 0.1, 5};
  }

  std::vector<Point> expected(Id series) const {
    std::vector<Point> points;
    const auto found = model_.find(series);
    if (found == model_.end()) return points;
    for (const auto& [place, measured] : found->second)
      points.push_back({place.first, place.second, measured});
    return points;
  }

  /// Every question about the points has the model's answer.
  void expect_as_model() {
    database_->read([&](db::Connection& connection) {
      for (const Id id : all_series)
        expect_trends(connection, id);
      expect_newest(connection);
      for (const auto& [run, place] : places_)
        expect_run(connection, run, place);
      EXPECT_THAT(check(connection), IsEmpty());
      for (const Id id : all_series)
        EXPECT_EQ(connection.require_integer("SELECT points FROM series WHERE id = $1", {id}),
                  static_cast<std::int64_t>(expected(id).size()));
    });
  }

  void expect_trends(db::Connection& connection, Id series) {
    const auto all = expected(series);
    for (const std::size_t last : {std::size_t{0}, std::size_t{1}, std::size_t{30}, all.size(), all.size() + 5}) {
      const auto from = all.end() - static_cast<std::ptrdiff_t>(std::min(last, all.size()));
      ASSERT_EQ(read_history(connection, series, static_cast<std::int64_t>(last)), std::vector<Point>(from, all.end()))
          << series << " " << last;
    }
  }

  void expect_newest(db::Connection& connection) {
    for (const std::size_t last : {std::size_t{1}, std::size_t{30}}) {
      auto newest = read_newest(connection, all_series, last);
      for (const Id id : all_series) {
        const auto all = expected(id);
        const auto from = all.end() - static_cast<std::ptrdiff_t>(std::min(last, all.size()));
        ASSERT_EQ(newest[id], std::vector<Point>(from, all.end())) << id << " " << last;
      }
    }
    const auto times = find_newest_times(connection, all_series);
    for (const Id id : all_series) {
      const auto all = expected(id);
      ASSERT_EQ(times.contains(id), !all.empty());
      if (all.empty()) continue;
      ASSERT_EQ(times.at(id), all.back().at_us);
    }
  }

  void expect_run(db::Connection& connection, Id run, const RunPlace& place) {
    std::vector<SeriesPoint> wanted;
    for (const Id id : place.series) {
      for (auto* const model : {&model_, &excluded_}) {
        const auto found = (*model)[id].find({place.at_us, run});
        if (found != (*model)[id].end()) wanted.push_back({id, found->second});
      }
    }
    ASSERT_EQ(read_run(connection, run), wanted) << run;
  }

  std::int64_t count(const std::string& sql) {
    std::int64_t found = 0;
    database_->read([&](db::Connection& connection) { found = connection.require_integer(sql); });
    return found;
  }

  const std::vector<Id> all_series = {1, 2, 3, 255, 256, 257, 1000};
  std::mt19937 random_{17};
  std::map<Id, RunPlace> places_;
  Model model_;
  Model excluded_;  ///< points of excluded runs
  tests::DatabaseUnderTest under_test_{GetParam()};
  std::unique_ptr<db::Database> database_ = under_test_.open();

 private:
  int runs_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Engines, PointsTest, tests::both_dialects(), tests::dialect_name);

TEST_P(PointsTest, AnUploadWritesARowForEachGroup) {
  add_run(day_us, all_series);
  EXPECT_EQ(count("SELECT count(*) FROM run_points"), 3);
  EXPECT_EQ(count("SELECT count(*) FROM point_block"), 0);
  expect_as_model();
}

TEST_P(PointsTest, PendingRowsAreCompactedIntoBlocks) {
  for (int day = 0; day < 5 * pending_rows_max / 2; ++day)
    add_run(day * day_us, all_series);
  EXPECT_LT(count("SELECT count(*) FROM run_points"), 3 * pending_rows_max);
  EXPECT_GE(count("SELECT count(*) FROM point_block"), static_cast<std::int64_t>(2 * all_series.size()));
  expect_as_model();
}

TEST_P(PointsTest, AnUploadOfManySeriesCompactsFewGroups) {
  for (int day = 0; day < pending_rows_max - 1; ++day)
    add_run(day * day_us, all_series);
  EXPECT_EQ(count("SELECT count(*) FROM point_block"), 0);
  for (const int compacted : {1, 2, 3}) {
    add_run((pending_rows_max + compacted) * day_us, all_series);
    EXPECT_EQ(count("SELECT count(DISTINCT series_id / 256) FROM point_block"), compacted);
  }
  expect_as_model();
}

TEST_P(PointsTest, LateRunsAndRunsOfOneMomentFindTheirPlaces) {
  for (int day = 0; day < 100; ++day)
    add_run((day * 37 % 100) * day_us, {1, 256});
  for (int i = 0; i < 2 * pending_rows_max; ++i)
    add_run(50 * day_us, {1, 2});
  for (int i = 0; i < 2 * pending_rows_max; ++i)
    add_run(-day_us * (i % 3), {1, 2});
  expect_as_model();
  write([&](db::Connection& connection) {
    for (const Id group : {0, 1, 3})
      compact_group(connection, group);
  });
  EXPECT_EQ(count("SELECT count(*) FROM run_points"), 0);
  expect_as_model();
}

// A run that arrives years late does not rewrite the blocks after it.
TEST_P(PointsTest, ALateRunChangesTheBlocksItFallsIntoAlone) {
  for (int day = 0; day < 8 * pending_rows_max; ++day)
    add_run(day * day_us, {1, 2});
  const auto blocks_of_one = [&](const std::string& what) {
    return count("SELECT " + what + " FROM point_block WHERE series_id = 1 AND first_at_us > " +
                 std::to_string(2 * pending_rows_max * day_us));
  };
  write([](db::Connection& connection) {  // blocks of another making show that they were left alone
    connection.execute("UPDATE point_block SET last_at_us = last_at_us + 1 WHERE series_id = 1");
  });
  const auto untouched = blocks_of_one("sum(last_at_us)");
  const auto blocks = blocks_of_one("count(*)");
  ASSERT_GT(blocks, 4);
  for (int i = 0; i < pending_rows_max; ++i)
    add_run((i == 7 ? 3 : 8 * pending_rows_max + i) * day_us, {1, 2});
  write([](db::Connection& connection) { compact_group(connection, 0); });
  EXPECT_EQ(count("SELECT count(*) FROM run_points"), 0);
  EXPECT_EQ(blocks_of_one("sum(CASE WHEN last_at_us % 1000 = 1 THEN last_at_us ELSE 0 END)"), untouched);
  expect_as_model();
}

// Whatever is done in whatever order.
TEST_P(PointsTest, AreWhatWasLastSaidOfThem) {
  const int rounds = GetParam() == db::Dialect::sqlite ? 600 : 200;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const auto what = random_() % 10;
    std::vector<Id> some;
    std::copy_if(all_series.begin(), all_series.end(), std::back_inserter(some),
                 [&](Id) { return random_() % 3 != 0; });
    const auto at_us = random_() % 4 == 0 ? static_cast<std::int64_t>(random_() % 100) * day_us : round * day_us;
    if (what < 7 || places_.empty()) {
      add_run(at_us, some);
      continue;
    }
    auto& [run, place] = *std::next(places_.begin(), static_cast<std::ptrdiff_t>(random_() % places_.size()));
    const Id series = all_series[random_() % all_series.size()];
    if (what == 7) {
      const SeriesPoint point = {series, draw()};
      write([&, id = run, at = place.at_us](db::Connection& connection) { set(connection, id, at, {point, {}}); });
      model_[series][{place.at_us, run}] = point.value;
      if (!std::binary_search(place.series.begin(), place.series.end(), series))
        place.series.insert(std::lower_bound(place.series.begin(), place.series.end(), series), series);
    } else if (what == 8) {
      std::vector<PointPlace> gone;
      for (const auto& point : expected(series)) {
        if (random_() % 8 == 0) gone.push_back({point.at_us, point.run});
      }
      write([&](db::Connection& connection) {
        EXPECT_EQ(remove(connection, series, gone), static_cast<std::int64_t>(gone.size()));
        EXPECT_EQ(remove(connection, series, gone), 0);
      });
      for (const auto& [at, id] : gone)
        model_[series].erase({at, id});
    } else {
      write([&](db::Connection& connection) { compact_group(connection, group_of(series)); });
    }
    if (round % 20 == 0) expect_as_model();
  }
  expect_as_model();
}

/// Moves the run's points from one model to the other.
void move_points(std::map<Id, std::map<std::pair<std::int64_t, Id>, PointValue>>& from,
                 std::map<Id, std::map<std::pair<std::int64_t, Id>, PointValue>>& to,
                 const std::pair<std::int64_t, Id>& place) {
  for (auto& [series, points] : from) {
    if (const auto found = points.find(place); found != points.end()) {
      to[series][place] = found->second;
      points.erase(found);
    }
  }
}

void set_excluded_reason(db::Connection& connection, Id run, const char* reason) {
  connection.execute("UPDATE run SET excluded = $1 WHERE id = $2", {reason, run});
}

// Corrections in any order, between uploads and compactions.
TEST_P(PointsTest, AreWhatCorrectionsMadeOfThem) {
  const int rounds = GetParam() == db::Dialect::sqlite ? 500 : 150;
  std::map<Id, std::pair<std::int64_t, Id>> excluded_runs;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const auto what = random_() % 12;
    if (what < 6 || places_.empty()) {
      add_run(round * day_us, all_series);
      continue;
    }
    const auto chosen = std::next(places_.begin(), static_cast<std::ptrdiff_t>(random_() % places_.size()));
    const Id run = chosen->first;
    const std::pair<std::int64_t, Id> place = {chosen->second.at_us, run};
    const Id series = all_series[random_() % all_series.size()];
    if (what == 6 && !excluded_runs.contains(run)) {
      write([&](db::Connection& connection) {
        set_excluded_reason(connection, run, "wrong");
        exclude(connection, run, list_series_of_run(connection, run));
      });
      move_points(model_, excluded_, place);
      excluded_runs[run] = place;
    } else if (what == 7 && !excluded_runs.empty()) {
      const auto [back, its_place] = *excluded_runs.begin();
      write([&, id = back](db::Connection& connection) {
        set_excluded_reason(connection, id, "");
        include(connection, id);
      });
      move_points(excluded_, model_, its_place);
      excluded_runs.erase(back);
    } else if (what == 8) {
      write([&](db::Connection& connection) { remove_run(connection, run, list_series_of_run(connection, run)); });
      for (auto* const model : {&model_, &excluded_}) {
        for (auto& [id, points] : *model)
          points.erase(place);
      }
    } else if (what == 9) {
      write([&](db::Connection& connection) { rescale(connection, series, 1e-3); });
      for (auto* const model : {&model_, &excluded_}) {
        for (auto& [at, value] : (*model)[series])
          value = {value.median / 1000, value.minimum / 1000, value.mad / 1000, value.samples};
      }
    } else if (what == 10) {
      const SeriesPoint point = {series, draw()};
      write([&](db::Connection& connection) { set(connection, run, place.first, {point, {}}); });
      (excluded_runs.contains(run) ? excluded_ : model_)[series][place] = point.value;
    } else {
      write([&](db::Connection& connection) { compact_group(connection, group_of(series)); });
    }
    if (round % 25 == 0) expect_as_model();
  }
  expect_as_model();
}

TEST_P(PointsTest, AJoinedSeriesHasThePointsOfBoth) {
  for (int day = 0; day < 2 * pending_rows_max; ++day)
    add_run(day * day_us, day % 3 == 0 ? std::vector<Id>{1, 257} : std::vector<Id>{day % 2 == 0 ? 1 : 257});
  const Id both = add_run(7 * day_us + 1, {1, 257});
  const Id one = add_run(7 * day_us + 2, {257});
  for (const Id run : {both, one}) {
    write([&](db::Connection& connection) {
      set_excluded_reason(connection, run, "wrong");
      exclude(connection, run, list_series_of_run(connection, run));
    });
    move_points(model_, excluded_, {places_[run].at_us, run});
  }
  std::int64_t removed = 0;
  write([&](db::Connection& connection) { removed = join(connection, 257, 1); });
  std::int64_t expected_removed = 0;
  for (auto* const model : {&model_, &excluded_}) {
    for (const auto& [place, value] : (*model)[257]) {
      if (!(*model)[1].emplace(place, value).second) ++expected_removed;
    }
    (*model)[257].clear();
  }
  for (auto& [run, place] : places_)
    place.series = {1, 257};
  EXPECT_EQ(removed, expected_removed);
  EXPECT_GT(removed, 1);
  expect_as_model();
  write([](db::Connection& connection) { clear_series(connection, 1); });
  model_[1].clear();
  excluded_[1].clear();
  expect_as_model();
}

// Neighbouring series of other projects share the rows of runs.
TEST_P(PointsTest, WhatIsDamagedHoldsUpNoOtherProject) {
  write([](db::Connection& connection) {
    connection.execute("INSERT INTO project (id, name, created_us) VALUES (2, 'q', 0)");
    connection.execute("UPDATE series SET project_id = 2 WHERE id = 2");
  });
  for (int day = 0; day < 5; ++day)
    add_run(day * day_us, {1});
  const std::string nothing = GetParam() == db::Dialect::sqlite ? "x'02'" : "'\\x02'";
  write([&](db::Connection& connection) {
    connection.execute_script("UPDATE run_points SET packed = " + nothing + " WHERE run_id = 3");
  });
  for (int day = 5; day < 2 * pending_rows_max; ++day) {
    const Id run = add_run(day * day_us, {2, 256});
    write(
        [&](db::Connection& connection) { connection.execute("UPDATE run SET project_id = 2 WHERE id = $1", {run}); });
  }
  EXPECT_GT(count("SELECT count(*) FROM point_block WHERE series_id = 256"), 0) << "nor the folding of other groups";
  database_->read([&](db::Connection& connection) {
    const std::vector<Id> own = {1};
    const std::vector<Id> other = {2};
    EXPECT_THAT(read_history(connection, 2, 1000), SizeIs(2 * pending_rows_max - 5));
    EXPECT_THAT(read_newest(connection, other, 30)[2], SizeIs(30));
    EXPECT_THAT(find_newest_times(connection, other), SizeIs(1));
    EXPECT_THROW(read_history(connection, 1, 1000), db::Unusable);
    EXPECT_THROW(read_newest(connection, own, 30), db::Unusable);
    EXPECT_THROW(find_newest_times(connection, own), db::Unusable);
  });
}

TEST_P(PointsTest, DamagedRowsAreReportedAndRefused) {
  for (int day = 0; day < pending_rows_max; ++day)
    add_run(day * day_us, {1, 2, 256});
  ASSERT_EQ(count("SELECT count(*) FROM point_block"), 2);
  const std::string nothing = GetParam() == db::Dialect::sqlite ? "x'02'" : "'\\x02'";
  write([&](db::Connection& connection) {
    connection.execute_script("UPDATE point_block SET packed = " + nothing + " WHERE series_id = 2");
    connection.execute_script("UPDATE run_points SET packed = " + nothing + " WHERE run_id = 7");
  });
  database_->read([&](db::Connection& connection) {
    EXPECT_THAT(check(connection),
                IsSupersetOf({"points of series 2 from 0 us on cannot be read", "points of run 7 cannot be read"}));
    EXPECT_THAT(read_history(connection, 1, 100), SizeIs(pending_rows_max)) << "what is whole can be read";
    EXPECT_THROW(read_history(connection, 2, 100), db::Unusable);
    EXPECT_THROW(read_history(connection, 256, 100), db::Unusable);
  });
}

}  // namespace
}  // namespace perftrend::points
