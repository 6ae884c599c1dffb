#include "core/formats/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace perftrend::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using Files = std::vector<std::pair<std::string, std::string>>;
using Packing = std::function<void(archive*)>;

/// Packs `files` as `setup` says; every other kind of archive in these tests is made by this.
std::string pack(const Files& files, const Packing& setup) {
  std::string bytes(64U << 20U, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  setup(writer);
  EXPECT_EQ(archive_write_open_memory(writer, bytes.data(), bytes.size(), &used), ARCHIVE_OK);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

void zip(archive* writer) {
  archive_write_set_format_zip(writer);
}
void tar_gz(archive* writer) {
  archive_write_set_format_pax_restricted(writer);
  archive_write_add_filter_gzip(writer);
}
void tar_zst(archive* writer) {
  archive_write_set_format_pax_restricted(writer);
  archive_write_add_filter_zstd(writer);
}
void tar(archive* writer) {
  archive_write_set_format_ustar(writer);
}
void gz(archive* writer) {
  archive_write_set_format_raw(writer);
  archive_write_add_filter_gzip(writer);
}
void zst(archive* writer) {
  archive_write_set_format_raw(writer);
  archive_write_add_filter_zstd(writer);
}

std::vector<std::string> names(const Unpacked& files) {
  std::vector<std::string> found;
  for (const auto& file : files.documents)
    found.push_back(file.name);
  return found;
}

TEST(Unpack, LeavesAPlainDocumentAsItIs) {
  for (const std::string bytes : {"", "<a/>", "PK", "\xff\xfe<\0", "{}"}) {
    const auto files = unpack({"a.xml", "text/xml", bytes});
    ASSERT_TRUE(files);
    EXPECT_FALSE(files->is_archive);
    ASSERT_EQ(files->documents.size(), 1U);
    EXPECT_EQ(files->documents[0].bytes, bytes);
    EXPECT_EQ(files->documents[0].content_type, "text/xml");
  }
}

TEST(Unpack, TakesTheDocumentsOfEveryKindOfArchiveInOrderOfName) {
  const Files files = {{"out/", ""},          {"out/b.xml", "<b/>"}, {"out/a.xml", "<a/>"},
                       {"out/log.txt", "no"}, {"out/._a.xml", "x"},  {"z.jsonl", "{}"}};
  for (const auto& setup : {Packing(zip), Packing(tar_gz), Packing(tar_zst), Packing(tar)}) {
    const auto found = unpack({"reports", "", pack(files, setup)});
    ASSERT_TRUE(found) << found.error().cause;
    EXPECT_THAT(names(*found), ElementsAre("out/a.xml", "out/b.xml", "z.jsonl"));
    EXPECT_THAT(found->skipped, UnorderedElementsAre("out/log.txt", "out/._a.xml"));
    EXPECT_TRUE(found->is_archive);
    EXPECT_EQ(found->documents[0].bytes, "<a/>");
  }
}

TEST(Unpack, CompressedBytesAreTheOneDocumentInThem) {
  for (const auto& setup : {Packing(gz), Packing(zst)}) {
    const auto found = unpack({"a.xml.gz", "application/xml", pack({{"x", "<a>hello</a>"}}, setup)});
    ASSERT_TRUE(found) << found.error().cause;
    ASSERT_EQ(found->documents.size(), 1U);
    EXPECT_EQ(found->documents[0].bytes, "<a>hello</a>");
    EXPECT_EQ(found->documents[0].content_type, "application/xml");
  }
}

TEST(Unpack, RefusesABombByTheBytesItWouldBecome) {
  UnpackLimits limits;
  limits.unpacked_bytes_max = 1U << 20U;
  const std::string zeros(8U << 20U, '0');
  for (const auto& setup : {Packing(zip), Packing(tar_gz), Packing(gz), Packing(zst)}) {
    const auto bomb = pack({{"a.xml", zeros}}, setup);
    EXPECT_LT(bomb.size(), limits.unpacked_bytes_max);
    const auto found = unpack({"bomb", "", bomb}, limits);
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().over_limit);
    EXPECT_EQ(found.error().limit, "unpacked_bytes_max");
  }
  // The limit holds for all files together.
  const std::string half(700'000, '0');
  EXPECT_FALSE(unpack({"two", "", pack({{"a.xml", half}, {"b.xml", half}}, zip)}, limits));
  EXPECT_TRUE(unpack({"one", "", pack({{"a.xml", half}}, zip)}, limits));
}

TEST(Unpack, RefusesTooManyEntries) {
  UnpackLimits limits;
  limits.archive_entries_max = 3;
  const Files four = {{"1.txt", ""}, {"2.txt", ""}, {"3.txt", ""}, {"4.xml", "<a/>"}};
  const auto found = unpack({"many", "", pack(four, zip)}, limits);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().limit, "archive_entries_max");
}

TEST(Unpack, RefusesAnArchiveWithoutDocuments) {
  for (const auto& setup : {Packing(zip), Packing(tar_gz)}) {
    const auto found = unpack({"none", "", pack({{"a.txt", "x"}}, setup)});
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().cause, HasSubstr("holds no report; it holds 1 file: a.txt"));
  }
}

