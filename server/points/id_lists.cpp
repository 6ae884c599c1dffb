#include "server/points/id_lists.h"

#include <limits>

#include "server/points/varint.h"

namespace perftrend::points {

std::string pack_ids(std::span<const Id> ids) {
  std::string bytes;
  Id before = 0;
  for (const Id id : ids) {
    append_varint(bytes, static_cast<std::uint64_t>(id - before));
    before = id;
  }
  return bytes;
}

std::vector<Id> unpack_ids(db::Blob bytes) {
  std::vector<Id> ids;
  Id before = 0;
  while (!bytes.empty()) {
    const auto distance = take_varint(bytes);
    if (!distance || *distance == 0 || *distance > static_cast<std::uint64_t>(std::numeric_limits<Id>::max() - before))
      throw db::Unusable("a list of ids is damaged: restore a backup");
    before += static_cast<Id>(*distance);
    ids.push_back(before);
  }
  return ids;
}

}  // namespace perftrend::points
