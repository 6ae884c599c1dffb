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
  std::optional<int> days;  ///< valid for so many; nullopt: until it is revoked
  std::int64_t id = 0;      ///< which to revoke
};

/// Each returns an exit code of exit_codes.h. The secret of a new token goes to stdout alone, once.
int run_token_create(const TokenOptions& options);
int run_token_list(const TokenOptions& options);
int run_token_revoke(const TokenOptions& options);

}  // namespace perftrend
