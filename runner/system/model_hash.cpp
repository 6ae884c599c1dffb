#include "runner/system/model_hash.h"

#include <fstream>
#include <vector>

#include "core/text/sha256.h"

namespace perftrend::runner {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20U;

}  // namespace

tl::expected<std::string, std::string> file_sha256(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  text::Sha256 hash;
  std::vector<char> block(block_bytes);
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.add({block.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (!in.eof()) return tl::unexpected(file + " cannot be read");
  return hash.hex();
}

}  // namespace perftrend::runner
