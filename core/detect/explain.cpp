// The text of a verdict. All numbers come from the judgement, so that text and band never disagree.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/detect/verdict.h"

namespace perftrend::detect {

namespace {

std::string format(const char* pattern, double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), pattern, value);
  return text.data();
}

/// Four digits, but whole numbers are not cut: "12.43", "0.0001506", "123457". Spreads of equal values are a few of the
/// smallest doubles and print as 0.
std::string number(double value) {
  const double size = std::abs(value);
  if (size < 1e-300) return "0";
  return format(size >= 1e4 && size < 1e15 ? "%.0f" : "%.4g", value);
}

/// "10.10" of 10.1 and 2 decimals; never "-0".
std::string fixed(double value, std::size_t decimals) {
  std::string text = format(("%." + std::to_string(decimals) + "f").c_str(), value);
  if (text.find_first_of("123456789") == std::string::npos && text.starts_with('-')) text.erase(0, 1);
  return text;
}

std::size_t decimals_of(const std::string& text) {
  const auto dot = text.find('.');
  return dot == std::string::npos ? 0 : text.size() - dot - 1;
}

/// Both ends with the same decimals, so many that the larger one has four digits: "9.60-10.61", "-42 to -38"; one
/// number if they print alike.
std::string range(double low, double high) {
  std::string from = number(low), to = number(high);
  const double largest = std::max(std::abs(low), std::abs(high));
  if (largest >= 1e-300 && (from + to).find('e') == std::string::npos) {
    const auto decimals_max = static_cast<std::size_t>(std::max(0.0, 3 - std::floor(std::log10(largest))));
    const std::size_t decimals = std::min(decimals_max, std::max(decimals_of(from), decimals_of(to)));
    from = fixed(low, decimals);
    to = fixed(high, decimals);
  }
  return from == to ? to : from + (from.starts_with('-') ? " to " : "-") + to;
}

std::string quantity(double value, std::string_view unit) {
  std::string text = number(value);
  if (!unit.empty()) text.append(" ").append(unit);
  return text;
}

std::string signed_percent(double relative) {
  return format("%+.3g %%", 100 * relative);
}

std::string percent(double relative) {
  return format("%.3g %%", 100 * relative);
}

/// Two digits, whole from 10 % on: "18 %", "3.2 %", "240 %".
std::string rounded_percent(double relative) {
  const double size = 100 * std::abs(relative);
  return format(size >= 10 && size < 1e6 ? "%.0f %%" : "%.2g %%", size);
}

bool is_time(std::string_view unit) {
  constexpr std::array<std::string_view, 5> times = {"ns", "us", "ms", "s", "min"};
  return std::find(times.begin(), times.end(), unit) != times.end();
}

std::string_view direction(const Judgement& j, std::string_view unit) {
  if (is_time(unit)) return j.effect > 0 ? "slower" : "faster";
  return j.effect > 0 ? "higher" : "lower";
}

/// "18 % slower than usual: 15.4 ms, normally 12.4-13.8 ms."
std::string comparison(const Judgement& j, double value, std::string_view unit) {
  std::string text = "As usual: " + quantity(value, unit);
  if (j.rule != Rule::inside_band && j.effect != 0) {
    text = j.centre == 0  // percentages of 0 do not exist
               ? "From 0 to " + quantity(value, unit)
               : rounded_percent(j.effect) + " " + std::string(direction(j, unit)) +
                     " than usual: " + quantity(value, unit);
  }
  text += ", normally " + range(j.low, j.high);
  if (!unit.empty()) text.append(" ").append(unit);
  return text + ".";
}

bool is_near_ceiling(const Policy& policy, double centre) {
  return relevant_change(policy, centre) < policy.minimum_effect * std::abs(centre);
}

/// " Distance from 100 percent: 4 instead of 0.8.", where a share is close enough to its ceiling.
std::string ceiling_distance(const Judgement& j, const Policy& policy, double value, std::string_view unit) {
  if (j.centre == 0 || !is_near_ceiling(policy, j.centre)) return "";
  const double ceiling = j.centre > 1 ? 100 : 1;
  return " Distance from " + quantity(ceiling, unit) + ": " + number(ceiling - value) + " instead of " +
         number(ceiling - j.centre) + ".";
}

/// Why the verdict is what it is, with a space before it; empty when the comparison says it.
std::string reason(const Judgement& j, const Policy& policy) {
  const std::string flag = j.verdict == Verdict::improved ? " Improved: " : " Regressed: ";
  const std::string p_value = " (p = " + number(j.p_value) + ")";
  switch (j.rule) {
    case Rule::below_minimum_effect:
      if (is_near_ceiling(policy, j.centre))
        return " Not flagged: significant" + p_value + ", but smaller than " +
               number(relevant_change(policy, j.centre)) + ", the change that matters this close to the ceiling.";
      return " Not flagged: significant" + p_value + ", but below the " + percent(policy.minimum_effect) +
             " minimum effect.";
    case Rule::seen_in_window:
      return " Not flagged: the baseline itself has values this far out.";
    case Rule::seen_before:
      return " Not flagged: the series has had excursions this large before and returned each time.";
    case Rule::beyond_band:
      return flag + "this point alone is outside the normal range" + p_value + ".";
    case Rule::level_shift:
      return flag + "together with the points before it, it shows a new level.";
    case Rule::environment_changed:
      return " Environment changed: " + (j.centre == 0 ? "from 0" : signed_percent(j.effect)) +
             ". The step begins with another environment, so it is not a regression.";
    default:
      return "";
  }
}

std::string statistics(const Judgement& j, std::string_view unit) {
  const std::string baseline = quantity(j.centre, unit) + " of " + std::to_string(j.window_points) +
                               " accepted points, spread " + quantity(j.spread, unit) + ".";
  if (j.centre == 0) return " Centre " + baseline;
  std::string text = " Change " + signed_percent(j.effect) + " (95 % interval " + signed_percent(j.effect_low) +
                     " to " + signed_percent(j.effect_high) + ") from the centre " + baseline;
  if (j.minimum_detectable_effect > 0)
    text += " The smallest change that one point can show here is " + percent(j.minimum_detectable_effect) + ".";
  return text;
}

}  // namespace

std::string explain_environment(double before, double after, std::string_view unit) {
  const std::string change = before == 0 ? "" : signed_percent(relative_change(before, after)) + ", ";
  return "Environment changed: " + change + "from " + quantity(before, unit) + " to " + quantity(after, unit) +
         ". The step begins with the first run in another environment, so it is not a regression.";
}

std::string explain(const Judgement& judgement, const Policy& policy, double value, std::string_view unit) {
  std::string text;
  if (judgement.rule == Rule::suspect_point) {
    text = "Not judged: the machine was not quiet when " + quantity(value, unit) + " was measured.";
  } else if (judgement.rule == Rule::too_few_points) {
    text = "Not judged yet: the baseline has " + std::to_string(judgement.window_points) + " of the " +
           std::to_string(policy.minimum_points) + " accepted points that it needs.";
  } else {
    text = comparison(judgement, value, unit) + ceiling_distance(judgement, policy, value, unit) +
           reason(judgement, policy) + statistics(judgement, unit);
  }
  if (judgement.outside_limits) text += " The value is outside the expected range of the policy.";
  return text;
}

}  // namespace perftrend::detect
