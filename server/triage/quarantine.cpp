#include "server/triage/quarantine.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "server/store/audit.h"
#include "server/triage/lane_states.h"

namespace perftrend::triage {
namespace {

using store::QuarantineEntry;

std::string day_of(std::int64_t us) {
  return date::format("%F", date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us)));
}

void add_step(db::Connection& connection, const QuarantineEntry& entry, std::string_view action, std::string_view actor,
              std::string_view note, std::int64_t now_us) {
  store::add_audit(connection,
                   {0, entry.project, now_us, std::string(actor), "quarantine", entry.id, std::string(action),
                    action == "entered" ? "" : "in", action == "left" ? "left" : "in", std::string(note), ""});
}

QuarantineEntry enter(db::Connection& connection, QuarantineEntry entry, std::int64_t now_us) {
  entry.entered_us = now_us;
  entry.entered_run = store::newest_run_id(connection, entry.project);
  entry.id = store::save_quarantine(connection, entry);
  if (store::is_muting(entry)) store::set_alerting(connection, entry.case_id, false);
  add_step(connection, entry, "entered", entry.entered_by, entry.reason, now_us);
  return entry;
}

/// Sets all regressions of the case to alert; the next judgement corrects those of informational metrics.
void close_entry(db::Connection& connection, QuarantineEntry& entry, std::string_view reason, std::string_view actor,
                 std::int64_t now_us) {
  entry.left_us = now_us;
  entry.left_by = actor;
  entry.left_reason = reason;
  store::save_quarantine(connection, entry);
  store::set_alerting(connection, entry.case_id, true);
  add_step(connection, entry, "left", actor, reason, now_us);
}

std::optional<std::string> find_fault(const EntryText& text) {
  const auto is_blank = [](std::string_view said) { return said.find_first_not_of(" \t\n") == std::string_view::npos; };
  if (is_blank(text.reason)) return "a quarantine needs a reason";
  if (is_blank(text.owner)) return "a quarantine needs an owner";
  if (text.reason.size() > quarantine_text_bytes_max || text.owner.size() > quarantine_text_bytes_max) {
    return fmt::format("reason and owner have at most {} bytes", quarantine_text_bytes_max);
  }
  if (text.clean_runs_required < 1 || text.clean_runs_required > clean_runs_max) {
    return fmt::format("clean_runs_required must be from 1 to {}", clean_runs_max);
  }
  return std::nullopt;
}

tl::unexpected<QuarantineRefusal> refuse(bool conflict, std::string cause) {
  return tl::unexpected(QuarantineRefusal{conflict, std::move(cause)});
}

std::int64_t clean_since(const Steadiness& steadiness, Id entered_run) {
  return std::count_if(steadiness.clean_runs.begin(), steadiness.clean_runs.end(),
                       [&](Id run) { return run > entered_run; });
}

bool says_the_same(const QuarantineEntry& entry, const QuarantineRequest& request) {
  return entry.reason == request.reason && entry.owner == request.owner && entry.expires_us == request.expires_us;
}

/// A person ended the quarantine and the scenario still requests the same: the person's decision holds.
bool was_ended_by_person(const std::optional<QuarantineEntry>& newest, const QuarantineRequest& request) {
  return newest && newest->left_us && newest->source == "scenario" && newest->left_by != store::own_name &&
         says_the_same(*newest, request);
}

/// Suspicions from before a person ended the quarantine do not count.
bool is_noisy(db::Connection& connection, const JudgedSeries& judged) {
  const auto& steadiness = judged.steadiness;
  if (steadiness.withdrawn < noise_withdrawn || !steadiness.withdrawn_lately) return false;
  const auto newest = store::find_newest_entry(connection, judged.series.case_id);
  if (!newest || !newest->left_us || newest->left_by == store::own_name) return true;
  return std::count_if(steadiness.withdrawn_at_us.begin(), steadiness.withdrawn_at_us.end(),
                       [&](std::int64_t at_us) { return at_us > *newest->left_us; }) >= noise_withdrawn;
}

