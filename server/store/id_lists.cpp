#include "server/store/id_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "server/points/varint.h"

namespace perftrend::store {
namespace {

/// How many ids one statement takes. Both engines take more parameters than the largest of them.
constexpr std::array<std::size_t, 5> part_sizes = {4, 16, 64, 256, 1024};

std::string make_places(std::size_t count, int first) {
  std::string places = "(";
  for (std::size_t i = 0; i < count; ++i)
    places += fmt::format("{}${}", i == 0 ? "" : ", ", first + static_cast<int>(i));
  return places + ")";
}

}  // namespace

std::string pack_ids(std::span<const Id> ids) {
  std::string bytes;
  Id before = 0;
  for (const Id id : ids) {
    blocks::append_varint(bytes, static_cast<std::uint64_t>(id - before));
    before = id;
  }
  return bytes;
}

std::vector<Id> unpack_ids(db::Blob bytes) {
  std::vector<Id> ids;
  Id before = 0;
  while (!bytes.empty()) {
    const auto distance = blocks::take_varint(bytes);
    if (!distance || *distance == 0 || *distance > static_cast<std::uint64_t>(std::numeric_limits<Id>::max() - before))
      throw db::Unusable("a list of ids is damaged: restore a backup");
    before += static_cast<Id>(*distance);
    ids.push_back(before);
  }
  return ids;
}

void for_each_part(std::span<const Id> ids, int first,
                   const std::function<void(const std::string& places, std::span<const Id> part)>& work) {
  while (!ids.empty()) {
    const auto* const fits =
        std::find_if(part_sizes.begin(), part_sizes.end(), [&](std::size_t size) { return size >= ids.size(); });
    const std::size_t size = fits == part_sizes.end() ? part_sizes.back() : *fits;
    const auto taken = ids.first(std::min(size, ids.size()));
    ids = ids.subspan(taken.size());
    if (taken.size() == size) {
      work(make_places(size, first), taken);
      continue;
    }
    std::vector<Id> padded(taken.begin(), taken.end());
    padded.resize(size, taken.back());
    work(make_places(size, first), padded);
  }
}

}  // namespace perftrend::store
