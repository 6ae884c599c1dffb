#pragma once
// SHA-256 (OpenSSL), as lower-case hex.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace perftrend::text {

/// Incremental hash of data of any size. Throws std::runtime_error when OpenSSL has no SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// The hash of everything added; nothing may be added afterwards.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Hash of the parts, each preceded by its length, so that different lists of parts have different
/// hashes. A single part is hashed without its length.
std::string sha256_hex(std::initializer_list<std::string_view> parts);

}  // namespace perftrend::text
