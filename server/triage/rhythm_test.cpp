#include "server/triage/rhythm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace perftrend::triage {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
/// A Monday, 00:00 UTC.
constexpr std::int64_t monday = 1'767'571'200'000'000;

using Times = std::vector<RunTime>;

RunTime live(std::int64_t at) {
  return {at, at + 10 * minute, false, false};
}

/// Runs at `at_hour` on the days of 4 weeks for which `has_run(weekday, day)`; weekday 0 is Monday.
Times daily(int days, const std::function<bool(int, int)>& has_run, double at_hour = 2) {
  Times times;
  for (int d = 0; d < days; ++d) {
    if (has_run(d % 7, d)) times.push_back(live(monday + d * day + static_cast<std::int64_t>(at_hour * hour)));
  }
  return times;
}
bool every_day(int, int) {
  return true;
}
bool working_day(int weekday, int) {
  return weekday < 5;
}

struct RhythmCase {
  std::string name;
  Times times;
  std::int64_t now = 0;
  std::optional<std::int64_t> period;  ///< within a tenth; nullopt: no rhythm
  bool overdue = false;
};

/// Several runs in a row at each of these times.
Times repeat(const Times& times, int count, std::int64_t gap) {
  Times repeated;
  for (const auto& time : times) {
    for (int i = 0; i < count; ++i)
      repeated.push_back(live(time.started_us + i * gap));
  }
  return repeated;
}

/// Pushes at irregular times of working days, the same on every call.
Times pushes(int days, int per_day) {
  Times times;
  unsigned state = 7;
  const auto next = [&] { return state = state * 1664525U + 1013904223U, (state >> 8U) % 1000U; };
  for (int d = 0; d < days; ++d) {
    if (d % 7 >= 5) continue;
    for (int i = 0; i < per_day; ++i)
      times.push_back(live(monday + d * day + 9 * hour + static_cast<std::int64_t>(next()) * 9 * hour / 1000));
  }
  return times;
}

Times every(std::int64_t period, std::int64_t span) {
  Times times;
  for (std::int64_t at = 0; at <= span; at += period)
    times.push_back(live(monday + at));
  return times;
}

Times joined(Times times, const Times& others) {
  times.insert(times.end(), others.begin(), others.end());
  return times;
}

/// As a lane stores them.
Times stored(Times times) {
  std::sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.started_us < b.started_us; });
  Times kept;
  for (const auto& time : times)
    store::add_run_time(kept, time);
  return kept;
}

/// Late by up to `most`, the same on every call.
Times delayed(Times times, std::int64_t most) {
  unsigned state = 11;
  for (auto& time : times) {
    state = state * 1664525U + 1013904223U;
    time = live(time.started_us + static_cast<std::int64_t>((state >> 8U) % 1000U) * most / 1000);
  }
  return times;
}

/// A run every few minutes of each working day, as in a busy repository.
Times busy_days(int days, std::int64_t period, std::int64_t hours) {
  Times times;
  for (int d = 0; d < days; ++d) {
    for (std::int64_t at = 0; d % 7 < 5 && at < hours * hour; at += period)
      times.push_back(live(monday + d * day + 8 * hour + at));
  }
  return times;
}

Times changed(Times times, const std::function<void(RunTime&)>& change) {
  for (auto& time : times)
    change(time);
  return times;
}

