#include "server/http/json/judgement_json.h"

#include <algorithm>
#include <array>

namespace perftrend::http {
namespace {

constexpr std::array<std::string_view, 8> rule_names = {"suspect_point",        "too_few_points", "inside_band",
                                                        "below_minimum_effect", "seen_in_window", "seen_before",
                                                        "beyond_band",          "level_shift"};

/// Where this point would have been flagged by itself.
Json needed_json(const detect::Judgement& judged, const detect::Policy& policy) {
  const bool has_band = judged.window_points >= policy.minimum_points && judged.rule != detect::Rule::too_few_points;
  const auto number = [&](double value) { return has_band ? Json(value) : Json(nullptr); };
  return {{"below", number(judged.low)},
          {"above", number(judged.high)},
          {"more_points", std::max(0, policy.minimum_points - judged.window_points)}};
}

}  // namespace

Json policy_json(const detect::Policy& policy, std::int64_t version) {
  const auto limit = [](std::optional<double> value) { return value ? Json(*value) : Json(nullptr); };
  return {{"version", version},
          {"window_points", policy.window_points},
          {"minimum_points", policy.minimum_points},
          {"minimum_effect", policy.minimum_effect},
          {"significance", policy.significance},
          {"better", policy.better == Better::lower ? "lower" : "higher"},
          {"floor", policy.floor},
          {"confirm_points", policy.confirm_points},
          {"confirm_within", policy.confirm_within},
          {"limit_low", limit(policy.limit_low)},
          {"limit_high", limit(policy.limit_high)}};
}

Json judgement_json(const detect::Judgement& judged, const detect::Policy& policy, double value, std::string_view unit,
                    std::int64_t version) {
  const bool has_baseline = judged.window_points > 0;
  const auto number = [&](double of_baseline) { return has_baseline ? Json(of_baseline) : Json(nullptr); };
  return {{"verdict", verdict_name(judged.verdict)},
          {"rule", rule_names.at(static_cast<std::size_t>(judged.rule))},
          {"explanation", detect::explain(judged, policy, value, unit)},
          {"value", value},
          {"unit", unit},
          {"window_points", judged.window_points},
          {"centre", number(judged.centre)},
          {"spread", number(judged.spread)},
          {"low", number(judged.low)},
          {"high", number(judged.high)},
          {"effect", number(judged.effect)},
          {"effect_low", number(judged.effect_low)},
          {"effect_high", number(judged.effect_high)},
          {"p_value", number(judged.p_value)},
          {"minimum_detectable_effect",
           judged.minimum_detectable_effect > 0 ? Json(judged.minimum_detectable_effect) : Json(nullptr)},
          {"outside_limits", judged.outside_limits},
          {"needed", needed_json(judged, policy)},
          {"policy", policy_json(policy, version)}};
}

}  // namespace perftrend::http
