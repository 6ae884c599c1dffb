#pragma once
// Removal of tokens and keys from text of other programs: a server that repeats one in an error message must not bring
// it into a log or a report.

#include <string>
#include <string_view>

namespace perftrend::runner {

/// `text` with every occurrence of `secret` replaced by "[secret]". An empty secret replaces nothing.
std::string without_secret(std::string text, std::string_view secret);

}  // namespace perftrend::runner
