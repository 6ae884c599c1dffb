#include "server/db/id_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace perftrend::db {
namespace {

/// Numbers of ids in one statement. Both engines accept more parameters than the largest.
constexpr std::array<std::size_t, 5> part_sizes = {4, 16, 64, 256, 1024};

/// "($first, …)" with `count` places. There are few different ones, and each is long: they are made once.
const std::string& find_places(std::size_t count, int first) {
  thread_local std::map<std::pair<std::size_t, int>, std::string> known;
  auto& places = known[{count, first}];
  if (!places.empty()) return places;
  for (std::size_t i = 0; i < count; ++i)
    places += fmt::format("{}${}", i == 0 ? "(" : ", ", first + static_cast<int>(i));
  return places += ")";
}

}  // namespace

void for_each_part(std::span<const std::int64_t> ids, int first,
                   const std::function<void(const std::string& places, std::span<const std::int64_t> part)>& work) {
  while (!ids.empty()) {
    const auto* const fits =
        std::find_if(part_sizes.begin(), part_sizes.end(), [&](std::size_t size) { return size >= ids.size(); });
    const std::size_t size = fits == part_sizes.end() ? part_sizes.back() : *fits;
    const auto taken = ids.first(std::min(size, ids.size()));
    ids = ids.subspan(taken.size());
    if (taken.size() == size) {
      work(find_places(size, first), taken);
      continue;
    }
    std::vector<std::int64_t> padded(taken.begin(), taken.end());
    padded.resize(size, taken.back());
    work(find_places(size, first), padded);
  }
}

}  // namespace perftrend::db
