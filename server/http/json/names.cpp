#include "server/http/json/names.h"

#include <array>

#include "server/store/regressions.h"

namespace perftrend::http {
namespace {

constexpr std::array<std::string_view, 5> status_names = {"passed", "failed", "errored", "skipped", "notrun"};
constexpr std::array<std::string_view, 5> verdict_names = {"ok", "improved", "regressed", "suspect", "too_few"};

}  // namespace

std::string_view status_name(CaseStatus status) {
  return status_names.at(static_cast<std::size_t>(status));
}

std::optional<CaseStatus> parse_status(std::string_view name) {
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (status_names.at(i) == name) return static_cast<CaseStatus>(i);
  }
  return std::nullopt;
}

std::string_view verdict_name(Verdict verdict) {
  return verdict_names.at(static_cast<std::size_t>(verdict));
}

std::optional<FindingState> parse_state(std::string_view name) {
  for (const auto state : {FindingState::suspected, FindingState::confirmed, FindingState::acknowledged,
                           FindingState::fixed, FindingState::dismissed, FindingState::noted, FindingState::closed}) {
    if (store::state_name(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view better_name(Better better) {
  return better == Better::lower ? "lower" : "higher";
}

std::string_view direction_name(bool is_worse) {
  return is_worse ? "worse" : "better";
}

}  // namespace perftrend::http
