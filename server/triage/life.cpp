#include "server/triage/life.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/store/audit.h"

namespace perftrend::triage {
namespace {

constexpr std::array<std::string_view, 5> dismissal_reasons = {"false_alarm", "expected", "wont_fix", "duplicate",
                                                               "other"};

tl::unexpected<ActionRefusal> refuse(std::string cause) {
  return tl::unexpected(ActionRefusal{false, std::move(cause)});
}

tl::unexpected<ActionRefusal> refuse_state(std::string_view action, FindingState state) {
  return tl::unexpected(
      ActionRefusal{true, fmt::format("{} is not possible: it is {}", action, store::state_name(state))});
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

/// What a page can show as a link: the scheme, something after it, and no space.
bool is_web_address(std::string_view link) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (link.starts_with(scheme)) {
      return link.size() > scheme.size() && link.find_first_of(" \t\n") == std::string_view::npos;
    }
  }
  return false;
}

std::optional<std::string> find_fault(const Action& action) {
  for (const auto& [name, text] : {std::pair("note", &action.note), std::pair("link", &action.link),
                                   std::pair("assignee", &action.assignee), std::pair("reason", &action.reason)}) {
    if (text->size() > step_text_bytes_max) return fmt::format("{} is longer than {} bytes", name, step_text_bytes_max);
  }
  if (!action.link.empty() && !is_web_address(action.link)) {
    return "link must begin with https:// or http:// and have no spaces";
  }
  if (action.action == "comment" && is_blank(action.note) && action.link.empty())
    return "a comment needs a note or a link";
  if (action.action != "dismiss" && !action.reason.empty()) return "only a dismissal has a reason; say it in the note";
  if (action.action != "assign" && action.action != "acknowledge" && !action.assignee.empty()) {
    return "an assignee is given with assign or acknowledge";
  }
  if (action.action == "dismiss" &&
      std::find(dismissal_reasons.begin(), dismissal_reasons.end(), action.reason) == dismissal_reasons.end()) {
    return "a dismissal needs a reason: false_alarm, expected, wont_fix, duplicate or other";
  }
  return std::nullopt;
}

}  // namespace

FindingState next_state(const store::RegressionRecord& record, FindingState found, Id decided_run) {
  if (record.held_run && store::is_open(record.state)) {
    const bool returned_since = found == FindingState::fixed && decided_run > *record.held_run;
    return returned_since ? found : record.state;
  }
  if (record.state == FindingState::dismissed) return record.state;
  if (record.state == FindingState::acknowledged && store::is_unresolved(found)) return record.state;
  return found;
}

tl::expected<store::RegressionRecord, ActionRefusal> take_action(store::RegressionRecord record, const Action& action,
                                                                 std::string_view actor, Id newest_run) {
  if (auto fault = find_fault(action)) return refuse(std::move(*fault));
  const bool is_unresolved = store::is_unresolved(record.state);
  if (action.action == "acknowledge") {
    if (!is_unresolved) return refuse_state("acknowledge", record.state);
    record.state = FindingState::acknowledged;
    record.reason = "acknowledged";
    record.decided_by = actor;
    if (!action.assignee.empty()) record.assignee = action.assignee;
  } else if (action.action == "dismiss") {
    if (record.state == FindingState::dismissed) return refuse_state("dismiss", record.state);
    record.state = FindingState::dismissed;
    record.reason = action.reason;
    record.decided_by = actor;
    record.held_run.reset();
  } else if (action.action == "reopen") {
    if (is_unresolved || record.kind == store::FindingKind::environment) return refuse_state("reopen", record.state);
    record.held_run = newest_run;
    record.state = FindingState::confirmed;
    record.reason = "reopened";
    record.decided_by = actor;
  } else if (action.action == "assign") {
    record.assignee = action.assignee;
  } else if (action.action != "comment") {
    return refuse("action must be acknowledge, dismiss, reopen, assign or comment");
  }
  if (!is_blank(action.note)) record.note = action.note;
  if (!action.link.empty()) record.link = action.link;
  return record;
}

namespace {

constexpr auto reason_texts = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"suspected", "one point is outside the normal range"},
    {"confirmed", "the next points are on the new level as well"},
    {"trend", "a slow drift: no single step explains it"},
    {"acknowledged", "a person acknowledged it"},
    {"reopened", "a person reopened it"},
    {"returned", "the level returned"},
    {"drift_ended", "the drift ended, or a single step explains it"},
    {"not_confirmed", "not confirmed: the next points returned to the old level"},
    {"expected_by_chance", "chance alone explains it among so many series of one run"},
    {"withdrawn", "withdrawn: a new judgement with other runs or another policy no longer finds it"},
    {"baseline_restarted", "a person restarted the baseline after it"},
    {"lane_ended", "a person ended its testbed or branch"},
    {"lane_silent", "its testbed or branch has ended: other runs went on and it had none"},
    {"branch_short_lived", "its branch is not long-lived: it is judged against its base"},
    {"environment_changed", "the step begins with another environment"},
    {"false_alarm", "a person dismissed it as a false alarm"},
    {"expected", "a person dismissed it: the change was expected"},
    {"wont_fix", "a person dismissed it: it is real and will not be fixed"},
    {"duplicate", "a person dismissed it as a duplicate"},
    {"other", "a person dismissed it for another reason"},
});

}  // namespace

std::string_view describe_reason(std::string_view reason) {
  const auto* const found =
      std::find_if(reason_texts.begin(), reason_texts.end(), [&](const auto& each) { return each.first == reason; });
  return found == reason_texts.end() ? "" : found->second;
}

std::vector<std::string_view> list_reasons() {
  std::vector<std::string_view> reasons;
  for (const auto& [reason, text] : reason_texts)
    reasons.push_back(reason);
  return reasons;
}

}  // namespace perftrend::triage
