#include "runner/delivery/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace perftrend::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ServerUrl server{"http://127.0.0.1:8080", "/p"};

Delivery delivery(const std::string& branch) {
  return {server,
          "batch_prefill",
          "s3cret",
          {branch, "c0ffee", "2026-11-23T01:00:00Z", "bed", "https://ci/1", "2026-11-23T02:00:00Z"},
          "application/xml"};
}

/// Accepts and stores everything except the reports in `refuse`.
struct Sink {
  std::vector<std::string> taken;
  std::vector<Delivery> deliveries;
  std::map<std::string, UploadError> refuse;  ///< by the report's bytes

  Send send() {
    return [this](const Delivery& each, const std::string& xml) -> tl::expected<UploadResult, UploadError> {
      if (const auto found = refuse.find(xml); found != refuse.end()) return tl::unexpected(found->second);
      taken.push_back(xml);
      deliveries.push_back(each);
      return UploadResult{};
    };
  }
};

TEST(Spool, KeepsWhateverBytesAReportHas) {
  const FakeRoot root;
  const auto spool = root.path() / "spool";
  const std::vector<std::string> bodies = {std::string("PK\x03\x04\0\xff", 6), "<?xml encoding='latin1'?>\xe4",
                                           "\xff\xfe<\0a", "\xff\xfe"};
  for (const auto& body : bodies) {
    Delivery each = delivery("b");
    each.content_type = "application/octet-stream";
    each.format = "ctest";
    ASSERT_TRUE(spool_report(spool, each, body).has_value());
  }
  Sink sink;
  EXPECT_EQ(deliver_spooled(spool, server, "", sink.send()).delivered, bodies.size());
  EXPECT_EQ(sink.taken, bodies);
  for (const auto& each : sink.deliveries) {
    EXPECT_EQ(each.content_type, "application/octet-stream");
    EXPECT_EQ(each.format, "ctest");
  }
}

TEST(Spool, DeliversOldestFirstWithTheCurrentToken) {
  const FakeRoot root;
  const auto spool = root.path() / "state/spool";
  for (const char* xml : {"<first>\xC3\xA4</first>", "<second/>", "<third/>"})
    ASSERT_TRUE(spool_report(spool, delivery("b"), xml).has_value());
  for (const auto& file : spooled_for(spool, server)) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_THAT(text, Not(HasSubstr("s3cret")));
  }
  Sink sink;
  const SpoolDeliveries caught = deliver_spooled(spool, server, "new", sink.send());
  EXPECT_EQ(caught.delivered, 3U);
  EXPECT_EQ(caught.waiting, 0U);
  EXPECT_THAT(sink.taken, ElementsAre("<first>\xC3\xA4</first>", "<second/>", "<third/>"));
  const Delivery& got = sink.deliveries.front();
  EXPECT_EQ(got.token, "new");
  EXPECT_EQ(upload_path(got), upload_path(delivery("b")));
  EXPECT_EQ(idempotency_key(got, sink.taken.front()), idempotency_key(delivery("b"), sink.taken.front()));
  EXPECT_THAT(spooled_for(spool, server), IsEmpty());
}

TEST(Spool, WaitsWhileTheServerDoesNotAnswer) {
  const FakeRoot root;
  for (const char* xml : {"<first/>", "<second/>"})
    ASSERT_TRUE(spool_report(root.path(), delivery("b"), xml).has_value());
  Sink sink;
  sink.refuse["<first/>"] = {"no answer"};
  const SpoolDeliveries caught = deliver_spooled(root.path(), server, "", sink.send());
  EXPECT_EQ(caught.delivered, 0U);
  EXPECT_EQ(caught.waiting, 2U);
  EXPECT_THAT(sink.taken, IsEmpty()) << "the second would come before the first";
  EXPECT_EQ(spooled_for(root.path(), server).size(), 2U);
}

TEST(Spool, ARefusedReportIsMovedAsideAndTheOthersContinue) {
  const FakeRoot root;
  for (const char* xml : {"<bad/>", "<good/>"})
    ASSERT_TRUE(spool_report(root.path(), delivery("b"), xml).has_value());
  Sink sink;
  sink.refuse["<bad/>"] = {"answered 400: no root", true};
  const SpoolDeliveries caught = deliver_spooled(root.path(), server, "", sink.send());
  EXPECT_EQ(caught.delivered, 1U);
  EXPECT_EQ(caught.waiting, 0U);
  EXPECT_THAT(caught.refused, ElementsAre(HasSubstr(".report.json: answered 400: no root")));
  EXPECT_TRUE(std::filesystem::exists(caught.refused[0].substr(0, caught.refused[0].find(": "))));
}

TEST(Spool, OtherServersAndOtherFilesAreIgnored) {
  const FakeRoot root;
  Delivery other = delivery("b");
  other.server.origin = "http://127.0.0.1:9";
  ASSERT_TRUE(spool_report(root.path(), other, "<x/>").has_value());
  root.write("notes.txt", "mine");
  root.write("00-broken.report.json", "{");
  root.write("01-empty.report.json", "{}");
  EXPECT_THAT(spooled_for(root.path(), server), IsEmpty());
  EXPECT_EQ(spooled_for(root.path(), other.server).size(), 1U);
  EXPECT_THAT(spooled_for(root.path() / "missing", server), IsEmpty());
}

TEST(Spool, IsBounded) {
  const FakeRoot root;
  for (std::size_t i = 0; i < spool_files_max; ++i)
    root.write(std::to_string(i) + ".report.json", "{}");
  const auto full = spool_report(root.path(), delivery("b"), "<x/>");
  ASSERT_FALSE(full.has_value());
  EXPECT_THAT(full.error(), HasSubstr("is full: it contains 200 reports"));
}

TEST(Spool, OneUploadDeliversALimitedNumber) {
  const FakeRoot root;
  for (std::size_t i = 0; i < spool_deliveries_max + 2; ++i)
    ASSERT_TRUE(spool_report(root.path(), delivery("b"), "<x" + std::to_string(i) + "/>").has_value());
  Sink sink;
  const SpoolDeliveries caught = deliver_spooled(root.path(), server, "", sink.send());
  EXPECT_EQ(caught.delivered, spool_deliveries_max);
  EXPECT_EQ(caught.waiting, 2U);
  EXPECT_EQ(sink.taken.size(), spool_deliveries_max);
}

TEST(Spool, AnImpossibleDirectoryIsAnErrorOfOneLine) {
  const FakeRoot root;
  root.write("file", "");
  const auto failed = spool_report(root.path() / "file/spool", delivery("b"), "<x/>");
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error(), HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace perftrend::runner
