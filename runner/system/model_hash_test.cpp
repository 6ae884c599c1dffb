#include "runner/system/model_hash.h"

#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

TEST(FileSha256, Table) {
  const FakeRoot root;
  root.write("empty", "");
  root.write("abc", "abc");
  root.write("million", std::string(1'000'000, 'a'));
  const auto hash = [&](const char* file) { return file_sha256((root.path() / file).string()).value(); };
  // FIPS 180-2, appendix B, and the empty message.
  EXPECT_EQ(hash("empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("million"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(file_sha256((root.path() / "gone").string()).error(), (root.path() / "gone").string() + " cannot be read");
  EXPECT_FALSE(file_sha256(root.path().string()).has_value()) << "a directory";
}

}  // namespace
}  // namespace perftrend::runner
