// docs/format.md states what the bytes of a row mean: its examples are decoded, and packing gives the same bytes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "server/points/id_lists.h"
#include "server/points/packing.h"
#include "tests/support/paths.h"

namespace perftrend::points {
namespace {

/// The bytes of the example line that begins with `name`.
std::string example(const std::string& name) {
  std::ifstream document(tests::source_dir() + "/docs/format.md");
  for (std::string line; std::getline(document, line);) {
    std::istringstream words(line);
    std::string word;
    if (!line.starts_with("    ") || !(words >> word) || word != name || !(words >> word) || word == "=") continue;
    std::string bytes;
    do
      bytes += static_cast<char>(std::stoi(word, nullptr, 16));
    while (words >> word);
    return bytes;
  }
  ADD_FAILURE() << "docs/format.md has no example of " << name;
  return "";
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(FormatDocument, ShowsARun) {
  const std::vector<SeriesPoint> points = {{1, {10.5, 10.5, 0, 1}}, {2, {11.5, 11.25, 0.25, 5}}};
  EXPECT_THAT(unpack_run(bytes_of(example("run"))), testing::Optional(points));
  EXPECT_EQ(pack_run(points), example("run"));
}

TEST(FormatDocument, ShowsABlock) {
  const std::vector<Point> points = {{1'767'225'600'000'000, 7, {10.5, 10.5, 0, 1}},
                                     {1'767'312'000'000'000, 9, {10.25, 10.25, 0, 1}}};
  std::vector<Point> unpacked;
  EXPECT_TRUE(unpack_block(bytes_of(example("block")), unpacked));
  EXPECT_EQ(unpacked, points);
  EXPECT_EQ(pack_blocks(points).at(0).packed, example("block"));
}

TEST(FormatDocument, ShowsAListOfIds) {
  const std::vector<Id> ids = {7, 8, 9, 137, 400};
  EXPECT_EQ(unpack_ids(bytes_of(example("ids"))), ids);
  EXPECT_EQ(pack_ids(ids), example("ids"));
}

}  // namespace
}  // namespace perftrend::points
