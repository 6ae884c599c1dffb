#pragma once
// The dashboard's files, embedded in the binary.

#include <string_view>

#include "server/http/wire/answer.h"

namespace perftrend::http {

/// The file of `path`; index.html for the dashboard's own paths (below /p/, or no dot in the last segment); 404
/// otherwise.
/// Files below /assets/ carry a hash in their name and may be kept for ever; all others are asked for again by ETag.
Answer find_asset(std::string_view path, std::string_view if_none_match);

}  // namespace perftrend::http
