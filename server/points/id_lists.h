#pragma once
// Lists of ids as bytes (docs/format.md). Pure functions; any thread.

#include <span>
#include <string>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::points {

/// `ids` ascending, each once: LEB128 of each id's distance from the one before.
std::string pack_ids(std::span<const Id> ids);
/// Throws db::Unusable for bytes that pack_ids did not produce.
std::vector<Id> unpack_ids(db::Blob bytes);

}  // namespace perftrend::points
