#include "core/text/warnings.h"

#include <fmt/format.h>

#include <utility>

namespace perftrend::text {

std::vector<std::string> Warnings::release() {
  if (dropped_ > 0) list_.push_back(fmt::format("{} more warnings", std::exchange(dropped_, 0)));
  return std::exchange(list_, {});
}

}  // namespace perftrend::text
