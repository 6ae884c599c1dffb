#include "runner/report/time_text.h"

#include <fmt/format.h>

namespace perftrend::runner {

std::string format_ms(double value_ms) {
  return value_ms >= 0.1 ? fmt::format("{:.2f}ms", value_ms) : fmt::format("{:.2g}ms", value_ms);
}

std::string_view display_name(std::string_view metric) {
  return metric.substr(0, metric.rfind('_'));
}

}  // namespace perftrend::runner
