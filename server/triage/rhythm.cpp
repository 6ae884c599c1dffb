#include "server/triage/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace perftrend::triage {
namespace {

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t hour_us = 60 * minute_us;
constexpr std::int64_t day_us = 24 * hour_us;
constexpr std::int64_t week_days = 7;

/// A run that arrives later than this after its start was imported.
constexpr std::int64_t imported_after_us = day_us;

/// Runs at most this far apart are one session. The first value that gives a rhythm is used.
constexpr std::array<std::int64_t, 3> session_gaps_us = {0, hour_us, 3 * hour_us};
/// A session is short compared with the period: a working day full of pushes is not a session.
constexpr std::int64_t session_share = 4;

/// A gap fits where it is at most this share of the period away from a multiple of it, and at least tolerance_min_us.
constexpr std::int64_t tolerance_share = 16;
constexpr std::int64_t tolerance_min_us = 5 * minute_us;
/// The share where there are so many gaps that they do not fit by chance: schedulers start jobs late.
constexpr std::int64_t many_tolerance_share = 6;
constexpr std::size_t many_gaps = 24;
/// A longer pause does not fit: every gap is near a multiple of a short period.
constexpr std::int64_t periods_max = 6;
/// One gap in so many may not fit.
constexpr std::size_t gaps_for_exception = 8;
/// Where longer pauses are more frequent than this, work has pauses and a schedule does not exist.
constexpr std::int64_t days_for_long_pause = 3;

/// Runs at most this far apart in the time of day are at one fixed time of day.
constexpr std::int64_t fixed_time_width_us = 2 * hour_us;
/// Fixed times of day explain the runs where at most one run in so many is at another time.
constexpr std::size_t runs_for_other_time = 4;

/// Weekdays are learned from so many of the newest weeks.
constexpr std::int64_t weeks_learned = 4;

/// What is late by less than half of a period may still come; at least an hour, at most a day.
std::int64_t grace_us(std::int64_t period_us) {
  return std::clamp(period_us / 2, hour_us, day_us);
}

std::int64_t median(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Closely following runs as one.
struct Session {
  std::int64_t start_us = 0, end_us = 0, received_us = 0;
};

/// Whether half of the newest runs have untrusted times.
bool is_mostly_untrusted(std::span<const RunTime> times) {
  std::vector<RunTime> newest(times.begin(), times.end());
  const auto count = std::min(newest.size(), rhythm_runs_min);
  std::partial_sort(newest.begin(), newest.begin() + static_cast<std::ptrdiff_t>(count), newest.end(),
                    [](const auto& a, const auto& b) { return a.received_us > b.received_us; });
  newest.resize(count);
  const auto untrusted = std::count_if(newest.begin(), newest.end(), [](const auto& t) { return t.untrusted; });
  return 2 * static_cast<std::size_t>(untrusted) >= count;
}

/// Ascending by start.
std::vector<Session> usable_runs(std::span<const RunTime> times) {
  const bool by_arrival = is_mostly_untrusted(times);
  std::vector<Session> live, all;
  for (const auto& time : times) {
    if (time.backfilled || (time.untrusted && !by_arrival)) continue;
    const auto at = time.untrusted ? time.received_us : std::min(time.started_us, time.received_us);
    all.push_back({at, at, time.received_us});
    if (time.received_us - at < imported_after_us) live.push_back(all.back());
  }
  auto& used = live.size() >= rhythm_runs_min ? live : all;
  std::sort(used.begin(), used.end(), [](const auto& a, const auto& b) { return a.start_us < b.start_us; });
  return used;
}

std::vector<Session> join(const std::vector<Session>& runs, std::int64_t gap_us) {
  std::vector<Session> sessions;
  for (const auto& run : runs) {
    if (!sessions.empty() && run.start_us - sessions.back().end_us <= gap_us) {
      sessions.back().end_us = run.start_us;
      sessions.back().received_us = std::max(sessions.back().received_us, run.received_us);
    } else {
      sessions.push_back(run);
    }
  }
  return sessions;
}

std::vector<std::int64_t> gaps_of(const std::vector<Session>& sessions) {
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < sessions.size(); ++i)
    gaps.push_back(sessions[i].start_us - sessions[i - 1].start_us);
  return gaps;
}

/// The multiple of `period` that is nearest to `gap`, at least 1.
std::int64_t periods_in(std::int64_t gap, std::int64_t period) {
  return std::max<std::int64_t>(1, (gap + period / 2) / period);
}

bool fits(const std::vector<std::int64_t>& gaps, std::int64_t period) {
  const auto share = gaps.size() < many_gaps ? tolerance_share : many_tolerance_share;
  const auto tolerance = std::max(period / share, tolerance_min_us);
  const auto others = static_cast<std::size_t>(std::count_if(gaps.begin(), gaps.end(), [&](std::int64_t gap) {
    const auto periods = periods_in(gap, period);
    return periods > periods_max || std::abs(gap - periods * period) > tolerance;
  }));
  return others <= gaps.size() / gaps_for_exception;
}

/// Whether the runs pause for longer than a schedule does, again and again.
bool has_long_pauses(const std::vector<Session>& sessions, std::int64_t period) {
  const auto gaps = gaps_of(sessions);
  const auto pauses =
      std::count_if(gaps.begin(), gaps.end(), [&](std::int64_t gap) { return periods_in(gap, period) > periods_max; });
  return pauses > 1 && pauses * days_for_long_pause * day_us > sessions.back().start_us - sessions.front().start_us;
}

/// The longest pause that occurred at least twice, in units that did not have a run; 0: it does not exist.
std::int64_t usual_pause(std::vector<std::int64_t> pauses) {
  std::sort(pauses.rbegin(), pauses.rend());
  return pauses.size() < 2 ? 0 : pauses[1];
}

/// Days are counted from half a day before the usual time of day, so that runs around midnight UTC stay together.
class Calendar {
 public:
  /// `sessions` are at one time of day, ascending.
  explicit Calendar(const std::vector<Session>& sessions) : usual_us_(sessions.back().start_us) {
    for (const auto& session : sessions) {
      if (days_.empty() || days_.back() != day_of(session.start_us)) days_.push_back(day_of(session.start_us));
    }
    learn();
  }

