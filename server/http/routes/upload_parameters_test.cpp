#include "server/http/routes/upload_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perftrend::http {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Request request_of(std::multimap<std::string, std::string> query,
                   std::multimap<std::string, std::string> headers = {}) {
  Request request;
  request.path_parameters = {{"project", "p"}};
  request.query = std::move(query);
  request.headers = std::move(headers);
  return request;
}

TEST(UploadParameters, EachIsReadFromQueryOrHeader) {
  auto request = request_of({{"branch", "b"}, {"parts", "3"}, {"purpose", "bisect"}, {"format", "ctest"}},
                            {{"perftrend-run-key", "k"}, {"perftrend-branch", "other"}, {"user-agent", "curl"}});
  const auto upload = read_upload(request);
  EXPECT_EQ(upload.project, "p");
  EXPECT_EQ(upload.branch, "b");
  EXPECT_EQ(upload.parts, "3");
  EXPECT_EQ(upload.purpose, "bisect");
  EXPECT_EQ(upload.run_key, "k");
  EXPECT_EQ(upload.format, "ctest");
  EXPECT_THAT(upload.warnings, ElementsAre());
}

TEST(UploadParameters, AnUnknownOneGivesAWarningThatListsTheKnownOnes) {
  auto request = request_of({{"sha", "abc"}, {"\xff", "x"}}, {{"perftrend-job", "j"}});
  EXPECT_THAT(read_upload(request).warnings,
              ElementsAre(HasSubstr("'job' is not a parameter"), HasSubstr("the parameters are format, branch, commit"),
                          HasSubstr("'?' is not")));
}

TEST(UploadParameters, AMisspeltOneIsRefused) {
  for (const auto& [name, meant] : {std::pair("brunch", "branch"),
                                    {"Branch", "branch"},
                                    {"barnch", "branch"},
                                    {"comit", "commit"},
                                    {"startedAt", "started_at"},
                                    {"started-at", "started_at"},
                                    {"test_bed", "testbed"},
                                    {"ciurl", "ci_url"},
                                    {"commit_tmie", "commit_time"},
                                    {"part", "parts"},
                                    {"shards", "shard"},
                                    {"runkey", "run_key"}}) {
    EXPECT_EQ(find_misspelt(name), meant) << name;
    auto query = request_of({{name, "x"}});
    EXPECT_THROW(read_upload(query), Problem) << name;
    auto header = request_of({}, {{std::string("perftrend-") + name, "x"}});
    if (std::string_view(name) != "started-at") {
      EXPECT_THROW(read_upload(header), Problem) << name;
    }
  }
  for (const std::string_view name : {"sha", "ref", "job", "x", "", "_", "date", "time", "node", "token", "machine"})
    EXPECT_EQ(find_misspelt(name), std::nullopt) << name;
}

}  // namespace
}  // namespace perftrend::http
