#include "core/junit/suite_report.h"

#include <date/date.h>

namespace perftrend::runner {

std::string to_rfc3339(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  if (seconds == time) return date::format("%FT%TZ", seconds);
  return date::format("%FT%TZ", time);
}

}  // namespace perftrend::runner