void enter_by_noise(db::Connection& connection, Id project, const JudgedSeries& noisy, std::int64_t now_us) {
  QuarantineEntry entry;
  entry.project = project;
  entry.case_id = noisy.series.case_id;
  entry.source = "noise";
  entry.reason =
      fmt::format("{} suspicions of {} on {} came to nothing in its newest {} points; one point can show {:.3g} %",
                  noisy.steadiness.withdrawn, noisy.series.key.metric, noisy.series.key.testbed,
                  std::min(noisy.points, steadiness_points), 100 * noisy.steadiness.minimum_detectable_effect);
  entry.entered_by = store::own_name;
  entry.clean_runs_required = clean_runs_default;
  enter(connection, entry, now_us);
}

}  // namespace

void apply_quarantine_requests(db::Connection& connection, Id project, Id run,
                               const std::vector<QuarantineRequest>& requests,
                               const std::function<std::vector<CaseKey>()>& measured,
                               store::QuarantinedCases& quarantined, std::int64_t now_us) {
  if (requests.empty() && quarantined.all.empty()) return;
  if (!store::is_newest_of_lane(connection, run)) return;
  std::set<Id> stated;
  for (const auto& request : requests) {
    const auto case_id = store::find_case(connection, project, request.key);
    if (!case_id) continue;  // a case without a point
    stated.insert(*case_id);
    auto entry = store::find_current_entry(connection, *case_id);
    if (!entry && was_ended_by_person(store::find_newest_entry(connection, *case_id), request)) continue;
    if (!entry) {
      QuarantineEntry entering;
      entering.project = project;
      entering.case_id = *case_id;
      entering.source = "scenario";
      entering.reason = request.reason;
      entering.owner = request.owner;
      entering.expires_us = request.expires_us;
      entering.entered_by = store::own_name;
      entering.stated_run = run;
      entering.clean_runs_required = clean_runs_default;
      enter(connection, entering, now_us);
      continue;
    }
    if (entry->source != "scenario") continue;
    entry->stated_run = run;
    if (says_the_same(*entry, request)) {
      store::save_quarantine(connection, *entry);
    } else {
      entry->reason = request.reason;
      entry->owner = request.owner;
      entry->expires_us = request.expires_us;
      store::save_quarantine(connection, *entry);
      add_step(connection, *entry, "renewed", store::own_name, "its scenario says so", now_us);
    }
  }
  for (const auto& key : measured()) {
    const auto case_id = store::find_case(connection, project, key);
    if (!case_id || stated.contains(*case_id)) continue;
    auto entry = store::find_current_entry(connection, *case_id);
    if (entry && entry->source == "scenario" && store::is_of_lane_of(connection, run, entry->stated_run.value_or(0))) {
      close_entry(connection, *entry, "its scenario no longer says so", store::own_name, now_us);
    }
  }
  quarantined = store::quarantined_cases(connection, project);
}

void update_quarantine(db::Connection& connection, Id project, const std::vector<JudgedSeries>& judged,
                       store::QuarantinedCases& quarantined, std::int64_t now_us) {
  std::map<Id, std::int64_t> clean;  // clean runs by case, of the entries that noise began
  bool changed = false;
  for (const auto& each : judged) {
    const Id case_id = each.series.case_id;
    if (each.steadiness.withdrawn < noise_withdrawn && !quarantined.all.contains(case_id)) continue;
    auto entry = store::find_current_entry(connection, case_id);
    if (!entry && each.alerting && is_noisy(connection, each)) {
      enter_by_noise(connection, project, each, now_us);
      changed = true;
    } else if (entry && entry->source == "noise") {
      const auto runs = clean_since(each.steadiness, entry->entered_run);
      const auto [known, first] = clean.emplace(case_id, runs);
      if (!first) known->second = std::min(known->second, runs);
    }
  }
  for (const auto& [case_id, runs] : clean) {
    auto entry = store::find_current_entry(connection, case_id);
    if (entry && runs >= entry->clean_runs_required) {
      close_entry(connection, *entry, fmt::format("{} clean runs", runs), store::own_name, now_us);
      changed = true;
    }
  }
  if (changed) quarantined = store::quarantined_cases(connection, project);
}

