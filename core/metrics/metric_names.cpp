#include "core/metrics/metric_names.h"

#include <algorithm>

#include "core/metrics/facts.h"
#include "core/text/glob.h"

namespace perftrend::metrics {

MetricName split_label(std::string_view name) {
  if (name.empty() || name.back() != ']') return {name, {}};
  const std::size_t open = name.find('[');
  if (open == 0 || open == std::string_view::npos || open + 2 == name.size()) return {name, {}};
  return {name.substr(0, open), name.substr(open)};
}

NameFilter::NameFilter(const std::vector<std::string>& take, const std::vector<std::string>& leave)
    : take_(take), leave_(leave), take_any_(take.empty() || std::find(take.begin(), take.end(), "*") != take.end()) {}

NameFilter::Choice NameFilter::choose(std::string_view metric) const {
  const auto matches = [&](const std::string& pattern) { return text::matches_glob(pattern, metric); };
  if (std::any_of(leave_.begin(), leave_.end(), matches)) return Choice::left;
  const auto names = [&](const std::string& pattern) { return pattern != "*" && matches(pattern); };
  if (std::any_of(take_.begin(), take_.end(), names)) return Choice::taken;
  return take_any_ ? Choice::by_name : Choice::left;
}

bool NameFilter::is_taken(std::string_view metric) const {
  const Choice choice = choose(metric);
  return choice == Choice::taken || (choice == Choice::by_name && classify_fact(metric) == FactKind::metric);
}

}  // namespace perftrend::metrics
