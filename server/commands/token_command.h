#pragma once
// `perftrend-server token create|list|revoke`.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace perftrend {

struct TokenOptions {
  std::filesystem::path database = "perftrend.db";
  std::string name;
  std::string project = "*";
  std::string scope = "upload";
  std::optional<int> days;  ///< until it expires; nullopt: never
  std::int64_t id = 0;      ///< of the token to revoke
};

/// Each returns an exit code of exit_codes.h. run_token_create() prints the secret of the new token, and nothing else,
/// to stdout. It cannot be shown again.
int run_token_create(const TokenOptions& options);
int run_token_list(const TokenOptions& options);
int run_token_revoke(const TokenOptions& options);

}  // namespace perftrend
