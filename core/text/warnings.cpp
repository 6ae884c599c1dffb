#include "core/text/warnings.h"

#include <fmt/format.h>

#include <utility>

namespace perftrend::text {

std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  constexpr std::string_view ellipsis = "\xE2\x80\xA6";
  std::size_t end = bytes_max > ellipsis.size() ? bytes_max - ellipsis.size() : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return std::string(text.substr(0, end)).append(ellipsis);
}

std::vector<std::string> Warnings::release() {
  if (dropped_ > 0) list_.push_back(fmt::format("{} more warnings", std::exchange(dropped_, 0)));
  return std::exchange(list_, {});
}

}  // namespace perftrend::text
