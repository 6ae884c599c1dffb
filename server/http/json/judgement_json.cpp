#include "server/http/json/judgement_json.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/http/json/names.h"

namespace perftrend::http {
namespace {

constexpr std::array<std::string_view, 9> rule_names = {
    "suspect_point", "too_few_points", "inside_band", "below_minimum_effect", "seen_in_window",
    "seen_before",   "beyond_band",    "level_shift", "environment_changed"};

std::optional<double> only_if(bool condition, double number) {
  return condition ? std::optional(number) : std::nullopt;
}

/// The values beyond which this point alone would have been flagged.
void write_needed(JsonWriter& out, const detect::Judgement& judged, const detect::Policy& policy) {
  const bool has_band = judged.window_points >= policy.minimum_points && judged.rule != detect::Rule::too_few_points;
  out.member("below", only_if(has_band, judged.low));
  out.member("above", only_if(has_band, judged.high));
  out.member("more_points", std::max(0, policy.minimum_points - judged.window_points));
}

}  // namespace

void write_members(JsonWriter& out, const VersionedPolicy& by) {
  const auto& policy = by.policy;
  out.member("version", by.version);
  out.member("window_points", policy.window_points);
  out.member("minimum_points", policy.minimum_points);
  out.member("minimum_effect", policy.minimum_effect);
  out.member("significance", policy.significance);
  out.member("better", better_name(policy.better));
  out.member("floor", policy.floor);
  out.member("share", policy.share);
  out.member("confirm_points", policy.confirm_points);
  out.member("confirm_within", policy.confirm_within);
  out.member("limit_low", policy.limit_low);
  out.member("limit_high", policy.limit_high);
}

void write_members(JsonWriter& out, const ExplainedPoint& point) {
  const auto& judged = point.judged;
  const bool has_baseline = judged.window_points > 0;
  const auto baseline_member = [&](std::string_view name, double number) {
    out.member(name, only_if(has_baseline, number));
  };
  out.member("verdict", verdict_name(judged.verdict));
  out.member("rule", rule_names.at(static_cast<std::size_t>(judged.rule)));
  out.member("explanation", detect::explain(judged, point.by.policy, point.value, point.unit));
  out.member("value", point.value);
  out.member("unit", point.unit);
  out.member("window_points", judged.window_points);
  baseline_member("centre", judged.centre);
  baseline_member("spread", judged.spread);
  baseline_member("low", judged.low);
  baseline_member("high", judged.high);
  baseline_member("effect", judged.effect);
  baseline_member("effect_low", judged.effect_low);
  baseline_member("effect_high", judged.effect_high);
  baseline_member("p_value", judged.p_value);
  out.member("minimum_detectable_effect",
             only_if(judged.minimum_detectable_effect > 0, judged.minimum_detectable_effect));
  out.member("outside_limits", judged.outside_limits);
  out.object("needed", [&] { write_needed(out, judged, point.by.policy); });
  out.member("policy", point.by);
}

}  // namespace perftrend::http
