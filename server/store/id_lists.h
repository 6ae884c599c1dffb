#pragma once
// Many ids at once: packed into few bytes, and as parameters of one statement.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model.h"
#include "server/db/sql.h"

namespace perftrend::store {

/// Ids, ascending and each once, as LEB128 of each one's distance from the one before.
std::string pack_ids(std::span<const Id> ids);
/// Throws db::Unusable where the bytes are none of pack_ids.
std::vector<Id> unpack_ids(db::Blob bytes);

/// Calls `work` for one part of `ids` after the other with the text "($first, $first+1, …)" and as many ids; the last
/// of a part may be there several times, so that few different statements are needed.
void for_each_part(std::span<const Id> ids, int first,
                   const std::function<void(const std::string& places, std::span<const Id> part)>& work);

}  // namespace perftrend::store
