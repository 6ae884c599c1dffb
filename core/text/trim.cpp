#include "core/text/trim.h"

namespace perftrend::text {

std::string_view beginning(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end);
}

std::string shortened(std::string_view text, std::size_t bytes_max, std::string_view mark) {
  if (text.size() <= bytes_max) return std::string(text);
  return std::string(beginning(text, bytes_max - std::min(bytes_max, mark.size()))).append(mark);
}

}  // namespace perftrend::text
