#pragma once
// Compressed bodies and archives as clients send them, for tests of any module.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

namespace perftrend::tests {

/// `window_bits` of deflateInit2: 15 zlib, -15 raw deflate, 16 + 15 gzip.
inline std::string pack_zlib(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A tar (ustar) of files: name, content. Names have at most 99 bytes.
inline std::string pack_tar(const std::vector<std::pair<std::string, std::string>>& files) {
  constexpr std::size_t block = 512;
  std::string archive;
  for (const auto& [name, content] : files) {
    std::string header(block, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
    put(0, name);
    put(100, "0000644");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, std::string("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : header)
      sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    archive += header + content;
    archive.append((block - content.size() % block) % block, '\0');
  }
  return archive.append(2 * block, '\0');
}

}  // namespace perftrend::tests