/// Jobs that run several times a day.
std::vector<RhythmCase> frequent_cases() {
  const auto six_reruns = joined(daily(28, every_day, 2), daily(
                                                              28, [](int, int d) { return d % 4 == 1; }, 19));
  const auto twice = joined(daily(26, every_day, 2), daily(26, every_day, 13.5));
  const auto three_times = joined(joined(daily(26, every_day, 1), daily(26, every_day, 8)), daily(26, every_day, 12));
  const auto weekday_times = joined(daily(26, working_day, 3), daily(26, working_day, 12));
  return {
      {"half-hourly", stored(every(30 * minute, 5 * day)), monday + 5 * day + 2 * hour, 30 * minute, true},
      {"half-hourly, on time", stored(every(30 * minute, 5 * day)), monday + 5 * day + hour, 30 * minute, false},
      {"every 15 minutes", stored(every(15 * minute, 4 * day)), monday + 4 * day + 5 * hour, 30 * minute, true},
      {"every 5 minutes", stored(every(5 * minute, 4 * day)), monday + 4 * day + 5 * hour, 25 * minute, true},
      {"hourly, stored", stored(every(hour, 8 * day)), monday + 8 * day + 30 * hour, hour, true},
      {"hourly, late by up to 10 minutes", stored(delayed(every(hour, 8 * day), 10 * minute)),
       monday + 8 * day + 5 * hour, hour, true},
      {"nightly and some runs by hand", six_reruns, monday + 27 * day + 20 * hour, day, false},
      {"nightly and some runs by hand, one missing", six_reruns, monday + 28 * day + 20 * hour, day, true},
      {"twice a day", twice, monday + 26 * day + 2 * hour, 12 * hour, false},
      {"twice a day, the morning is missing", twice, monday + 26 * day + 9 * hour, 12 * hour, true},
      {"three times a day, late by up to an hour", delayed(three_times, hour), monday + 26 * day, 8 * hour, false},
      {"three times a day, silent", delayed(three_times, hour), monday + 27 * day, 8 * hour, true},
      {"twice on working days: Sunday", weekday_times, monday + 27 * day, 12 * hour, false},
      {"twice on working days: Monday is missing", weekday_times, monday + 28 * day + 20 * hour, 12 * hour, true},
      {"pushes every 2 minutes of a working day", stored(busy_days(12, 2 * minute, 10)), monday + 13 * day,
       std::nullopt, false},
      {"pushes every 40 minutes of a long day", stored(busy_days(12, 40 * minute, 16)), monday + 13 * day, std::nullopt,
       false},
      {"many pushes a day, stored", stored(pushes(28, 40)), monday + 26 * day, std::nullopt, false},
      {"some pushes a day, stored", stored(pushes(28, 6)), monday + 26 * day, std::nullopt, false},
  };
}

