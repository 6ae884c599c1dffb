#include "core/text/similarity.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace perftrend::text {

double similarity(std::string_view a, std::string_view b) {
  constexpr std::size_t bytes_max = 200;
  a = a.substr(0, bytes_max);
  b = b.substr(0, bytes_max);
  if (a.empty() && b.empty()) return 1;
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const char of_a : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto above = row[j + 1];
      row[j + 1] = of_a == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return 2 * static_cast<double>(row.back()) / static_cast<double>(a.size() + b.size());
}

}  // namespace perftrend::text
