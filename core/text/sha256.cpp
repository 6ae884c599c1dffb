#include "core/text/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace perftrend::text {

std::string sha256_hex(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int digest_bytes = 0;
  bool ok = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const auto part : parts) {
    if (parts.size() > 1) {
      const std::string length = fmt::format("{}:", part.size());
      ok = ok && EVP_DigestUpdate(context.get(), length.data(), length.size()) == 1;
    }
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  ok = ok && EVP_DigestFinal_ex(context.get(), digest.data(), &digest_bytes) == 1;
  if (!ok) throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
  std::string hex;
  for (unsigned int i = 0; i < digest_bytes; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace perftrend::text
