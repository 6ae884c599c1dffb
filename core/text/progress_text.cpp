#include "core/text/progress_text.h"

#include <fmt/format.h>

namespace perftrend::text {

std::string progress_text(std::size_t done, std::size_t total, double seconds) {
  constexpr std::size_t cells = 30;
  const std::size_t full = total == 0 ? cells : done * cells / total;
  const double left = done == 0 ? 0 : seconds / static_cast<double>(done) * static_cast<double>(total - done);
  return fmt::format("[{}{}] {} of {}, {:.0f} s left", std::string(full, '#'), std::string(cells - full, '.'), done,
                     total, left);
}

}  // namespace perftrend::text
