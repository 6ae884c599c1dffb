#pragma once
// Quarantine with numbers: a case whose timing fails no build. Its points are kept and judged like all others. It
// enters by its scenario (a property of the report), by hand, or by noise, and in the last two cases alerts nobody; it
// leaves when the scenario no longer says so, by hand, or, where noise brought it in, by clean nights. Expiry warns and
// does nothing else.

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/sql.h"
#include "server/store/quarantine.h"
#include "server/triage/judge.h"

namespace perftrend::triage {

/// So many withdrawn suspicions among the newest steadiness_points of a series, one of them lately: people mute a
/// tracker after its third false alarm. Those from before a person ended the case's quarantine do not count.
constexpr std::int64_t noise_withdrawn = 3;

/// Clean nights in a row that let a case leave, where nothing else was said.
constexpr std::int64_t clean_nights_default = 14;
constexpr std::int64_t clean_nights_max = 1000;
constexpr std::size_t quarantine_text_bytes_max = 2000;

/// What a report says of the quarantine of one of its cases.
struct QuarantineRequest {
  CaseKey key;
  std::string reason, owner;
  std::optional<std::int64_t> expires_us;
};

/// Takes a report's statements: cases enter, or what is known of their stay is renewed. A case of `measured` that came
/// in by its scenario and of which the report says nothing leaves; `measured` is called only where there is a stay or a
/// statement. What a person ended stays ended as long as the report says the same words. A run that is not the newest
/// one of its testbed and branch changes nothing.
void take_statements(db::Connection& connection, Id project, Id run, const std::vector<QuarantineRequest>& statements,
                     const std::function<std::vector<CaseKey>()>& measured, std::int64_t now_us);

/// After a run was judged: noise brings cases in, and lets go of those it brought.
void update_quarantine(db::Connection& connection, Id project, const std::vector<JudgedSeries>& judged,
                       std::int64_t now_us);

/// Cases of the run whose quarantine has expired, a warning for each.
std::vector<std::string> expiry_warnings(db::Connection& connection, Id project, Id run, std::int64_t now_us);

/// What a person says of a stay.
struct StayText {
  std::string reason, owner;
  std::optional<std::int64_t> expires_us;
  std::int64_t clean_runs_required = clean_nights_default;
};

struct QuarantineRefusal {
  bool conflict = false;  ///< the case is in quarantine already, or the stay is over; else what was sent is wrong
  std::string cause;
};

tl::expected<store::Quarantine, QuarantineRefusal> enter_by_hand(db::Connection& connection, Id project,
                                                                 const CaseKey& key, const StayText& text,
                                                                 std::string_view actor, std::int64_t now_us);
tl::expected<store::Quarantine, QuarantineRefusal> renew(db::Connection& connection, store::Quarantine stay,
                                                         const StayText& text, std::string_view actor,
                                                         std::int64_t now_us);
tl::expected<store::Quarantine, QuarantineRefusal> leave(db::Connection& connection, store::Quarantine stay,
                                                         std::string_view reason, std::string_view actor,
                                                         std::int64_t now_us);

/// How steady each series of the case is, and how many clean nights the stay has had.
struct StayNumbers {
  std::vector<JudgedSeries> series;  ///< at most stay_series_max
  std::int64_t clean_nights = 0;     ///< of the series that has fewest, since the case entered
  bool steady = false;               ///< clean_nights >= clean_runs_required: it may leave
};
constexpr int stay_series_max = 20;
StayNumbers measure_stay(db::Connection& connection, const Policies& policies, std::string_view project_name,
                         const store::Quarantine& stay);

}  // namespace perftrend::triage
