#include "core/files/read_file.h"

#include <fstream>
#include <iterator>

namespace perftrend::files {

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) return std::nullopt;
  return bytes;
}

}  // namespace perftrend::files