  [[nodiscard]] bool explains() const { return explains_; }
  /// At least three of four expected days have a run.
  [[nodiscard]] bool is_steady() const {
    std::int64_t expected = 0;
    for (auto day = first_learned(); day <= newest(); ++day)
      expected += is_expected(day) ? 1 : 0;
    const auto from = std::lower_bound(days_.begin(), days_.end(), first_learned());
    return explains_ && 4 * (days_.end() - from) >= 3 * expected;
  }
  /// Days with a run on expected weekdays.
  [[nodiscard]] std::size_t explained() const {
    return static_cast<std::size_t>(
        std::count_if(days_.begin(), days_.end(), [&](std::int64_t day) { return is_expected(day); }));
  }

  [[nodiscard]] std::int64_t day_of(std::int64_t at_us) const {
    const auto since = at_us - usual_us_ + day_us / 2;
    return since >= 0 ? since / day_us : -((-since + day_us - 1) / day_us);
  }
  [[nodiscard]] std::int64_t start_of(std::int64_t day) const { return usual_us_ + day * day_us; }
  [[nodiscard]] bool is_expected(std::int64_t day) const { return expected_.at(weekday(day)); }
  [[nodiscard]] std::int64_t newest() const { return days_.back(); }

  /// Expected days without a run, in a row, between runs.
  [[nodiscard]] std::vector<std::int64_t> pauses() const {
    std::vector<std::int64_t> pauses;
    for (std::size_t i = 1; i < days_.size(); ++i) {
      std::int64_t missed = 0;
      for (auto day = std::max(days_[i - 1] + 1, first_learned()); day < days_[i]; ++day)
        missed += is_expected(day) ? 1 : 0;
      if (missed > 0) pauses.push_back(missed);
    }
    return pauses;
  }

