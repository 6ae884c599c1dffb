#pragma once
// Tokens and keys in what others write: a server that repeats one in its refusal must not bring it into a log or a
// report.

#include <string>
#include <string_view>

namespace perftrend::runner {

/// `text` with "[secret]" in each place of `secret`; "" is no secret.
std::string without_secret(std::string text, std::string_view secret);

}  // namespace perftrend::runner
