// The whole chain with nothing faked: the runner measures, writes, uploads; the server reads, stores, answers.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/server_process.h"

namespace perftrend::tests {
namespace {

using nlohmann::json;

const std::filesystem::path runner = std::filesystem::path(perftrend::tests::bin_dir()) / "perftrend-runner";
const std::string scenario = perftrend::tests::source_dir() + "/runner/scenarios/batch_prefill.toml";

/// The numbers of every property of the performance case, as the file states them.
std::map<std::string, std::vector<double>> stated_samples(const std::filesystem::path& report) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_file(report.c_str()));
  std::map<std::string, std::vector<double>> stated;
  const auto found = document.select_nodes("//testcase[@name='performance_consistency']/properties/property");
  for (const auto& node : found) {
    if (std::string_view(node.node().attribute("name").value()).starts_with("perftrend.")) continue;  // no measure
    std::istringstream in(node.node().attribute("value").value());
    in.imbue(std::locale::classic());
    auto& samples = stated[node.node().attribute("name").value()];
    for (double value = 0; in >> value;)
      samples.push_back(value);
  }
  return stated;
}

class RoundTripTest : public ::testing::TestWithParam<std::string> {};

TEST_P(RoundTripTest, EverySampleTheRunnerWroteIsThePointTheServerShows) {
  const TemporaryFolder folder;
  ServerProcess server(folder.path() / "x.db");
  const auto report = folder.path() / "report.xml";
  ASSERT_EQ(::setenv("RUN_PERF_TESTS", "1", 1), 0);  // NOLINT(concurrency-mt-unsafe): one thread
  const auto run =
      run_command(runner, {"run", scenario, "--engine", GetParam(), "--repeats", "3", "--warmup", "1", "--out",
                           report.string(), "--upload", fmt::format("http://127.0.0.1:{}", server.port()), "--project",
                           "trip", "--commit", "abc", "--testbed", "bed"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;

  httplib::Client http("127.0.0.1", server.port());
  const auto runs = json::parse(http.Get("/api/v1/projects/trip/runs")->body)["runs"];
  ASSERT_EQ(runs.size(), 1U) << run.output << run.errors;
  EXPECT_EQ(runs[0]["commit"], "abc");
  EXPECT_EQ(runs[0]["testbed"], "bed");
  EXPECT_EQ(runs[0]["passed"], 2);
  const auto detail = json::parse(http.Get("/api/v1/projects/trip/runs/1")->body);
  EXPECT_FALSE(detail["environment"].empty());

  std::map<std::string, std::vector<double>> shown;
  const auto points = json::parse(http.Get("/api/v1/projects/trip/runs/1/points")->body);
  for (const auto& point : points["points"]) {
    const std::string name = point["case"]["name"];
    const auto label = name.find('[');
    if (name.starts_with("performance_consistency[")) {
      shown[point["metric"].get<std::string>() + name.substr(label)] = point["samples"].get<std::vector<double>>();
    }
  }
  const auto stated = stated_samples(report);
  EXPECT_EQ(stated.size(), 3U * 6U);
  EXPECT_EQ(shown, stated);
}

/// What is in quarantine at the server, by the names of the cases.
std::map<std::string, json> quarantined(int port) {
  std::map<std::string, json> stays;
  const auto answer = json::parse(httplib::Client("127.0.0.1", port).Get("/api/v1/projects/trip/quarantine")->body);
  for (const auto& stay : answer.at("quarantine"))
    stays[stay["case"]["name"]] = stay;
  return stays;
}

TEST(QuarantineRoundTrip, AScenarioBringsItsTimingIntoTheServersQuarantineAndTakesItOut) {
  const TemporaryFolder folder;
  ServerProcess server(folder.path() / "x.db");
  ASSERT_EQ(::setenv("RUN_PERF_TESTS", "1", 1), 0);  // NOLINT(concurrency-mt-unsafe): one thread
  const auto measure = [&](const std::string& section) {
    const auto file = folder.path() / "scenario.toml";
    std::ofstream(file) << "name = \"trip\"\nprompts = [\"a\", \"b c\"]\nrepeats = 2\nwarmup = 0\n" << section;
    const auto run = run_command(runner, {"run", file.string(), "--out", (folder.path() / "r.xml").string(), "--upload",
                                          fmt::format("http://127.0.0.1:{}", server.port())});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
  };
  measure("[quarantine]\nreason = \"noisy neighbours\"\nowner = \"alice\"\nexpiry = 2099-03-31\n");
  const auto stays = quarantined(server.port());
  for (const char* name : {"performance_consistency[Prompt 0]", "performance_consistency[Prompt 1]"}) {
    ASSERT_TRUE(stays.contains(name));
    EXPECT_EQ(stays.at(name)["source"], "scenario");
    EXPECT_EQ(stays.at(name)["reason"], "noisy neighbours");
    EXPECT_EQ(stays.at(name)["owner"], "alice");
    EXPECT_EQ(stays.at(name)["expires_at"], "2099-03-31T23:59:59Z");
    EXPECT_EQ(stays.at(name)["expired"], false);
  }
  EXPECT_FALSE(stays.contains("functional")) << "whether it works is never in quarantine";
  measure("[quarantine]\nreason = \"noisy neighbours\"\nowner = \"bob\"\n");
  EXPECT_EQ(quarantined(server.port()).at("performance_consistency[Prompt 0]")["owner"], "bob");
  measure("");
  EXPECT_TRUE(quarantined(server.port()).empty()) << "the scenario no longer says so";
}

INSTANTIATE_TEST_SUITE_P(Engines, RoundTripTest, ::testing::Values("mock", "reference"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace perftrend::tests