 private:
  static std::size_t weekday(std::int64_t day) {
    return static_cast<std::size_t>(((day % week_days) + week_days) % week_days);
  }
  [[nodiscard]] std::int64_t first_learned() const {
    return std::max(days_.front(), newest() - weeks_learned * week_days + 1);
  }

  /// A weekday is expected where more than half of its occurrences have a run. The expected weekdays explain the runs
  /// where few runs are on other days.
  void learn() {
    std::array<std::int64_t, week_days> occurrences{}, with_run{};
    for (auto day = first_learned(); day <= newest(); ++day)
      ++occurrences.at(weekday(day));
    std::size_t learned = 0, others = 0;
    for (const auto day : days_) {
      if (day >= first_learned()) ++with_run.at(weekday(day));
    }
    for (std::size_t i = 0; i < expected_.size(); ++i)
      expected_.at(i) = 2 * with_run.at(i) > occurrences.at(i);
    for (const auto day : days_) {
      if (day < first_learned()) continue;
      ++learned;
      others += is_expected(day) ? 0U : 1U;
    }
    explains_ = is_expected(newest()) && others * 4 <= learned;
  }

  std::int64_t usual_us_;
  std::vector<std::int64_t> days_;  ///< with a run, ascending
  std::array<bool, week_days> expected_{};
  bool explains_ = false;
};

/// How long after its start a run usually arrives, where runs arrive by themselves.
std::int64_t usual_delay(const std::vector<Session>& sessions) {
  std::vector<std::int64_t> delays;
  for (const auto& session : sessions) {
    if (session.received_us - session.end_us < imported_after_us)
      delays.push_back(session.received_us - session.start_us);
  }
  return delays.empty() ? 0 : median(std::move(delays));
}

/// What is expected after the newest run, `latest_us`.
struct Expectation {
  std::int64_t period_us = 0, grace_us = 0, latest_us = 0, now_us = 0;
};

/// The next run is the first one that a calendar expects.
Rhythm by_calendars(std::span<const Calendar> calendars, const Expectation& expected) {
  Rhythm rhythm;
  rhythm.period_us = expected.period_us;
  rhythm.next_us = INT64_MAX;
  for (const auto& calendar : calendars) {
    const auto next_after = [&](std::int64_t day) {
      do
        ++day;
      while (!calendar.is_expected(day) || calendar.start_of(day) <= expected.latest_us);
      return day;
    };
    auto day = next_after(calendar.newest());
    for (std::int64_t skipped = 0; skipped < usual_pause(calendar.pauses()); ++skipped)
      day = next_after(day);
    rhythm.next_us = std::min(rhythm.next_us, calendar.start_of(day) + expected.grace_us);
    const auto days_max = calendar.newest() + 1000;
    for (day = next_after(calendar.newest());
         day <= days_max && calendar.start_of(day) + expected.grace_us < expected.now_us; day = next_after(day))
      ++rhythm.periods_silent;
  }
  rhythm.overdue = expected.now_us > rhythm.next_us;
  return rhythm;
}

/// The runs at the time of day that has runs on most days. `days`: on how many.
struct FixedTime {
  std::vector<std::size_t> runs;
  std::size_t days = 0;
};
FixedTime find_fixed_time(const std::vector<Session>& sessions) {
  FixedTime best;
  for (const auto& first : sessions) {
    FixedTime found;
    std::int64_t newest_day = INT64_MIN;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      const auto since = sessions[i].start_us - first.start_us;
      const auto day = since >= 0 ? since / day_us : -((-since + day_us - 1) / day_us);
      if (since - day * day_us > fixed_time_width_us) continue;
      found.runs.push_back(i);
      found.days += day > newest_day ? 1U : 0U;
      newest_day = day;
    }
    if (found.days > best.days) best = std::move(found);
  }
  return best;
}

