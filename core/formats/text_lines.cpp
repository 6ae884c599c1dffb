#include <algorithm>

#include "core/formats/text_formats.h"

namespace perftrend::formats {

bool Lines::next(std::string_view& line) {
  if (left_.empty()) return false;
  const std::size_t end = std::min(left_.find('\n'), left_.size());
  line = left_.substr(0, end);
  left_.remove_prefix(std::min(end + 1, left_.size()));
  while (line.ends_with('\r'))
    line.remove_suffix(1);
  line.remove_prefix(line.rfind('\r') + 1);
  return true;
}

std::string without_colours(const junit::Text& text) {
  if (text.controls_replaced == 0) return text.utf8;
  constexpr std::string_view parameters = "0123456789;?";
  std::string plain;
  plain.reserve(text.utf8.size());
  std::string_view left = text.utf8;
  for (std::size_t at = left.find("^["); at != std::string_view::npos; at = left.find("^[")) {
    plain.append(left.substr(0, at));
    left.remove_prefix(at + 2);
    // "^[0;32m", "^[K": parameters and one letter.
    left.remove_prefix(std::min(std::min(left.find_first_not_of(parameters), left.size()) + 1, left.size()));
  }
  return plain.append(left);
}

}  // namespace perftrend::formats