TEST(Unpack, ACutOrDamagedArchiveIsRefusedOrWholeNeverHalf) {
  const std::string content = "<testsuite>" + std::string(3000, 'x') + "</testsuite>";
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same damage every time
  for (const auto& setup : {Packing(zip), Packing(tar_gz), Packing(gz), Packing(zst)}) {
    const auto whole = pack({{"a.xml", content}}, setup);
    for (std::size_t cut = 6; cut < whole.size(); ++cut) {
      const auto found = unpack({"cut", "", whole.substr(0, cut)});
      if (!found) continue;
      for (const auto& file : found->documents)
        EXPECT_EQ(file.bytes.substr(0, content.size()), content) << cut;
    }
    for (int flip = 0; flip < 300; ++flip) {
      auto damaged = whole;
      char& byte = damaged[random() % damaged.size()];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (random() % 8)));
      (void)unpack({"damaged", "", damaged});  // no crash, no hang; the reader refuses other bytes
    }
  }
}

TEST(Unpack, ACompressedDocumentOrTarIsRefusedAtEveryCutAndWrongSum) {
  const std::string content = "<testsuite>" + std::string(3000, 'x') + "</testsuite>";
  for (const auto& setup : {Packing(gz), Packing(tar_gz)}) {
    const auto whole = pack({{"a.xml", content}}, setup);
    ASSERT_TRUE(unpack({"whole", "", whole}));
    for (std::size_t cut = 6; cut < whole.size(); ++cut)
      EXPECT_FALSE(unpack({"cut", "", whole.substr(0, cut)})) << cut;
    for (std::size_t i = whole.size() - 8; i < whole.size(); ++i) {
      auto damaged = whole;
      damaged[i] ^= 1;
      EXPECT_FALSE(unpack({"damaged", "", damaged})) << i;
    }
  }
}

TEST(Unpack, ATarMayHoldMoreThanDocumentsButNotWithoutEnd) {
  UnpackLimits limits;
  limits.unpacked_bytes_max = 100'000;
  const std::string log(900'000, 'l');
  const auto found = unpack({"logs", "", pack({{"a.log", log}, {"a.xml", "<a/>"}}, tar_gz)}, limits);
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_EQ(found->documents.front().bytes, "<a/>");
  const auto bomb = unpack({"bomb", "", pack({{"a.log", log + log}, {"a.xml", "<a/>"}}, tar_gz)}, limits);
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().limit, "unpacked_bytes_max");
}

TEST(Unpack, TakesTextsThatHoldResultsAndSkipsOthers) {
  const Files files = {{"bench.txt", "goos: linux\nBenchmarkA-8 10 5 ns/op\n"},
                       {"cargo.log", "test a ... bench: 5 ns/iter\n"},
                       {"t.csv", "case,time_ms\na,1\n"},
                       {"readme.txt", "hello"},
                       {"plot.png", "\x89PNG"}};
  for (const auto& setup : {Packing(zip), Packing(tar_gz)}) {
    const auto found = unpack({"reports", "", pack(files, setup)});
    ASSERT_TRUE(found) << found.error().cause;
    EXPECT_THAT(names(*found), ElementsAre("bench.txt", "cargo.log", "t.csv"));
    EXPECT_THAT(found->skipped, UnorderedElementsAre("readme.txt", "plot.png"));
  }
}

TEST(Unpack, LargeLogsAreSkippedAndDoNotCountAsDocuments) {
  UnpackLimits limits;
  limits.unpacked_bytes_max = 100'000;
  const std::string log(90'000, 'l');
  const auto found =
      unpack({"", "", pack({{"a.log", log}, {"b.log", log}, {"c.log", log}, {"d.xml", "<a/>"}}, zip)}, limits);
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_THAT(names(*found), ElementsAre("d.xml"));
  EXPECT_THAT(found->skipped, UnorderedElementsAre("a.log", "b.log", "c.log"));
}

TEST(Unpack, FilesOfCriterionBecomeOneDocumentPerBenchmark) {
  const std::string benchmark = R"({"group_id":"fib","full_id":"fib/20"})";
  const std::string sample = R"({"iters":[1],"times":[2]})";
  const std::string estimates = R"({"mean":{"point_estimate":2}})";
  const std::string root = "target/criterion/fib/20/";
  const auto found = unpack({"", "",
                             pack({{root + "new/benchmark.json", benchmark},
                                   {root + "new/sample.json", sample},
                                   {root + "new/estimates.json", estimates},
                                   {root + "new/tukey.json", "[1,2,3,4]"},
                                   {root + "base/sample.json", sample},
                                   {root + "change/estimates.json", estimates},
                                   {root + "report/index.html", "<html/>"},
                                   {"other/base/sample.json", sample},
                                   {"mine/sample.json", "{}"}},
                                  zip)});
  ASSERT_TRUE(found) << found.error().cause;
  EXPECT_THAT(names(*found), ElementsAre("mine/sample.json", "other/base/sample.json", "target/criterion/fib/20/new"));
  EXPECT_EQ(found->documents[2].bytes, benchmark + "\n" + sample + "\n" + estimates + "\n");
  EXPECT_EQ(found->skipped.size(), 4U);
}

TEST(Unpack, ListsTheFirstFiles) {
  EXPECT_EQ(list_files({"a"}), "1 file: a");
  EXPECT_EQ(list_files({"a", "b", "c", "d", "e", "f"}), "6 files: a, b, c, d, e, …");
}

}  // namespace
}  // namespace perftrend::formats
