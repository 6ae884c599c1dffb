#include "server/triage/quarantine.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "server/store/audit.h"

namespace perftrend::triage {
namespace {

using store::Quarantine;

std::string day_of(std::int64_t us) {
  return date::format("%F", date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(us)));
}

void add_step(db::Connection& connection, const Quarantine& stay, std::string_view action, std::string_view actor,
              std::string_view note, std::int64_t now_us) {
  store::add_audit(connection,
                   {0, stay.project, now_us, std::string(actor), "quarantine", stay.id, std::string(action),
                    action == "entered" ? "" : "in", action == "left" ? "left" : "in", std::string(note), ""});
}

Quarantine enter(db::Connection& connection, Quarantine stay, std::int64_t now_us) {
  stay.entered_us = now_us;
  stay.entered_run = store::newest_run_id(connection, stay.project);
  stay.id = store::save_quarantine(connection, stay);
  if (store::is_muting(stay)) store::set_alerting(connection, stay.case_id, false);
  add_step(connection, stay, "entered", stay.entered_by, stay.reason, now_us);
  return stay;
}

/// Sets all regressions of the case to alert; the next judgement corrects those of informational metrics.
void let_go(db::Connection& connection, Quarantine& stay, std::string_view reason, std::string_view actor,
            std::int64_t now_us) {
  stay.left_us = now_us;
  stay.left_by = actor;
  stay.left_reason = reason;
  store::save_quarantine(connection, stay);
  store::set_alerting(connection, stay.case_id, true);
  add_step(connection, stay, "left", actor, reason, now_us);
}

std::optional<std::string> find_fault(const StayText& text) {
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

bool says_the_same(const Quarantine& stay, const QuarantineRequest& request) {
  return stay.reason == request.reason && stay.owner == request.owner && stay.expires_us == request.expires_us;
}

/// A person ended the quarantine and the scenario still requests the same: the person's decision holds.
bool was_ended_by_person(const std::optional<Quarantine>& newest, const QuarantineRequest& request) {
  return newest && newest->left_us && newest->source == "scenario" && newest->left_by != store::own_name &&
         says_the_same(*newest, request);
}

/// Suspicions from before a person ended the quarantine do not count.
bool is_noisy(db::Connection& connection, const JudgedSeries& judged) {
  const auto& steadiness = judged.steadiness;
  if (steadiness.withdrawn < noise_withdrawn || !steadiness.withdrawn_lately) return false;
  const auto newest = store::find_newest_stay(connection, judged.series.case_id);
  if (!newest || !newest->left_us || newest->left_by == store::own_name) return true;
  return std::count_if(steadiness.withdrawn_at_us.begin(), steadiness.withdrawn_at_us.end(),
                       [&](std::int64_t at_us) { return at_us > *newest->left_us; }) >= noise_withdrawn;
}

void enter_by_noise(db::Connection& connection, Id project, const JudgedSeries& noisy, std::int64_t now_us) {
  Quarantine stay;
  stay.project = project;
  stay.case_id = noisy.series.case_id;
  stay.source = "noise";
  stay.reason =
      fmt::format("{} suspicions of {} on {} came to nothing in its newest {} points; one point can show {:.3g} %",
                  noisy.steadiness.withdrawn, noisy.series.key.metric, noisy.series.key.testbed,
                  std::min(noisy.points, steadiness_points), 100 * noisy.steadiness.minimum_detectable_effect);
  stay.entered_by = store::own_name;
  stay.clean_runs_required = clean_runs_default;
  enter(connection, stay, now_us);
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
    auto stay = store::find_stay(connection, *case_id);
    if (!stay && was_ended_by_person(store::find_newest_stay(connection, *case_id), request)) continue;
    if (!stay) {
      Quarantine entering;
      entering.project = project;
      entering.case_id = *case_id;
      entering.source = "scenario";
      entering.reason = request.reason;
      entering.owner = request.owner;
      entering.expires_us = request.expires_us;
      entering.entered_by = store::own_name;
      entering.clean_runs_required = clean_runs_default;
      enter(connection, entering, now_us);
    } else if (stay->source == "scenario" && !says_the_same(*stay, request)) {
      stay->reason = request.reason;
      stay->owner = request.owner;
      stay->expires_us = request.expires_us;
      store::save_quarantine(connection, *stay);
      add_step(connection, *stay, "renewed", store::own_name, "its scenario says so", now_us);
    }
  }
  for (const auto& key : measured()) {
    const auto case_id = store::find_case(connection, project, key);
    if (!case_id || stated.contains(*case_id)) continue;
    auto stay = store::find_stay(connection, *case_id);
    if (stay && stay->source == "scenario") {
      let_go(connection, *stay, "its scenario no longer says so", store::own_name, now_us);
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
    auto stay = store::find_stay(connection, case_id);
    if (!stay && each.alerting && is_noisy(connection, each)) {
      enter_by_noise(connection, project, each, now_us);
      changed = true;
    } else if (stay && stay->source == "noise") {
      const auto runs = clean_since(each.steadiness, stay->entered_run);
      const auto [known, first] = clean.emplace(case_id, runs);
      if (!first) known->second = std::min(known->second, runs);
    }
  }
  for (const auto& [case_id, runs] : clean) {
    auto stay = store::find_stay(connection, case_id);
    if (stay && runs >= stay->clean_runs_required) {
      let_go(connection, *stay, fmt::format("{} clean runs", runs), store::own_name, now_us);
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
    const auto stay = store::find_stay(connection, case_id);
    if (!stay || !stay->expires_us || *stay->expires_us >= now_us) continue;
    warnings.push_back(fmt::format(
        "the quarantine of {} expired on {} (owner: {}) and lasts all the same. Renew it with a new date, or end it.",
        stay->key.name, day_of(*stay->expires_us), stay->owner.empty() ? "no one" : stay->owner));
  }
  return warnings;
}

tl::expected<Quarantine, QuarantineRefusal> enter_by_hand(db::Connection& connection, Id project, const CaseKey& key,
                                                          const StayText& text, std::string_view actor,
                                                          std::int64_t now_us) {
  if (auto fault = find_fault(text)) return refuse(false, std::move(*fault));
  const auto case_id = store::find_case(connection, project, key);
  if (!case_id) return refuse(false, "the project has no such case");
  if (store::find_stay(connection, *case_id)) return refuse(true, "the case is in quarantine already");
  Quarantine stay;
  stay.project = project;
  stay.case_id = *case_id;
  stay.key = key;
  stay.source = "hand";
  stay.reason = text.reason;
  stay.owner = text.owner;
  stay.expires_us = text.expires_us;
  stay.clean_runs_required = text.clean_runs_required;
  stay.entered_by = actor;
  return enter(connection, std::move(stay), now_us);
}

tl::expected<Quarantine, QuarantineRefusal> renew(db::Connection& connection, Quarantine stay, const StayText& text,
                                                  std::string_view actor, std::int64_t now_us) {
  if (stay.left_us) return refuse(true, "this stay is over");
  if (auto fault = find_fault(text)) return refuse(false, std::move(*fault));
  stay.reason = text.reason;
  stay.owner = text.owner;
  stay.expires_us = text.expires_us;
  stay.clean_runs_required = text.clean_runs_required;
  store::save_quarantine(connection, stay);
  add_step(connection, stay, "renewed", actor, text.reason, now_us);
  return stay;
}

tl::expected<Quarantine, QuarantineRefusal> leave(db::Connection& connection, Quarantine stay, std::string_view reason,
                                                  std::string_view actor, std::int64_t now_us) {
  if (stay.left_us) return refuse(true, "this stay is over");
  if (reason.size() > quarantine_text_bytes_max) {
    return refuse(false, fmt::format("a reason has at most {} bytes", quarantine_text_bytes_max));
  }
  let_go(connection, stay, reason.empty() ? "by hand" : reason, actor, now_us);
  return stay;
}

StayNumbers measure_stay(db::Connection& connection, const Policies& policies, std::string_view project_name,
                         const Quarantine& stay) {
  StayNumbers numbers;
  bool first = true;
  for (const auto& series : store::list_series_keys(connection, stay.project, stay.case_id, 0, stay_series_max)) {
    auto judged = judge_series(connection, policies, project_name, series, 0);
    const auto runs = clean_since(judged.steadiness, stay.entered_run);
    numbers.clean_runs = first ? runs : std::min(numbers.clean_runs, runs);
    first = false;
    numbers.series.push_back(std::move(judged));
  }
  numbers.steady = !first && numbers.clean_runs >= stay.clean_runs_required;
  return numbers;
}

}  // namespace perftrend::triage