std::vector<RhythmCase> cases() {
  const auto two_weeks = daily(14, every_day);
  const auto newest = two_weeks.back().started_us;
  const auto weekdays = daily(26, working_day);  // the last run is on a Friday
  const auto friday = weekdays.back().started_us;
  auto hourly = Times();
  for (int i = 0; i < 60; ++i)
    hourly.push_back(live(monday + i * hour));
  auto weekly = Times();
  for (int i = 0; i < 6; ++i)
    weekly.push_back(live(monday + i * 7 * day));
  auto with_future = daily(11, every_day);
  with_future.push_back({newest + 9 * day, newest + 9 * day, true, false});
  auto reruns = daily(14, every_day);
  reruns.push_back(live(reruns[3].started_us + 40 * minute));
  reruns.push_back(live(reruns[8].started_us + 50 * minute));
  auto afternoon = Times();
  for (int i = 0; i < 40; ++i)
    afternoon.push_back(live(monday + i * 5 * minute));
  const auto gaps = daily(28, [](int, int d) { return d % 9 != 4; });
  return {
      {"nightly, 3 hours ago", two_weeks, newest + 3 * hour, day, false},
      {"nightly, late by 10 hours", two_weeks, newest + 34 * hour, day, false},
      {"nightly, one missing", two_weeks, newest + 37 * hour, day, true},
      {"nightly, nine days of silence", two_weeks, newest + 9 * day, day, true},
      {"four runs show no rhythm", daily(4, every_day), newest, std::nullopt, false},
      {"five runs do", daily(5, every_day), monday + 4 * day + 5 * hour, day, false},
      {"nightly around midnight", daily(14, every_day, 23.9), newest + day, day, false},
      {"weekends off: Sunday", weekdays, friday + 2 * day, day, false},
      {"weekends off: Monday morning", weekdays, friday + 3 * day + 6 * hour, day, false},
      {"weekends off: Monday's run is missing", weekdays, friday + 3 * day + 15 * hour, day, true},
      {"first weekend of a lane", daily(5, every_day), monday + 6 * day + 20 * hour, day, false},
      {"after the first weekend", daily(5, every_day), monday + 7 * day + 20 * hour, day, true},
      {"Tuesday and Thursday", daily(28, [](int w, int) { return w == 1 || w == 3; }), monday + 28 * day, 2 * day,
       false},
      {"Tuesday is missing", daily(28, [](int w, int) { return w == 1 || w == 3; }), monday + 30 * day, 2 * day, true},
      {"hourly", hourly, monday + 60 * hour, hour, false},
      {"hourly, two are missing", hourly, monday + 62 * hour, hour, true},
      {"weekly", weekly, monday + 41 * day, 7 * day, false},
      {"weekly, one is missing", weekly, monday + 44 * day, 7 * day, true},
      {"20 shards in 400 seconds", repeat(two_weeks, 20, 20'000'000), newest + 3 * hour, day, false},
      {"20 shards, a run is missing", repeat(two_weeks, 20, 20'000'000), newest + 40 * hour, day, true},
      {"a matrix over two hours", repeat(two_weeks, 4, 40 * minute), newest + 5 * hour, day, false},
      {"repetitions of some runs", reruns, newest + 5 * hour, day, false},
      {"a few pushes a day", pushes(28, 3), monday + 26 * day + 12 * hour, std::nullopt, false},
      {"many pushes a day", pushes(28, 12), monday + 26 * day + 12 * hour, std::nullopt, false},
      {"one push a day", pushes(28, 1), monday + 26 * day + 12 * hour, std::nullopt, false},
      {"an afternoon of runs", afternoon, monday + 3 * day, std::nullopt, false},
      {"backfilled commits", changed(two_weeks, [](RunTime& t) { t.backfilled = true; }), newest + 5 * day,
       std::nullopt, false},
      {"imported runs", changed(two_weeks, [&](RunTime& t) { t.received_us = newest + 9 * day; }), newest + 9 * day,
       day, true},
      {"a run of the future proves nothing", with_future, newest + 9 * day, day, true},
      {"a clock that is always ahead", changed(two_weeks, [](RunTime& t) { t.untrusted = true; }), newest + 3 * hour,
       day, false},
      {"a clock that is always ahead, one missing", changed(two_weeks, [](RunTime& t) { t.untrusted = true; }),
       newest + 40 * hour, day, true},
      {"a pause of one day is usual", gaps, gaps.back().started_us + 40 * hour, day, false},
      {"a pause of two is not", gaps, gaps.back().started_us + 64 * hour, day, true},
      {"runs that take 20 hours", changed(two_weeks, [](RunTime& t) { t.received_us = t.started_us + 20 * hour; }),
       newest + 43 * hour, day, false},
      {"a clock that is ahead since three days",
       changed(two_weeks, [&](RunTime& t) { t.untrusted = t.started_us > newest - 3 * day; }), newest + 3 * hour, day,
       false},
      {"no runs", {}, monday, std::nullopt, false},
  };
}

TEST(Rhythm, IsLearnedFromTheTimesOfRuns) {
  auto all = cases();
  for (auto& each : frequent_cases())
    all.push_back(std::move(each));
  for (const auto& each : all) {
    SCOPED_TRACE(each.name);
    const auto rhythm = learn_rhythm(each.times, each.now);
    ASSERT_EQ(rhythm.has_value(), each.period.has_value());
    if (!rhythm) continue;
    EXPECT_NEAR(static_cast<double>(rhythm->period_us), static_cast<double>(*each.period),
                static_cast<double>(*each.period) / 10);
    EXPECT_EQ(rhythm->overdue, each.overdue);
    EXPECT_EQ(rhythm->overdue, each.now > rhythm->next_us);
    EXPECT_FALSE(rhythm->declared);
  }
}

TEST(Rhythm, CountsTheRunsThatDidNotCome) {
  const auto times = daily(14, every_day);
  const auto newest = times.back().started_us;
  EXPECT_EQ(learn_rhythm(times, newest + 3 * hour)->periods_silent, 0);
  EXPECT_EQ(learn_rhythm(times, newest + 10 * day)->periods_silent, 9);
}

TEST(Rhythm, MayBeDeclared) {
  const Times one = {live(monday)};
  EXPECT_FALSE(declared_rhythm(one, day, monday + 30 * hour).overdue);
  const auto late = declared_rhythm(one, day, monday + 40 * hour);
  EXPECT_TRUE(late.overdue);
  EXPECT_TRUE(late.declared);
  EXPECT_FALSE(declared_rhythm({}, day, monday).overdue);
}

}  // namespace
}  // namespace perftrend::triage
