#pragma once
// Quarantine: cases whose timing fails no build. Their points are stored and judged like all others. A case enters by
// its scenario (a property of the report), by hand, or by noise; in the last two cases its findings do not alert. It
// leaves when the scenario no longer says so, by hand, or, where noise brought it in, after clean runs. Expiry only
// warns.

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

/// Withdrawn suspicions among the newest steadiness_points of a series, one of them recent, that make it noisy: people
/// mute a tracker after its third false alarm. Those from before a person ended the case's quarantine do not count.
constexpr std::int64_t noise_withdrawn = 3;

/// Consecutive clean runs after which a case leaves, by default.
constexpr std::int64_t clean_runs_default = 14;
constexpr std::int64_t clean_runs_max = 1000;
constexpr std::size_t quarantine_text_bytes_max = 2000;

/// What a report requests for the quarantine of one of its cases.
struct QuarantineRequest {
  CaseKey key;
  std::string reason, owner;
  std::optional<std::int64_t> expires_us;
};

/// Applies a report's requests: cases enter, or their entry is renewed. A case of `measured` that entered by its
/// scenario and is no longer requested leaves if a run of the same testbed and branch was the last to request it:
/// another lane does not end what this one states. `measured` is called only where there is an entry or a request. An
/// entry that a person ended stays ended while the request is the same. A run that is not the newest of its testbed and
/// branch changes nothing. `quarantined` is what the project has now, before and after.
void apply_quarantine_requests(db::Connection& connection, Id project, Id run,
                               const std::vector<QuarantineRequest>& requests,
                               const std::function<std::vector<CaseKey>()>& measured,
                               store::QuarantinedCases& quarantined, std::int64_t now_us);

/// After a run was judged: noisy cases enter, and steady ones that entered by noise leave. `quarantined` is
/// what the project has now, before and after.
void update_quarantine(db::Connection& connection, Id project, const std::vector<JudgedSeries>& judged,
                       store::QuarantinedCases& quarantined, std::int64_t now_us);

/// Cases of the run whose quarantine has expired, a warning for each.
std::vector<std::string> expiry_warnings(db::Connection& connection, Id project, Id run, std::int64_t now_us);

/// What a person states about a quarantine entry.
struct EntryText {
  std::string reason, owner;
  std::optional<std::int64_t> expires_us;
  std::int64_t clean_runs_required = clean_runs_default;
};

struct QuarantineRefusal {
  bool conflict = false;  ///< the case is in quarantine already, or the entry is closed; else the request is invalid
  std::string cause;
};

tl::expected<store::QuarantineEntry, QuarantineRefusal> enter_by_hand(db::Connection& connection, Id project,
                                                                      const CaseKey& key, const EntryText& text,
                                                                      std::string_view actor, std::int64_t now_us);
tl::expected<store::QuarantineEntry, QuarantineRefusal> renew(db::Connection& connection, store::QuarantineEntry entry,
                                                              const EntryText& text, std::string_view actor,
                                                              std::int64_t now_us);
tl::expected<store::QuarantineEntry, QuarantineRefusal> leave(db::Connection& connection, store::QuarantineEntry entry,
                                                              std::string_view reason, std::string_view actor,
                                                              std::int64_t now_us);

/// How steady each series of the case is, and how many clean runs it has had since it entered.
struct EntryNumbers {
  std::vector<JudgedSeries> series;  ///< at most stay_series_max
  std::int64_t clean_runs = 0;       ///< of the series that has fewest, since the case entered
  bool steady = false;               ///< clean_runs >= clean_runs_required: it may leave
};
constexpr int stay_series_max = 20;
EntryNumbers measure_entry(db::Connection& connection, const Policies& policies, std::string_view project_name,
                           const store::QuarantineEntry& entry);

}  // namespace perftrend::triage
