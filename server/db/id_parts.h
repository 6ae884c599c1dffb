#pragma once
// Long lists of ids as parameters of SQL statements.

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace perftrend::db {

/// Splits `ids` and calls `work` for each part, with the text "($first, $first+1, …)" and as many ids. The last part is
/// padded by repeating its last id, so that few different statements have to be prepared.
void for_each_part(std::span<const std::int64_t> ids, int first,
                   const std::function<void(const std::string& places, std::span<const std::int64_t> part)>& work);

}  // namespace perftrend::db
