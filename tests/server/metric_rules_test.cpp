// Metric rules of a policy file, from the command line to the stored series.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

#include "tests/support/paths.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* rules = R"([[metrics]]
project = "ruled*"
leave = ["debug_*", "duration_ms"]
lines = ["{metric} took {value}{unit} in {}"]
)";

constexpr const char* report =
    "<testsuites><testsuite name='s'><testcase classname='c' name='load' time='2'><properties>"
    "<property name='prefill_ms' value='10'/><property name='debug_ms' value='3'/></properties>"
    "<system-out>parsing took 12.5ms in pass 2</system-out></testcase></testsuite></testsuites>";

std::filesystem::path write_file(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file) << text;
  return file;
}

std::set<std::string> metrics_of(const ServerProcess& server, const std::string& project) {
  httplib::Client http("127.0.0.1", server.port());
  const auto answer = http.Get("/api/v1/projects/" + project + "/series");
  if (!answer || answer->status != 200) throw std::runtime_error("the server does not answer");
  std::set<std::string> metrics;
  const auto page = nlohmann::json::parse(answer->body);
  for (const auto& series : page["series"])
    metrics.insert(series["metric"].get<std::string>());
  return metrics;
}

TEST(MetricRules, DecideWhatAnUploadStores) {
  const TemporaryFolder folder;
  const auto policies = write_file(folder.path() / "policies.toml", rules);
  const ServerProcess server(folder.path() / "x.db", {"--policies", policies.string()});
  httplib::Client http("127.0.0.1", server.port());
  for (const auto* project : {"ruled_1", "free"}) {
    const auto answer = http.Post(fmt::format("/api/v1/projects/{}/runs", project), report, "application/xml");
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 201) << answer->body;
  }
  EXPECT_THAT(metrics_of(server, "ruled_1"), ElementsAre("parsing_ms", "prefill_ms"));
  EXPECT_THAT(metrics_of(server, "free"), ElementsAre("debug_ms", "duration_ms", "prefill_ms"));
}

TEST(MetricRules, DecideWhatAnImportStores) {
  const TemporaryFolder folder;
  const auto policies = write_file(folder.path() / "policies.toml", rules);
  const auto file = write_file(folder.path() / "report.xml", report);
  const auto imported = run_command(std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-server",
                                    {"import", "--db", (folder.path() / "x.db").string(), "--policies",
                                     policies.string(), "--project", "ruled_2", file.string()});
  EXPECT_EQ(imported.exit_code, 0) << imported.errors;
  EXPECT_EQ(imported.output, "1 stored, 0 already stored, 0 refused\n");
  const ServerProcess server(folder.path() / "x.db");
  EXPECT_THAT(metrics_of(server, "ruled_2"), ElementsAre("parsing_ms", "prefill_ms"));
}

TEST(MetricRules, ImpossibleRulesAreRefusedAtStartWithTheirPlace) {
  const TemporaryFolder folder;
  const auto policies = write_file(folder.path() / "bad.toml", "[[metrics]]\nlines = [\"{metric} was fast\"]\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"serve", "--listen", "127.0.0.1:0"},
                                                {"import", "--project", "p", policies.string()}}) {
    auto arguments = words;
    for (const std::string& word :
         {std::string("--db"), (folder.path() / "x.db").string(), std::string("--policies"), policies.string()}) {
      arguments.push_back(word);
    }
    const auto ended = run_command(std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-server", arguments);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_THAT(ended.errors, HasSubstr("bad.toml:2:10: '{metric} was fast' can match no line"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "x.db"));
  }
}

}  // namespace
}  // namespace perftrend::tests
