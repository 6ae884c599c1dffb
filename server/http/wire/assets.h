#pragma once
// The files of the dashboard, which are embedded in the binary.

#include <string_view>

#include "server/http/wire/answer.h"

namespace perftrend::http {

/// Answers with the file of `path`, or with index.html for the paths of pages (below /p/, or without a dot in the last
/// segment). Throws the 404 Problem for other paths. Files below /assets/ have a hash in their name and may be cached
/// forever; browsers revalidate all others by ETag.
Answer find_asset(std::string_view path, std::string_view if_none_match);

}  // namespace perftrend::http