/// Runs at fixed times of day, and a few others.
std::optional<Rhythm> by_fixed_times(const std::vector<Session>& sessions, std::int64_t now_us) {
  if (sessions.size() < rhythm_runs_min) return std::nullopt;
  std::vector<Calendar> calendars;
  std::vector<std::int64_t> times;
  std::size_t explained = 0;
  auto rest = sessions;
  for (;;) {
    const auto fixed = find_fixed_time(rest);
    if (fixed.days < rhythm_runs_min) break;
    std::vector<Session> at_time, others;
    for (std::size_t i = 0; i < rest.size(); ++i)
      (std::binary_search(fixed.runs.begin(), fixed.runs.end(), i) ? at_time : others).push_back(rest[i]);
    Calendar calendar(at_time);
    if (!calendar.is_steady()) break;
    explained += calendar.explained();
    times.push_back(at_time.back().start_us % day_us);
    calendars.push_back(std::move(calendar));
    rest = std::move(others);
  }
  if (calendars.empty() || (sessions.size() - explained) * runs_for_other_time > sessions.size()) return std::nullopt;
  std::sort(times.begin(), times.end());
  auto nearest_us = day_us - (times.back() - times.front());
  for (std::size_t i = 1; i < times.size(); ++i)
    nearest_us = std::min(nearest_us, times[i] - times[i - 1]);
  if (times.size() == 1) nearest_us = day_us;
  return by_calendars(calendars, {day_us / std::ssize(times), usual_delay(sessions) + grace_us(nearest_us),
                                  sessions.back().start_us, now_us});
}

Rhythm by_period(const std::vector<Session>& sessions, std::int64_t period_us, std::int64_t pause,
                 std::int64_t now_us) {
  const auto late = now_us - sessions.back().start_us - usual_delay(sessions) - grace_us(period_us);
  Rhythm rhythm;
  rhythm.period_us = period_us;
  rhythm.next_us = now_us - late + (1 + pause) * period_us;
  rhythm.overdue = now_us > rhythm.next_us;
  rhythm.periods_silent = std::max<std::int64_t>(0, late / period_us);
  return rhythm;
}

std::optional<Rhythm> rhythm_of(const std::vector<Session>& sessions, std::int64_t now_us) {
  if (sessions.size() < rhythm_runs_min) return std::nullopt;
  if (sessions.back().start_us - sessions.front().start_us < rhythm_span_min_us) return std::nullopt;
  const auto gaps = gaps_of(sessions);
  const auto period = median(gaps);
  if (period < rhythm_period_min_us) return std::nullopt;
  std::vector<std::int64_t> lengths;
  for (const auto& session : sessions)
    lengths.push_back(session.end_us - session.start_us);
  if (median(std::move(lengths)) * session_share > period) return std::nullopt;
  if (period * 4 > day_us * 3 && fits(gaps, day_us)) {
    const Calendar calendar(sessions);
    if (calendar.explains()) {
      return by_calendars(std::span(&calendar, 1),
                          {period, usual_delay(sessions) + grace_us(day_us), sessions.back().start_us, now_us});
    }
  }
  if (!fits(gaps, period) || has_long_pauses(sessions, period)) return std::nullopt;
  std::vector<std::int64_t> pauses;
  for (const auto gap : gaps) {
    if (const auto periods = periods_in(gap, period); periods > 1) pauses.push_back(periods - 1);
  }
  return by_period(sessions, period, usual_pause(std::move(pauses)), now_us);
}

}  // namespace

std::optional<Rhythm> learn_rhythm(std::span<const RunTime> times, std::int64_t now_us) {
  const auto runs = usable_runs(times);
  for (const auto gap_us : session_gaps_us) {
    if (auto rhythm = rhythm_of(join(runs, gap_us), now_us)) return rhythm;
  }
  // Not of joined sessions: the pushes of a working day would be one run at a fixed time.
  return by_fixed_times(runs, now_us);
}

Rhythm declared_rhythm(std::span<const RunTime> times, std::int64_t period_us, std::int64_t now_us) {
  const auto runs = usable_runs(times);
  Rhythm rhythm;
  if (runs.empty()) {
    rhythm.period_us = period_us;
    rhythm.next_us = now_us + period_us;
  } else {
    rhythm = by_period(runs, period_us, 0, now_us);
  }
  rhythm.declared = true;
  return rhythm;
}

}  // namespace perftrend::triage
