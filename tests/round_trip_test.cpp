// The whole chain with nothing faked: the runner measures, writes, uploads; the server reads, stores, answers.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include <cstdlib>
#include <map>
#include <sstream>

#include "tests/server_process.h"

namespace perftrend::tests {
namespace {

using nlohmann::json;

const std::filesystem::path runner = std::filesystem::path(PERFTREND_BIN_DIR) / "perftrend-runner";
const std::string scenario = PERFTREND_SOURCE_DIR "/runner/scenarios/batch_prefill.toml";

/// The numbers of every property of the performance case, as the file states them.
std::map<std::string, std::vector<double>> stated_samples(const std::filesystem::path& report) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_file(report.c_str()));
  std::map<std::string, std::vector<double>> stated;
  const auto found = document.select_nodes("//testcase[@name='performance_consistency']/properties/property");
  for (const auto& node : found) {
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

INSTANTIATE_TEST_SUITE_P(Engines, RoundTripTest, ::testing::Values("mock", "reference"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace perftrend::tests