std::vector<std::string> expiry_warnings(db::Connection& connection, Id project, Id run, std::int64_t now_us) {
  std::vector<std::string> warnings;
  const auto quarantined = store::quarantined_cases(connection, project).all;
  if (quarantined.empty()) return warnings;
  std::set<Id> cases;
  for (const auto& series : store::list_run_series(connection, run))
    cases.insert(series.case_id);
  for (const Id case_id : cases) {
    if (!quarantined.contains(case_id)) continue;
    const auto entry = store::find_current_entry(connection, case_id);
    if (!entry || !entry->expires_us || *entry->expires_us >= now_us) continue;
    warnings.push_back(fmt::format(
        "the quarantine of {} expired on {} (owner: {}) and lasts all the same. Renew it with a new date, or end it.",
        entry->key.name, day_of(*entry->expires_us), entry->owner.empty() ? "no one" : entry->owner));
  }
  return warnings;
}

tl::expected<QuarantineEntry, QuarantineRefusal> enter_by_hand(db::Connection& connection, Id project,
                                                               const CaseKey& key, const EntryText& text,
                                                               std::string_view actor, std::int64_t now_us) {
  if (auto fault = find_fault(text)) return refuse(false, std::move(*fault));
  const auto case_id = store::find_case(connection, project, key);
  if (!case_id) return refuse(false, "the project has no such case");
  if (store::find_current_entry(connection, *case_id)) return refuse(true, "the case is in quarantine already");
  QuarantineEntry entry;
  entry.project = project;
  entry.case_id = *case_id;
  entry.key = key;
  entry.source = "hand";
  entry.reason = text.reason;
  entry.owner = text.owner;
  entry.expires_us = text.expires_us;
  entry.clean_runs_required = text.clean_runs_required;
  entry.entered_by = actor;
  return enter(connection, std::move(entry), now_us);
}

tl::expected<QuarantineEntry, QuarantineRefusal> renew(db::Connection& connection, QuarantineEntry entry,
                                                       const EntryText& text, std::string_view actor,
                                                       std::int64_t now_us) {
  if (entry.left_us) return refuse(true, "the quarantine entry has ended; put the case into quarantine again");
  if (auto fault = find_fault(text)) return refuse(false, std::move(*fault));
  entry.reason = text.reason;
  entry.owner = text.owner;
  entry.expires_us = text.expires_us;
  entry.clean_runs_required = text.clean_runs_required;
  store::save_quarantine(connection, entry);
  add_step(connection, entry, "renewed", actor, text.reason, now_us);
  return entry;
}

tl::expected<QuarantineEntry, QuarantineRefusal> leave(db::Connection& connection, QuarantineEntry entry,
                                                       std::string_view reason, std::string_view actor,
                                                       std::int64_t now_us) {
  if (entry.left_us) return refuse(true, "the quarantine entry has ended; put the case into quarantine again");
  if (reason.size() > quarantine_text_bytes_max) {
    return refuse(false, fmt::format("a reason has at most {} bytes", quarantine_text_bytes_max));
  }
  close_entry(connection, entry, reason.empty() ? "by hand" : reason, actor, now_us);
  return entry;
}

EntryNumbers measure_entry(db::Connection& connection, const Policies& policies, std::string_view project_name,
                           const QuarantineEntry& entry) {
  EntryNumbers numbers;
  bool first = true;
  const auto long_lived = find_long_lived(connection, policies, entry.project, project_name);
  for (const auto& series : store::list_series_keys(connection, entry.project, entry.case_id, 0, stay_series_max)) {
    if (long_lived.is_short_lived(series.key.branch)) continue;  // it neither begins nor ends a quarantine
    auto judged = judge_series(connection, policies, project_name, series, 0);
    const auto runs = clean_since(judged.steadiness, entry.entered_run);
    numbers.clean_runs = first ? runs : std::min(numbers.clean_runs, runs);
    first = false;
    numbers.series.push_back(std::move(judged));
  }
  numbers.steady = !first && numbers.clean_runs >= entry.clean_runs_required;
  return numbers;
}

}  // namespace perftrend::triage
