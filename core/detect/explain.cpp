// The words of a verdict. Numbers come from the judgement alone, so that text and band can never disagree.

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/detect/verdict.h"

namespace perftrend::detect {

namespace {

std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

std::string quantity(double value, std::string_view unit) {
  std::string text = number(value);
  if (!unit.empty()) text.append(" ").append(unit);
  return text;
}

std::string percent(double relative, bool with_sign) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), with_sign ? "%+.3g %%" : "%.3g %%", 100 * relative);
  return text.data();
}

std::string seen(const Judgement& j, double value, std::string_view unit) {
  return quantity(value, unit) + " is " + percent(j.effect, true) + " (95 % interval " + percent(j.effect_low, true) +
         " to " + percent(j.effect_high, true) + ") from the centre " + quantity(j.centre, unit) + " of " +
         std::to_string(j.window_points) + " accepted points";
}

std::string band(const Judgement& j, std::string_view unit) {
  return "the band " + number(j.low) + " to " + quantity(j.high, unit) + " (spread " + quantity(j.spread, unit) + ")";
}

std::string reason(const Judgement& j, const Policy& policy, std::string_view unit) {
  const std::string word = j.verdict == Verdict::improved ? "Improved" : "Regressed";
  switch (j.rule) {
    case Rule::inside_band:
      return "inside " + band(j, unit) + ".";
    case Rule::below_minimum_effect:
      return "significant (p = " + number(j.p_value) + "), but below the minimum effect of " +
             percent(policy.minimum_effect, false) + ".";
    case Rule::seen_in_window:
      return "outside " + band(j, unit) + ", but the window itself holds values as far out.";
    case Rule::seen_before:
      return "outside " + band(j, unit) + ", but the series went as far more than once lately and did not stay there.";
    case Rule::beyond_band:
      return "outside " + band(j, unit) + ", p = " + number(j.p_value) + ". " + word + " by this point alone.";
    case Rule::level_shift:
      return "and the points before it agree. " + word + ": together they show a new level.";
    default:
      return "";
  }
}

}  // namespace

std::string explain(const Judgement& judgement, const Policy& policy, double value, std::string_view unit) {
  const Judgement& j = judgement;
  std::string text;
  if (j.rule == Rule::suspect_point) {
    text = "Not judged: the machine was not quiet when " + quantity(value, unit) + " was measured.";
  } else if (j.rule == Rule::too_few_points) {
    text = "Not judged: the segment has " + std::to_string(j.window_points) + " accepted points and needs " +
           std::to_string(policy.minimum_points) + ".";
  } else {
    text = seen(j, value, unit) + ": " + reason(j, policy, unit);
    if (j.minimum_detectable_effect > 0) {
      text += " The smallest change one point can show here is " + percent(j.minimum_detectable_effect, false) + ".";
    }
  }
  if (j.outside_limits) text += " The value is outside the expected range of the policy.";
  return text;
}

}  // namespace perftrend::detect
